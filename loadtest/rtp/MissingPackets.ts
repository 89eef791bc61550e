interface MissingPacket {
  /** ms. */
  since: number;
  askedAt: number;
  tries: number;
}

const MAX_TRIES = 10;
/** Packets that are waited for at a time; the oldest are given up first. */
const MAX_OUTSTANDING = 1000;
/** ms between two requests, if the round trip is shorter. */
const MIN_RETRY = 20;
/** ms for which a packet is waited for that cannot be asked for. */
const MAX_WAIT = 1000;
/** Packets given up that are remembered, to tell latecomers from duplicates. */
const MAX_REMEMBERED = 1000;

/**
 * The gaps of one stream: what to ask for again, and when to give up.
 *
 * A packet is asked for at once, then again after 1.5 round trips (20 ms at least), 10 times in all. Without
 * retransmissions it is waited for for 1 s. Sequence numbers are unwrapped.
 */
export class MissingPackets {
  readonly #packets = new Map<number, MissingPacket>();
  readonly #givenUp = new Set<number>();
  readonly #retransmission: boolean;
  readonly #onGivenUp: (sequence: number) => void;

  /** @param onGivenUp called for each packet for which hope is lost, in ascending order. */
  constructor(retransmission: boolean, onGivenUp: (sequence: number) => void) {
    this.#retransmission = retransmission;
    this.#onGivenUp = onGivenUp;
  }

  get size(): number {
    return this.#packets.size;
  }

  /** Adds a gap: `from` to `to - 1`, all of them later than those that are there already. */
  add(from: number, to: number, now: number): void {
    for (let sequence = from; sequence < to; sequence++) {
      this.#packets.set(sequence, { since: now, askedAt: -Infinity, tries: 0 });
    }
    let surplus = this.#packets.size - MAX_OUTSTANDING;
    if (surplus <= 0) return;
    for (const sequence of this.#packets.keys()) {
      if (surplus-- <= 0) break;
      this.#giveUp(sequence);
    }
  }

  /** Takes a packet that came out; the number of requests for it, -1 if it was not missing. */
  take(sequence: number): number {
    const packet = this.#packets.get(sequence);
    if (!packet) return -1;
    this.#packets.delete(sequence);
    return packet.tries;
  }

  /** Whether it was given up; once only, so that a second copy is a duplicate. */
  takeLate(sequence: number): boolean {
    return this.#givenUp.delete(sequence);
  }

  /**
   * What to ask for now, as unwrapped sequence numbers in ascending order; packets for which it is too late are given
   * up. `firstTime` is told how many of them were never asked for before.
   */
  due(now: number, rtt: number, firstTime: (count: number) => void): number[] {
    const retry = Math.max(rtt * 1.5, MIN_RETRY);
    const due: number[] = [];
    let first = 0;
    for (const [sequence, packet] of this.#packets) {
      if (!this.#retransmission) {
        if (now - packet.since >= MAX_WAIT) this.#giveUp(sequence);
      } else if (now - packet.askedAt >= retry) {
        if (packet.tries === MAX_TRIES) this.#giveUp(sequence);
        else {
          if (packet.tries === 0) first++;
          packet.tries++;
          packet.askedAt = now;
          due.push(sequence);
        }
      }
    }
    if (first > 0) firstTime(first);
    return due;
  }

  /** Gives all of them up, or those that are missing since `until` (ms) at least. */
  giveUpAll(until = Infinity): void {
    for (const [sequence, { since }] of this.#packets) if (since <= until) this.#giveUp(sequence);
  }

  /** Forgets all of them, as if they had never been sent; returns how many. */
  forget(): number {
    const count = this.#packets.size;
    this.#packets.clear();
    return count;
  }

  #giveUp(sequence: number): void {
    this.#packets.delete(sequence);
    this.#givenUp.add(sequence);
    if (this.#givenUp.size > MAX_REMEMBERED) {
      for (const oldest of this.#givenUp) {
        this.#givenUp.delete(oldest);
        break;
      }
    }
    this.#onGivenUp(sequence);
  }
}
