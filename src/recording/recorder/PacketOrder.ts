import type { RtpPacket } from './rtpPackets.ts';

/** ms for which a missing packet is waited for: some round trips of a sender that is asked for it again. */
const PATIENCE = 500;
/** Packets that wait at most; beyond them the missing ones are given up. */
const MOST = 2048;

/** Puts packets in order, and waits for those that are missing. */
export class PacketOrder {
  readonly #take: (packet: RtpPacket, isAfterLoss: boolean) => void;
  readonly #waiting = new Map<number, RtpPacket>();
  /** The next sequence number, 16 bits. */
  #next: number | undefined;
  #missingSince: number | undefined;
  #lost = 0;

  /** @param take Gets each packet once, in order; `isAfterLoss` when some before it never came. */
  constructor(take: (packet: RtpPacket, isAfterLoss: boolean) => void) {
    this.#take = take;
  }

  /** Packets that never came. */
  get lost(): number {
    return this.#lost;
  }

  /** @param now ms, on a clock that does not jump. */
  add(packet: RtpPacket, now: number): void {
    this.#next ??= packet.sequence;
    const ahead = (packet.sequence - this.#next) & 0xffff;
    // Too late, or a second time.
    if (ahead >= 0x8000) return;
    this.#waiting.set(packet.sequence, packet);
    this.#release(false);
    if (this.#waiting.size === 0) this.#missingSince = undefined;
    else this.#missingSince ??= now;
    if (this.#waiting.size > MOST) this.#giveUp();
  }

  /** To be called now and then. */
  tick(now: number): void {
    if (this.#missingSince === undefined || now - this.#missingSince < PATIENCE) return;
    this.#giveUp();
    this.#missingSince = this.#waiting.size > 0 ? now : undefined;
  }

  /** Nothing more comes: what waits is taken as it is. */
  flush(): void {
    while (this.#waiting.size > 0) this.#giveUp();
  }

  /** Goes on behind the gap. */
  #giveUp(): void {
    const from = this.#next ?? 0;
    let nearest = 0xffff;
    for (const sequence of this.#waiting.keys()) nearest = Math.min(nearest, (sequence - from) & 0xffff);
    this.#lost += nearest;
    this.#next = (from + nearest) & 0xffff;
    this.#release(true);
  }

  #release(isAfterLoss: boolean): void {
    let afterLoss = isAfterLoss;
    for (;;) {
      const next = this.#next ?? 0;
      const packet = this.#waiting.get(next);
      if (!packet) return;
      this.#waiting.delete(next);
      this.#next = (next + 1) & 0xffff;
      this.#take(packet, afterLoss);
      afterLoss = false;
    }
  }
}
