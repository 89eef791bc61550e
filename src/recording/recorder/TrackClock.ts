import type { SenderReport } from './rtpPackets.ts';

/** Sender reports of which the median is believed. */
const WINDOW = 9;
/** ms of a track after which its clock is taken as known: its SFU has by then what it estimates capture times from. */
const SETTLING = 12_000;
/** Part of the passing time by which a drift is followed: slow enough to be neither seen nor heard. */
const SLEW = 0.002;

/**
 * Says when what an RTP timestamp stands for was captured, by the server's clock.
 *
 * Times in a file grow as the RTP clock does from where they began. Sender reports tell how far that beginning is off,
 * which becomes the file's `shift`, the same for all of it; what they tell later is drift of the sender's clock, which
 * times follow slowly.
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
    if (!this.#isSettled) this.#shift = median(this.#errors);
    this.#isSettled ||= time - this.#origin.at > SETTLING;
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
