import type { SenderReport } from './rtpPackets.ts';

/** Sender reports of which the median is believed. */
const WINDOW = 9;
/** ms of a track after which its clock is taken as known: its SFU has by then what it estimates capture times from. */
const SETTLING = 12_000;
/** Part of the passing time by which a drift is followed: slow enough to be neither seen nor heard. */
const SLEW = 0.002;
/** ms by which reports differ from this clock when the sender's has jumped: a drift is followed before it is so much. */
const JUMP = 40;
/** Reports in a row that have to say so. One of them may have been held up somewhere. */
const WITNESSES = 4;

/**
 * Says when what an RTP timestamp stands for was captured, by the server's clock.
 *
 * Times in a file grow as the RTP clock does from where they began. Sender reports tell how far that beginning is off,
 * which becomes the file's `shift`, the same for all of it; what they tell later is drift of the sender's clock, which
 * times follow slowly, or a jump of it, which they follow at once: one that counts samples stands still while its
 * machine is too busy to take any.
 */
export class TrackClock {
  readonly #rate: number;
  /** RTP timestamp, not wrapped, and what was taken for its time, ms. */
  #origin: { timestamp: number; at: number } | undefined;
  #last = 0;
  /** How far sender reports were ahead of this clock, ms. */
  readonly #errors: number[] = [];
  #shift = 0;
  #slewed = 0;
  #slewedAt = 0;
  #isSettled = false;

  constructor(clockRate: number) {
    this.#rate = clockRate / 1000;
  }

  /** ms to add to all times of the file. */
  get shift(): number {
    return this.#shift;
  }

  /** Time of an RTP timestamp before the shift, ms. @param now When its packet came, for the first one. */
  time(timestamp: number, now: number): number {
    const unwrapped = this.#unwrap(timestamp);
    this.#origin ??= { timestamp: unwrapped, at: now };
    this.#last = Math.max(this.#last, unwrapped);
    const plain = this.#plain(unwrapped);
    this.#follow(plain);
    return plain + this.#slewed;
  }

  report(report: SenderReport): void {
    if (!this.#origin) return;
    const time = this.#plain(this.#unwrap(report.timestamp)) + this.#slewed;
    this.#errors.push(report.at - time);
    if (this.#errors.length > WINDOW) this.#errors.shift();
    if (this.#isSettled) this.#jump();
    else this.#shift = median(this.#errors);
    this.#isSettled ||= time - this.#origin.at > SETTLING;
  }

  /** By what the last reports agree on. */
  #jump(): void {
    const offs = this.#errors.slice(-WITNESSES).map((error) => error - this.#shift);
    const [least, most] = [Math.min(...offs), Math.max(...offs)];
    if (offs.length < WITNESSES || (least < JUMP && most > -JUMP)) return;
    const jump = least >= JUMP ? least : most;
    this.#slewed += jump;
    // Those from before the jump say nothing of the clock as it is now.
    this.#errors.splice(0, this.#errors.length, ...offs.map((off) => off + this.#shift - jump));
  }

  #plain(unwrapped: number): number {
    const { timestamp, at } = this.#origin ?? { timestamp: 0, at: 0 };
    return at + (unwrapped - timestamp) / this.#rate;
  }

  #follow(time: number): void {
    const passed = Math.max(0, time - this.#slewedAt);
    this.#slewedAt = Math.max(this.#slewedAt, time);
    if (!this.#isSettled || this.#errors.length < WINDOW) return;
    const off = median(this.#errors) - this.#shift;
    const step = Math.max(-passed * SLEW, Math.min(passed * SLEW, off));
    this.#slewed += step;
    // They were measured before the step.
    for (let i = 0; i < this.#errors.length; i++) this.#errors[i] = (this.#errors[i] ?? 0) - step;
  }

  #unwrap(timestamp: number): number {
    if (!this.#origin) return timestamp;
    return this.#last + (((timestamp - this.#last) << 0) | 0);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}
