import { timeout } from '../../src/support/errors.ts';
import type { MediaKind } from '../../src/protocol/models.ts';
import type { Collector } from '../results/Collector.ts';

/** ms within which media of others has to come. */
const DEADLINE = 10_000;

const KINDS: readonly MediaKind[] = ['audio', 'video'];

/** Watches for the first media of others: after a join, and after the network or the server's worker was lost. */
export class MediaWatch {
  readonly #collector: Collector;
  readonly #deadline: number;
  /** Kinds of which the first media is still to be told. */
  readonly #awaited = new Set<MediaKind>();
  #hasSeen = false;
  /** Of the last join. */
  #openedAt = 0;
  /** Infinity while a join is under way. */
  #joinedAt = Infinity;
  #recoveringSince: number | undefined;
  #over: Error | undefined;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /** @param deadline ms within which media has to come. */
  constructor(collector: Collector, deadline = DEADLINE) {
    this.#collector = collector;
    this.#deadline = deadline;
  }

  /** Whether there was any since the join began. */
  get hasSeen(): boolean {
    return this.#hasSeen;
  }

  /** A join begins. */
  open(now: number): void {
    for (const kind of KINDS) this.#awaited.add(kind);
    this.#hasSeen = false;
    this.#over = undefined;
    this.#openedAt = now;
    this.#joinedAt = Infinity;
    this.#recoveringSince = undefined;
  }

  /**
   * The join is over; ms that it took.
   *
   * The first media ends it, and the other kind's may come just after: that belongs to this join as well. What
   * nobody sent at the time does not.
   *
   * @param expected Kinds that should come from those who are there now.
   */
  joined(now: number, expected: ReadonlySet<MediaKind>): number {
    for (const kind of KINDS) if (!expected.has(kind)) this.#awaited.delete(kind);
    this.#joinedAt = now;
    return now - this.#openedAt;
  }

  /** Media came of a track that was waited for. */
  arrived(kind: MediaKind, now: number): void {
    this.#hasSeen = true;
    if (this.#awaited.delete(kind) && now < this.#joinedAt + this.#deadline)
      this.#collector.observe(kind === 'audio' ? 'join.audio' : 'join.video', now - this.#openedAt);
    if (this.#recoveringSince !== undefined) {
      this.#collector.observe('recovery', now - this.#recoveringSince);
      this.#recoveringSince = undefined;
    }
    this.#settle?.resolve();
  }

  /** Resolves with the first media. @throws ParleyError `timeout`, or what `fail` says. */
  async first(): Promise<void> {
    if (this.#over) throw this.#over;
    if (this.#hasSeen) return;
    let giveUp: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = { resolve, reject };
        giveUp = setTimeout(
          () => reject(timeout(`no media of others within ${this.#deadline} ms`)),
          this.#deadline,
        );
      });
    } finally {
      clearTimeout(giveUp);
      this.#settle = undefined;
    }
  }

  /** The server sends nothing at present, on purpose: a join that waits is over without media. */
  excuse(): void {
    this.#settle?.resolve();
  }

  /** There is nothing to wait for any more, until the next join. */
  fail(error: Error): void {
    this.#over = error;
    this.#recoveringSince = undefined;
    this.#settle?.reject(error);
  }

  /** Media was lost; how long it takes until it is back is the recovery. */
  recover(now: number): void {
    this.#recoveringSince ??= now;
  }

  /**
   * A recovery that takes too long is told as an error, once.
   *
   * @param isExpected Whether there is anybody of whom media should come.
   */
  tick(now: number, isExpected: boolean): void {
    if (this.#recoveringSince === undefined || now - this.#recoveringSince < this.#deadline) return;
    this.#recoveringSince = undefined;
    if (!isExpected) return;
    this.#collector.error('recovery', 'timeout', `no media of others within ${this.#deadline} ms`);
  }
}
