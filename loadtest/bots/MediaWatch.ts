import { timeout } from '../../src/support/errors.ts';
import type { MediaKind } from '../../src/protocol/models.ts';
import type { Collector } from '../results/Collector.ts';

/** ms within which media of others has to come. */
const DEADLINE = 10_000;

/** Watches for the first media of others: after a join, and after the network or the server's worker was lost. */
export class MediaWatch {
  readonly #collector: Collector;
  readonly #deadline: number;
  readonly #seen = new Set<MediaKind>();
  #hasSeen = false;
  /** Of the join that is under way. */
  #openedAt: number | undefined;
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
    this.#seen.clear();
    this.#hasSeen = false;
    this.#over = undefined;
    this.#openedAt = now;
    this.#recoveringSince = undefined;
  }

  /** The join is over; ms that it took. */
  joined(now: number): number {
    const took = now - (this.#openedAt ?? now);
    this.#openedAt = undefined;
    return took;
  }

  /** Media came of a track that was waited for. */
  arrived(kind: MediaKind, now: number): void {
    this.#hasSeen = true;
    if (this.#openedAt !== undefined && !this.#seen.has(kind)) {
      this.#seen.add(kind);
      this.#collector.observe(kind === 'audio' ? 'join.audio' : 'join.video', now - this.#openedAt);
    }
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
