import { ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { DeliveryWindow } from './DeliveryWindow.ts';
import type { EventLog } from './EventLog.ts';
import type { NumberedEvent } from './events.ts';
import type { Position } from './Position.ts';
import type { Attempt } from './WebhookClient.ts';

/** Requests at a time. */
export const CONCURRENCY = 8;
/** Events in memory: how far rooms may be ahead of one whose event is not taken. */
const WINDOW = 1000;
/** ms between two looks for events of other nodes. */
const POLL = 500;
/** ms between two attempts while the store is away. */
const STORE_RETRY = 500;

interface DeliveryOptions {
  log: EventLog;
  position: Position;
  /** `wait`: ms for which nothing else is to be tried. */
  post: (event: NumberedEvent) => Promise<Attempt & { wait?: number }>;
  refusal: (event: NumberedEvent, times: number, reason: string) => number | undefined;
  lost: (count: number) => void;
  /** Another node has delivered meanwhile. */
  overtaken: () => void;
  logger: Logger;
}

/** One node's turn at delivering to a receiver. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #off: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #waiting: (() => void)[] = [];
  readonly #leaving: (() => void)[] = [];
  #window: DeliveryWindow | undefined;
  #poll: (() => void) | undefined;
  #filling = false;
  #isMore = true;
  /** Of the log, as last read. */
  #last = 0;
  #active = 0;
  #isAway = false;
  #isPaused = false;
  #writing: Promise<void> | undefined;
  #isDirty = false;
  #closed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#off = options.log.on('appended', () => this.#more());
    this.#more();
  }

  get pending(): number {
    const window = this.#window;
    return window ? window.size + Math.max(0, this.#last - window.read) : 0;
  }

  /** Resolves once nothing waits or the receiver is away. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#tellIdle();
    });
  }

  /** Resolves once no attempt is on its way: an answer that nobody waits for is an event that comes twice. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#leaving.push(resolve);
      this.#tellIdle();
    });
  }

  /** Resolves once what was delivered is written down, or cannot be. */
  async written(): Promise<void> {
    await this.#writing;
  }

  close(): void {
    this.#closed = true;
    this.#off();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#tellIdle();
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #more(): void {
    this.#isMore = true;
    void this.#fill();
  }

  /** Reads what follows, as far as there is place for it. Never rejects. */
  async #fill(): Promise<void> {
    if (this.#filling || this.#closed) return;
    this.#filling = true;
    let again = POLL;
    try {
      const { log, position } = this.#options;
      this.#window ??= new DeliveryWindow(await position.read(() => log.last()));
      while (this.#isMore && !this.#isClosed() && this.#window.size <= WINDOW / 2) {
        this.#isMore = false;
        await this.#read(this.#window, WINDOW / 2);
        this.#pump();
      }
    } catch (error) {
      again = STORE_RETRY;
      if (error instanceof ParleyError && error.code === 'conflict') {
        // The log is a younger one than the position: it was restored, or emptied.
        this.#window = new DeliveryWindow({ after: 0, also: [] });
        this.#isMore = true;
      } else if (!(error instanceof ParleyError && error.code === 'unavailable') && !this.#isClosed()) {
        this.#options.logger.error({ error }, 'events could not be read');
      }
    }
    this.#filling = false;
    this.#tellIdle();
    this.#poll?.();
    this.#poll = this.#in(again, () => this.#more());
  }

  async #read(window: DeliveryWindow, limit: number): Promise<void> {
    const { events, last } = await this.#options.log.read(window.read, limit);
    this.#last = last;
    if (this.#closed) return;
    const lost = events.reduce((sum, event) => sum + window.add(event), 0);
    if (lost > 0) this.#options.lost(lost);
    if (events.length === limit) this.#isMore = true;
  }

  /** Sends as many as may be sent at a time: one while the receiver may still be away. */
  #pump(): void {
    while (!this.#closed && !this.#isPaused && this.#active < (this.#isAway ? 1 : CONCURRENCY)) {
      const event = this.#window?.take();
      if (!event) break;
      void this.#deliver(event);
    }
    this.#tellIdle();
  }

  async #deliver(event: NumberedEvent): Promise<void> {
    this.#active += 1;
    const attempt = await this.#options.post(event);
    this.#active -= 1;
    const window = this.#window;
    if (!window) return;
    if (attempt.is === 'delivered') {
      this.#isAway = false;
      this.#done(window, event);
    } else if (this.#closed) {
      // What it has not got comes again.
    } else if (attempt.is === 'refused') {
      this.#isAway = false;
      const wait = this.#options.refusal(event, window.refused(event), attempt.reason);
      if (wait === undefined) this.#done(window, event);
      else this.#in(wait, () => this.#again(window, event));
    } else {
      window.again(event);
      this.#pause(attempt.wait ?? 0);
    }
    this.#pump();
  }

  #again(window: DeliveryWindow, event: NumberedEvent): void {
    window.again(event);
    this.#pump();
  }

  #done(window: DeliveryWindow, event: NumberedEvent): void {
    window.done(event);
    this.#isDirty = true;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    if (this.#isMore) void this.#fill();
  }

  #pause(wait: number): void {
    this.#isAway = true;
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#in(wait, () => {
      this.#isPaused = false;
      this.#pump();
    });
  }

  /** Writes down what is done; what is done meanwhile comes with the next. Never rejects. */
  async #write(): Promise<void> {
    await Promise.resolve();
    while (this.#isDirty && this.#window) {
      this.#isDirty = false;
      try {
        if (await this.#options.position.write(this.#window.progress)) continue;
        this.#options.logger.warn('another node has delivered to this receiver');
        this.#options.overtaken();
        return;
      } catch (error) {
        if (this.#closed) return;
        this.#isDirty = true;
        if (!(error instanceof ParleyError && error.code === 'unavailable'))
          this.#options.logger.error({ error }, 'what was delivered could not be written down');
        await new Promise<void>((resolve) => setTimeout(resolve, STORE_RETRY).unref());
      }
    }
  }

  /** Returns the function that calls it off. */
  #in(ms: number, then: () => void): () => void {
    if (this.#closed) return () => undefined;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms).unref();
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  #tellIdle(): void {
    if (this.#active === 0) for (const resolve of this.#leaving.splice(0)) resolve();
    const isBusy = this.#filling || this.#active > 0 || (this.#window?.size ?? 0) > 0;
    if (isBusy && !this.#isAway && !this.#closed) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
