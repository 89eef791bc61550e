import { DELTAS_PER_MS, REFERENCE_UNIT, writeTransportFeedback } from './transportCc.ts';

/** ms; before a rate is known the default. */
const MIN_INTERVAL = 50;
const MAX_INTERVAL = 250;
const DEFAULT_INTERVAL = 100;
/** Bits of a feedback packet with IPv4, UDP and SRTP, and its share of the rate, as libwebrtc reckons. */
const FEEDBACK_BITS = 68 * 8;
const FEEDBACK_SHARE = 0.05;
/** ms over which the rate is averaged. */
const RATE_WINDOW = 1000;

/** A packet that is so much older than the newest is the beginning of another numbering. */
const WINDOW = 8192;
/** Received packets in one feedback packet: with the worst pattern of gaps it is then 1200 bytes long. */
const MAX_RECEIVED = 190;
const MAX_COUNT = 0xffff;
const NOT_RECEIVED = -1;

/** Of the packet that is being built, for all endpoints. */
const symbols = new Uint8Array(MAX_COUNT);
const deltas = new Int16Array(MAX_RECEIVED);

/** Packets that are remembered: at least, and if that many have to be reported at once. */
const MIN_SIZE = 512;
const MAX_SIZE = 65_536;

/**
 * Remembers when the packets of an endpoint came, and writes transport-wide feedback on them
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 *
 * All packets that carry a transport sequence number belong here, also retransmissions and mediasoup's probation
 * packets (SSRC 1234). A packet that comes after it was reported missing (up to 512 packets late) is reported again,
 * together with all after it, as libwebrtc does.
 */
export class TransportFeedback {
  /** SSRC of the media source in the feedback; senders do not look at it. */
  mediaSsrc = 0;
  readonly #sender: number;
  /** Arrivals in 250 us of the last so many sequence numbers, by sequence number modulo the size (a power of two). */
  #arrivals = new Float64Array(MIN_SIZE).fill(NOT_RECEIVED);
  /** Unwrapped: the first that is to be reported, the one after the highest; -1: nothing came yet. */
  #next = -1;
  #end = -1;
  /** Packets that came since `#next` was reported. */
  #fresh = 0;
  #count = 0;
  #builtAt = -Infinity;
  #interval = DEFAULT_INTERVAL;
  #bytes = 0;
  #bytesSince = -1;

  /** @param sender the SSRC that the endpoint signs its feedback with. */
  constructor(sender: number) {
    this.#sender = sender;
  }

  /** ms between two feedbacks: 50 to 250, so that they take 5 % of the rate (libwebrtc); 100 until it is known. */
  get interval(): number {
    return this.#interval;
  }

  /**
   * Takes a packet down.
   *
   * @param sequence 16 bits
   * @param arrival ms, at least 0, on a clock that never goes back
   * @param size bytes, for the rate; without it the interval stays at 100 ms
   */
  record(sequence: number, arrival: number, size = 0): void {
    this.#bytes += size;
    if (this.#end === -1) {
      this.#restart(sequence + 0x10000, arrival);
      return;
    }
    const newest = this.#end - 1;
    const unwrapped = newest + (((sequence - newest) << 16) >> 16);
    if (unwrapped < this.#end - WINDOW) {
      this.#restart(unwrapped + 0x10000, arrival);
      return;
    }
    if (unwrapped >= this.#end) {
      if (!this.#reserve(unwrapped)) {
        this.#restart(unwrapped, arrival);
        return;
      }
      const mask = this.#arrivals.length - 1;
      for (let missing = this.#end; missing < unwrapped; missing++) {
        this.#arrivals[missing & mask] = NOT_RECEIVED;
      }
      this.#end = unwrapped + 1;
    } else if (
      unwrapped < this.#end - this.#arrivals.length ||
      this.#arrivals[unwrapped & (this.#arrivals.length - 1)] !== NOT_RECEIVED
    ) {
      return;
    }
    this.#arrivals[unwrapped & (this.#arrivals.length - 1)] = Math.round(arrival * DELTAS_PER_MS);
    this.#fresh++;
    if (unwrapped < this.#next) this.#next = unwrapped;
  }

  /** RTCP packets that are due at `now` (ms, same clock); empty before the interval is over, or if nothing came. */
  build(now: number): Buffer[] {
    if (this.#fresh === 0 || now - this.#builtAt < this.#interval) return [];
    this.#measure(now);
    this.#builtAt = now;
    this.#fresh = 0;
    const packets: Buffer[] = [];
    while (this.#next < this.#end) packets.push(this.#buildOne());
    return packets;
  }

  #buildOne(): Buffer {
    const mask = this.#arrivals.length - 1;
    const base = this.#next;
    const unit = REFERENCE_UNIT * DELTAS_PER_MS;
    let reference = -1;
    let last = 0;
    let received = 0;
    let index = base;
    for (; index < this.#end && index - base < MAX_COUNT; index++) {
      const arrival = this.#arrivals[index & mask] ?? NOT_RECEIVED;
      if (arrival === NOT_RECEIVED) {
        symbols[index - base] = 0;
        continue;
      }
      if (reference === -1) {
        reference = Math.floor(arrival / unit);
        last = reference * unit;
      }
      const delta = arrival - last;
      if (received === MAX_RECEIVED || delta > 32_767 || delta < -32_768) break;
      symbols[index - base] = delta >= 0 && delta <= 255 ? 1 : 2;
      deltas[received++] = delta;
      last = arrival;
    }
    this.#next = index;
    const count = this.#count;
    this.#count = (count + 1) & 0xff;
    return writeTransportFeedback({
      sender: this.#sender,
      media: this.mediaSsrc,
      baseSequence: base & 0xffff,
      referenceTime: Math.max(0, reference) % 0x1000000,
      feedbackCount: count,
      count: index - base,
      symbols,
      deltas,
    });
  }

  #restart(unwrapped: number, arrival: number): void {
    this.#arrivals.fill(NOT_RECEIVED);
    this.#arrivals[unwrapped & (this.#arrivals.length - 1)] = Math.round(arrival * DELTAS_PER_MS);
    this.#next = unwrapped;
    this.#end = unwrapped + 1;
    this.#fresh = 1;
  }

  /** Makes room for all that is unreported; false if that is too much. */
  #reserve(unwrapped: number): boolean {
    const old = this.#arrivals;
    let size = old.length;
    while (unwrapped - this.#next >= size) size *= 2;
    if (size === old.length) return true;
    if (size > MAX_SIZE) return false;
    this.#arrivals = new Float64Array(size).fill(NOT_RECEIVED);
    for (let index = this.#end - old.length; index < this.#end; index++) {
      this.#arrivals[index & (size - 1)] = old[index & (old.length - 1)] ?? NOT_RECEIVED;
    }
    return true;
  }

  #measure(now: number): void {
    if (this.#bytesSince === -1) this.#bytesSince = now;
    const elapsed = now - this.#bytesSince;
    if (elapsed < RATE_WINDOW) return;
    const rate = (this.#bytes * 8000) / elapsed;
    this.#bytes = 0;
    this.#bytesSince = now;
    if (rate > 0) {
      this.#interval = Math.min(
        MAX_INTERVAL,
        Math.max(MIN_INTERVAL, (FEEDBACK_BITS * 1000) / (FEEDBACK_SHARE * rate)),
      );
    }
  }
}
