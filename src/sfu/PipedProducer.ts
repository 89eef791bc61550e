import type { Consumer, Producer, Router } from 'mediasoup/types';
import { invalidState, notFound, unavailable } from '../support/errors.ts';
import { shareConsumableParameters } from './mediasoupCalls.ts';
import type { RouterLinks } from './RouterLinks.ts';

/** ms that a pipe may take to open: a frozen worker would hold up what others receive until it is killed. */
const OPENING_DEADLINE = 2000;
/** ms for which nothing behind a pipe must have flowed before it is paused. */
const PAUSED_AFTER = 1000;

/** One subscriber's share in a pipe. */
export interface PipeHold {
  /** Rejects with `unavailable` when the pipe does not open, with `notFound` when its producer is gone. */
  readonly ready: Promise<void>;
  /** The consumer that came of it: the pipe flows while this flows, and is let go of when it closes. */
  follow(consumer: Consumer): void;
  /** No consumer came of it. Idempotent. */
  release(): void;
}

export interface PipedProducerParts {
  producer: Producer;
  /** Where it is published. */
  from: Router;
  to: Router;
  links: RouterLinks;
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
  readonly #ready: Promise<void>;
  readonly #holds = new Map<PipeHold, Consumer | undefined>();
  /** The near end: consumes on the producer's own router. */
  #near: Consumer | undefined;
  /** The far end: what the subscribers consume. */
  #far: Producer | undefined;
  #needed = true;
  #pausing: NodeJS.Timeout | undefined;
  #leaving: NodeJS.Timeout | undefined;
  #settling = false;
  #closed = false;

  constructor(parts: PipedProducerParts) {
    this.#parts = parts;
    const { observer } = parts.producer;
    observer.once('close', this.#originClosed);
    observer.on('pause', this.#originChanged);
    observer.on('resume', this.#originChanged);
    this.#ready = this.#openInTime();
    // Whoever waits for it may be gone by now.
    this.#ready.catch(() => undefined);
  }

  /** Whether nothing crosses it at present because nobody needs it. */
  get paused(): boolean {
    return this.#near?.paused ?? false;
  }

  /** What sends across it; undefined while it opens. */
  get sender(): Consumer | undefined {
    return this.#near;
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
    const { observer } = this.#parts.producer;
    observer.off('close', this.#originClosed);
    observer.off('pause', this.#originChanged);
    observer.off('resume', this.#originChanged);
    this.#far?.close();
    this.#near?.close();
    this.#parts.onClosed();
  }

  readonly #originClosed = (): void => this.close();

  readonly #originChanged = (): void => {
    void this.#settle();
    // While it is muted a consumer's pause causes no event.
    this.#mayBeIdle();
  };

  async #openInTime(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), OPENING_DEADLINE).unref();
    });
    try {
      await Promise.race([this.#open(), late]);
    } catch (error) {
      const { producer } = this.#parts;
      this.close();
      if (producer.closed) throw notFound('no such producer', { cause: error });
      throw unavailable('the track could not be brought to this worker; try again', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #open(): Promise<void> {
    const { producer, from, to, links } = this.#parts;
    const { id, kind } = producer;
    const link = await links.between(from, to);
    this.#assertOpen();
    const near = await link.on(from).consume({ producerId: id });
    this.#near = near;
    near.observer.once('close', () => this.close());
    this.#assertOpen();
    const { rtpParameters, producerPaused: paused } = near;
    const far = await link.on(to).produce({ id, kind, rtpParameters, paused });
    this.#far = far;
    shareConsumableParameters(far);
    far.observer.once('close', () => this.close());
    this.#assertOpen();
    this.#mayBeIdle();
    void this.#settle();
  }

  /** What was created meanwhile has nobody who would close it later. */
  #assertOpen(): void {
    if (!this.#closed && !this.#near?.closed && !this.#far?.closed) return;
    this.#far?.close();
    this.#near?.close();
    throw invalidState('closed while the pipe was opened');
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
    const [near, far] = [this.#near, this.#far];
    if (!near || !far || this.#settling) return;
    const { producer } = this.#parts;
    this.#settling = true;
    try {
      while (!this.#closed && (near.paused === this.#needed || far.paused !== producer.paused)) {
        if (far.paused !== producer.paused) await (producer.paused ? far.pause() : far.resume());
        if (near.paused === this.#needed) await (this.#needed ? near.resume() : near.pause());
      }
    } catch {
      // A worker went, and with it this pipe.
    } finally {
      this.#settling = false;
    }
  }
}
