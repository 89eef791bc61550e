import type { Consumer, Producer } from 'mediasoup/types';
import { invalidState, notFound, ParleyError, unavailable } from '../support/errors.ts';

/** ms for which nothing behind a pipe must have flowed before it is paused. */
const PAUSED_AFTER = 1000;

/** One subscriber's share in a pipe. */
export interface PipeHold {
  /**
   * What is to be consumed, with the id of its origin. Rejects with `unavailable` when the pipe does not open, with
   * `notFound` when its producer is gone.
   */
  readonly ready: Promise<Producer>;
  /** The consumer that came of it: the pipe flows while this flows, and is let go of when it closes. */
  follow(consumer: Consumer): void;
  /** No consumer came of it. Idempotent. */
  release(): void;
}

type Watched<Event extends string> = Record<
  'on' | 'once' | 'off',
  (event: Event, listener: () => void) => unknown
>;

/** What is brought: a producer of this process, or word of one on another node. */
export interface PipeOrigin {
  readonly id: string;
  /** Whether it is muted. */
  readonly paused: boolean;
  readonly closed: boolean;
  readonly observer: Watched<'close' | 'pause' | 'resume'>;
}

/** Where it sets out: a consumer on its own router, or word of one on another node. */
export interface PipeNearEnd {
  readonly paused: boolean;
  readonly closed: boolean;
  readonly observer: Pick<Watched<'close'>, 'once'>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): void;
}

export interface PipeEnds {
  near: PipeNearEnd;
  /** Where it arrives, and is consumed. */
  far: Producer;
  /** What sends across it, where that is on this node. */
  sender?: Consumer;
}

export interface PipedProducerParts {
  origin: PipeOrigin;
  /** Leaves nothing behind when it rejects, which it does soon after nobody waits for it any more. */
  open: (signal: AbortSignal) => Promise<PipeEnds>;
  /** ms that this may take: a frozen worker would hold up what others receive until it is killed. */
  openingDeadline: number;
  /** ms for which it is kept without any subscriber. */
  keptFor: number;
  /** Once; nothing of it is left. */
  onClosed: () => void;
}

/**
 * A producer on another router of its room, where it has the same id: open from the first subscriber there until some
 * time after the last one.
 *
 * It is paused like its origin, so that its consumers look as they would at home. While nobody needs it only the near
 * end of the pipe is paused, which saves the way and is nothing that a consumer could take for muting.
 */
export class PipedProducer {
  readonly #parts: PipedProducerParts;
  readonly #ready: Promise<Producer>;
  readonly #holds = new Map<PipeHold, Consumer | undefined>();
  readonly #abort = new AbortController();
  #ends: PipeEnds | undefined;
  #needed = true;
  #pausing: NodeJS.Timeout | undefined;
  #leaving: NodeJS.Timeout | undefined;
  #settling = false;
  #closed = false;

  constructor(parts: PipedProducerParts) {
    this.#parts = parts;
    const { observer } = parts.origin;
    observer.once('close', this.#originClosed);
    observer.on('pause', this.#originChanged);
    observer.on('resume', this.#originChanged);
    this.#ready = this.#openInTime();
    // Whoever waits for it may be gone by now.
    this.#ready.catch(() => undefined);
  }

  /** Whether nothing crosses it at present because nobody needs it. */
  get paused(): boolean {
    return this.#ends?.near.paused ?? false;
  }

  /** What sends across it; undefined while it opens, and for what is sent by another node. */
  get sender(): Consumer | undefined {
    return this.#ends?.sender;
  }

  hold(): PipeHold {
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    const hold: PipeHold = {
      ready: this.#ready,
      follow: (consumer) => this.#follow(hold, consumer),
      release: () => this.#release(hold),
    };
    this.#holds.set(hold, undefined);
    return hold;
  }

  /** Idempotent. Its consumers close as if the producer had. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#pausing);
    clearTimeout(this.#leaving);
    const { observer } = this.#parts.origin;
    observer.off('close', this.#originClosed);
    observer.off('pause', this.#originChanged);
    observer.off('resume', this.#originChanged);
    this.#abort.abort();
    if (this.#ends) closeBoth(this.#ends);
    this.#parts.onClosed();
  }

  readonly #originClosed = (): void => this.close();

  readonly #originChanged = (): void => {
    void this.#settle();
    // While it is muted a consumer's pause causes no event.
    this.#mayBeIdle();
  };

  async #openInTime(): Promise<Producer> {
    const { origin, openingDeadline } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), openingDeadline).unref();
    });
    try {
      return await Promise.race([this.#open(), late]);
    } catch (error) {
      const code = error instanceof ParleyError ? error.code : undefined;
      const isGone = code === 'notFound' || (origin.closed && code !== 'unavailable');
      this.close();
      if (isGone) throw notFound('no such producer', { cause: error });
      throw unavailable('the track could not be brought here; try again', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #open(): Promise<Producer> {
    const ends = await this.#parts.open(this.#abort.signal);
    const { near, far } = ends;
    // What was created meanwhile has nobody who would close it later.
    if (this.#closed || near.closed || far.closed) {
      closeBoth(ends);
      throw invalidState('closed while the pipe was opened');
    }
    this.#ends = ends;
    near.observer.once('close', () => this.close());
    far.observer.once('close', () => this.close());
    this.#mayBeIdle();
    void this.#settle();
    return far;
  }

  #follow(hold: PipeHold, consumer: Consumer): void {
    if (!this.#holds.has(hold)) return;
    this.#holds.set(hold, consumer);
    consumer.observer.on('pause', () => this.#mayBeIdle());
    consumer.observer.on('resume', () => this.#need());
    consumer.observer.once('close', () => this.#release(hold));
    if (!consumer.paused) this.#need();
  }

  #release(hold: PipeHold): void {
    if (!this.#holds.delete(hold) || this.#closed) return;
    this.#mayBeIdle();
    if (this.#holds.size > 0) return;
    this.#leaving = setTimeout(() => this.close(), this.#parts.keptFor).unref();
  }

  #need(): void {
    clearTimeout(this.#pausing);
    this.#pausing = undefined;
    this.#needed = true;
    void this.#settle();
  }

  #mayBeIdle(): void {
    if (this.#closed) return;
    this.#pausing ??= setTimeout(() => {
      this.#pausing = undefined;
      this.#needed = [...this.#holds.values()].some((consumer) => consumer?.paused === false);
      void this.#settle();
    }, PAUSED_AFTER).unref();
  }

  /** Brings both ends in line, one call at a time. Never rejects. */
  async #settle(): Promise<void> {
    if (!this.#ends || this.#settling) return;
    const { near, far } = this.#ends;
    const { origin } = this.#parts;
    this.#settling = true;
    try {
      while (!this.#closed && (near.paused === this.#needed || far.paused !== origin.paused)) {
        if (far.paused !== origin.paused) await (origin.paused ? far.pause() : far.resume());
        if (near.paused === this.#needed) await (this.#needed ? near.resume() : near.pause());
      }
    } catch {
      // A worker went, and with it this pipe.
    } finally {
      this.#settling = false;
    }
  }
}

function closeBoth({ near, far }: PipeEnds): void {
  far.close();
  near.close();
}
