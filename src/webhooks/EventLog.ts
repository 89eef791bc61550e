import { randomUUID } from 'node:crypto';
import { conflict, ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { Change, Log, Store } from '../store/store.ts';
import {
  asJson,
  eventLog,
  type EventDetails,
  type EventKind,
  type LoggedEvent,
  type NumberedEvent,
} from './events.ts';

/** Changes that wait for a store which is away. */
const MAX_WAITING = 20_000;
/** Changes in one write. */
const BATCH = 100;
/** ms between two attempts to reach a store that is away. */
const RETRY = 250;

/** A change that also tells events. */
export interface TellingChange extends Omit<Change, 'append'> {
  readonly events?: readonly LoggedEvent[];
}

interface EventLogEvents {
  /** There is more to read. */
  appended: [];
}

export interface EventPage {
  events: NumberedEvent[];
  /** The oldest and the newest that are kept; 0 while there was none. */
  first: number;
  last: number;
  /** How many after the number that was asked for are not kept any more, or were lost. */
  missed: number;
}

/**
 * All events in order, kept over a restart as far as their number allows.
 *
 * Whoever tells one need not wait: it is written in the order in which it was told, as soon as the store can be reached.
 */
export class EventLog extends TypedEmitter<EventLogEvents> {
  readonly #store: Store;
  readonly #log: Log;
  readonly #logger: Logger;
  #waiting: TellingChange[] = [];
  #writing: Promise<void> | undefined;
  /** Events that were thrown away since the last write. */
  #lost = 0;
  #lostInAll = 0;
  #isAway = false;
  #closed = false;
  #wake: (() => void) | undefined;

  /** @param options `kept`: events. */
  constructor(options: { store: Store; kept: number; logger: Logger }) {
    super();
    this.#store = options.store;
    this.#log = eventLog(options.kept);
    this.#logger = options.logger;
  }

  /** Events that were told and did not get into the log: there was no store for too long, or no place in it. */
  get lost(): number {
    return this.#lostInAll;
  }

  /** An event to be told by a change. */
  make<K extends EventKind>(event: K, details: EventDetails[K]): LoggedEvent {
    const createdAt = String(Math.floor(Date.now() / 1000));
    return { event, id: randomUUID(), createdAt, ...details };
  }

  /** Tells an event. */
  tell<K extends EventKind>(event: K, details: EventDetails[K]): void {
    this.change({ events: [this.make(event, details)] });
  }

  /** Makes changes, in order, with the events that belong to them. */
  change(...changes: TellingChange[]): void {
    if (this.#closed) return;
    this.#waiting.push(...changes);
    while (this.#waiting.length > MAX_WAITING) this.#drop(this.#waiting.shift());
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  /**
   * Events after that number, in order.
   *
   * @param limit 1 to 1000.
   * @throws ParleyError `conflict` for a number that no event has had, `unavailable`, `badRequest`.
   */
  async read(after: number, limit: number): Promise<EventPage> {
    const { first, last } = await this.#store.bounds(this.#log);
    if (after > last) {
      throw conflict(
        `the last event is ${last}: what comes after ${after} is not known; the log was restored or emptied, begin at 0`,
      );
    }
    const entries = await this.#store.read(this.#log, after, limit);
    const events = entries.map(({ seq, value }) => ({ seq, ...(value as unknown as LoggedEvent) }));
    const missed = events.reduce(({ sum, at }, { seq }) => ({ sum: sum + seq - at - 1, at: seq }), {
      sum: 0,
      at: after,
    }).sum;
    return { events, first, last, missed };
  }

  /** The number of the newest event. */
  async last(): Promise<number> {
    return (await this.#store.bounds(this.#log)).last;
  }

  /** What was told is written, as far as that can be done within so many ms. Idempotent. */
  async close(within: number): Promise<void> {
    this.#closed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, within)));
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
    if (this.#waiting.length > 0)
      this.#logger.warn({ changes: this.#waiting.length }, 'events were not written');
    this.#waiting = [];
    this.#wake?.();
  }

  async #writeAll(): Promise<void> {
    // Those of the same turn come along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      const lost = this.#lost;
      try {
        if (await this.#write(batch, lost)) this.#lost -= lost;
        if (this.#isAway) this.#logger.info('events are written again');
        this.#isAway = false;
        // A part of it may have made place for others meanwhile.
        const written = new Set(batch);
        this.#waiting = this.#waiting.filter((change) => !written.has(change));
        this.emit('appended');
      } catch (error) {
        await this.#failed(error, batch);
      }
    }
  }

  /** Whether the first that tells events was made, which leaves out the numbers of those that were lost. */
  async #write(batch: readonly TellingChange[], lost: number): Promise<boolean> {
    const first = batch.findIndex(({ events = [] }) => events.length > 0);
    const outcomes = await this.#store.write(
      batch.map(({ events = [], ...change }, index) => ({
        ...change,
        append: events.map((event, at) => ({
          to: this.#log,
          value: asJson(event),
          lost: index === first && at === 0 ? lost : 0,
        })),
      })),
    );
    return outcomes[first] !== undefined;
  }

  async #failed(error: unknown, batch: readonly TellingChange[]): Promise<void> {
    if (error instanceof ParleyError && error.code === 'unavailable') {
      if (!this.#isAway) this.#logger.warn({ reason: error.message }, 'events wait for their store');
      this.#isAway = true;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, RETRY).unref();
      });
      return;
    }
    this.#logger.error({ error }, 'events could not be written');
    // One by one, so that the others do not go with the one that cannot be written.
    if (batch.length === 1) {
      this.#drop(this.#waiting.shift());
      return;
    }
    for (const change of batch) {
      if (this.#waiting[0] !== change) continue;
      try {
        await this.#write([change], 0);
        this.#waiting.shift();
      } catch (again) {
        if (again instanceof ParleyError && again.code === 'unavailable') return;
        this.#drop(this.#waiting.shift());
      }
    }
    this.emit('appended');
  }

  #drop(change: TellingChange | undefined): void {
    const count = change?.events?.length ?? 0;
    if (count === 0) return;
    if (this.#lost === 0) this.#logger.error('events are lost: too many wait to be written');
    this.#lost += count;
    this.#lostInAll += count;
  }
}
