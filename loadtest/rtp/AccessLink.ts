import type { NetworkPlan } from '../scenario/scenario.ts';
import type { Random } from './random.ts';

/** ms that a packet waits at most before the bottleneck. */
const MAX_QUEUE = 300;

/**
 * A bot's made-up access link: random loss, then a bottleneck that sends one packet after the other.
 *
 * Packets of one link keep their order. Sizes are bytes as they count against the link's bps.
 */
export class AccessLink {
  /** Packets that arrived, and that were dropped by chance and by a full queue. */
  readonly counts = { passed: 0, lost: 0, overflowed: 0, uplinkLost: 0 };
  readonly #random: Random;
  readonly #loss: number;
  readonly #uplinkLoss: number;
  /** ms per byte; 0: no bottleneck. */
  readonly #pace: number;
  #idleAt = 0;

  constructor(plan: NetworkPlan, random: Random) {
    this.#random = random;
    this.#loss = plan.loss ?? 0;
    this.#uplinkLoss = plan.uplinkLoss ?? 0;
    this.#pace = plan.downlink ? 8000 / plan.downlink : 0;
  }

  /** Whether the plan leaves packets as they are, so that the link need not be asked. */
  get transparent(): boolean {
    return this.#loss === 0 && this.#uplinkLoss === 0 && this.#pace === 0;
  }

  /** The moment (ms, on `now`'s clock) at which a packet that reached the link is through; null: it was dropped. */
  arrive(size: number, now: number): number | null {
    if (this.#loss > 0 && this.#random() < this.#loss) {
      this.counts.lost++;
      return null;
    }
    if (this.#pace > 0) {
      const start = Math.max(now, this.#idleAt);
      if (start - now > MAX_QUEUE) {
        this.counts.overflowed++;
        return null;
      }
      this.#idleAt = start + size * this.#pace;
      this.counts.passed++;
      return this.#idleAt;
    }
    this.counts.passed++;
    return now;
  }

  /** Whether a packet that the bot sends leaves its house. */
  departs(): boolean {
    if (this.#uplinkLoss === 0 || this.#random() >= this.#uplinkLoss) return true;
    this.counts.uplinkLost++;
    return false;
  }
}
