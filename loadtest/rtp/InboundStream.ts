import { Jitter } from './Jitter.ts';
import { MissingPackets } from './MissingPackets.ts';
import type { ReportBlock } from './rtcp.ts';

/** Who wants to know what a stream is made of; sequence numbers are unwrapped, times in ms. */
export interface PacketSink {
  /** A packet that was not there before, from the network or retransmitted. */
  packet(sequence: number, timestamp: number, marker: boolean, now: number): void;
  /** It will not come any more. */
  lost(sequence: number, now: number): void;
  /** Numbering starts anew at this packet, which follows. */
  restarted(sequence: number, now: number): void;
  paused(now: number): void;
  resumed(now: number): void;
}

export interface InboundStreamOptions {
  ssrc: number;
  /** Where retransmissions come (RFC 4588); absent: on `ssrc` itself, if at all. */
  rtxSsrc?: number;
  /** Hz. */
  clockRate: number;
  /** Whether lost packets are asked for again. */
  nack: boolean;
  sink?: PacketSink;
}

/** Sums since the start. */
export interface InboundCounts {
  /** Sequence numbers that should have come, as far as the highest that came. */
  expected: number;
  /** Different packets that came on the SSRC itself. */
  received: number;
  /** Packets that only a retransmission brought. */
  recovered: number;
  /** Packets given up. `expected` is `received + recovered + lost` and what is still missing. */
  lost: number;
  /** Copies of packets that were there. */
  duplicates: number;
  /** Packets that came by themselves after a later one. */
  reordered: number;
  /** Packets that came after they were given up; they stay lost. */
  late: number;
  /** Retransmissions of packets that were there. */
  redundant: number;
  /** Packets that were asked for, and how often in all. */
  requested: number;
  requests: number;
  restarts: number;
}

/** A step in the sequence beyond this (RFC 3550, A.1: MAX_DROPOUT) is a new start. */
const MAX_STEP = 3000;
/** As many old packets in a row, and none that is new, are a new start too. */
const MAX_STALE = 100;

/** ms that a packet may come after a later one, by itself and asked for. */
const REORDERING = 100;
const RETRANSMISSION = 1000;

const NOTHING: readonly number[] = [];

/**
 * One received SSRC, with its retransmissions: what came, what is missing, and what to ask for again.
 *
 * Packets are told with the numbers of their clear headers; times are ms on any clock that does not go back.
 */
export class InboundStream {
  /** These two change when signaling named none and the first packet tells. */
  ssrc: number;
  rtxSsrc: number | undefined;
  readonly #clockRate: number;
  readonly #sink: PacketSink | undefined;
  readonly #missing: MissingPackets;
  readonly #nack: boolean;
  readonly #jitter: Jitter;
  readonly #counts: InboundCounts = {
    expected: 0,
    received: 0,
    recovered: 0,
    lost: 0,
    duplicates: 0,
    reordered: 0,
    late: 0,
    redundant: 0,
    requested: 0,
    requests: 0,
    restarts: 0,
  };
  /** Unwrapped; -1: nothing came yet. */
  #highest = -1;
  #now = 0;
  #paused = false;
  /** The next packet is a new start, whatever its number. */
  #adrift = true;
  #stale = 0;
  #nackDue = false;
  #reported = { expected: 0, received: 0 };
  #senderReport = { middle: 0, at: 0 };

  constructor(options: InboundStreamOptions) {
    this.ssrc = options.ssrc;
    this.rtxSsrc = options.rtxSsrc;
    this.#clockRate = options.clockRate;
    this.#nack = options.nack;
    this.#sink = options.sink;
    this.#jitter = new Jitter(options.clockRate);
    this.#missing = new MissingPackets(options.nack, (sequence) => {
      this.#counts.lost++;
      this.#sink?.lost(sequence, this.#now);
    });
  }

  /** Live sums: read them, or copy them; they change in place. */
  get counts(): Readonly<InboundCounts> {
    return this.#counts;
  }

  /** Interarrival jitter in ms (RFC 3550, 6.4.1). */
  get jitter(): number {
    return this.#jitter.value;
  }

  /** Packets that are missing and still hoped for. */
  get missing(): number {
    return this.#missing.size;
  }

  /** Whether a gap has just opened, so that `takeNacks` should be called now and not at the next round. */
  get nackDue(): boolean {
    return this.#nackDue;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /**
   * Takes a packet of `ssrc`.
   *
   * @returns its unwrapped sequence number; -1 if it is of no use (a copy, or too late).
   */
  receive(sequence: number, timestamp: number, marker: boolean, now: number): number {
    this.#now = now;
    const step = ((sequence - this.#highest) << 16) >> 16;
    if (step !== 1 || this.#adrift) return this.#receiveOther(sequence, timestamp, marker, now, step);
    const unwrapped = ++this.#highest;
    this.#stale = 0;
    this.#counts.expected++;
    this.#counts.received++;
    this.#jitter.add(timestamp, now);
    this.#sink?.packet(unwrapped, timestamp, marker, now);
    return unwrapped;
  }

  /**
   * Takes a packet of `rtxSsrc`, with the original sequence number (RFC 4588, 4: first two bytes of its payload).
   *
   * @returns the unwrapped sequence number of a packet that was missing, else -1.
   */
  rtx(originalSequence: number, timestamp: number, marker: boolean, now: number): number {
    this.#now = now;
    const unwrapped = this.#highest + (((originalSequence - this.#highest) << 16) >> 16);
    if (this.#missing.take(unwrapped) === -1) {
      if (this.#missing.takeLate(unwrapped)) this.#counts.late++;
      else this.#counts.redundant++;
      return -1;
    }
    this.#counts.recovered++;
    this.#sink?.packet(unwrapped, timestamp, marker, now);
    return unwrapped;
  }

  /**
   * Sequence numbers (16 bits) to ask for now; call it when `nackDue`, and about every 20 ms. Gives up what is too old.
   *
   * @param rtt ms
   */
  takeNacks(now: number, rtt: number): readonly number[] {
    this.#nackDue = false;
    if (this.#missing.size === 0) return NOTHING;
    this.#now = now;
    const due = this.#missing.due(now, rtt, (count) => (this.#counts.requested += count));
    this.#counts.requests += due.length;
    return due.map((sequence) => sequence & 0xffff);
  }

  /** The sender stops on purpose (muted, camera off): what does not come is neither lost nor a freeze. */
  pause(now: number): void {
    if (this.#paused) return;
    this.#now = now;
    this.#paused = true;
    // A paused sender does not retransmit, so nobody can tell whether these would have come.
    if (this.#nack) this.#counts.expected -= this.#missing.forget();
    this.#sink?.paused(now);
  }

  /** The sender goes on; if with another sequence number, then that is a new start and no loss. */
  resume(now: number): void {
    if (!this.#paused) return;
    this.#now = now;
    this.#paused = false;
    this.#adrift = true;
    this.#jitter.skip();
    this.#sink?.resumed(now);
  }

  /**
   * The end of the track, or of the run. What was only reordered would be here by now, and the rest is lost; what has
   * just gone missing, or could still be retransmitted, is neither lost nor expected.
   */
  end(now: number): void {
    this.#now = now;
    this.#missing.giveUpAll(now - (this.#nack ? RETRANSMISSION : REORDERING));
    this.#counts.expected -= this.#missing.forget();
  }

  /** Takes the NTP time of a sender report of this SSRC, for the next report block. */
  senderReport(ntp: bigint, now: number): void {
    this.#senderReport = { middle: Number((ntp >> 16n) & 0xffffffffn), at: now };
  }

  /** A report block on the time since the one before (RFC 3550, A.3); null before the first packet. */
  reportBlock(now: number): ReportBlock | null {
    if (this.#highest === -1) return null;
    const { expected, received } = this.#counts;
    const expectedNow = expected - this.#reported.expected;
    const lostNow = expectedNow - (received - this.#reported.received);
    this.#reported = { expected, received };
    const { middle, at } = this.#senderReport;
    return {
      ssrc: this.ssrc,
      fractionLost:
        expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      cumulativeLost: Math.max(-0x800000, Math.min(0x7fffff, expected - received)),
      highestSequence: this.#highest % 0x100000000,
      jitter: Math.round((this.#jitter.value * this.#clockRate) / 1000),
      lastSenderReport: middle,
      delaySinceLastSenderReport: middle === 0 ? 0 : Math.round(((now - at) * 65_536) / 1000) % 0x100000000,
    };
  }

  /** Anything but the packet that was due. */
  #receiveOther(sequence: number, timestamp: number, marker: boolean, now: number, step: number): number {
    if (this.#adrift && (this.#highest === -1 || step > 1)) {
      return this.#restart(sequence, timestamp, marker, now);
    }
    if (step > 0) this.#adrift = false;
    if (step > MAX_STEP || step < -MAX_STEP) return this.#restart(sequence, timestamp, marker, now);
    const unwrapped = this.#highest + step;
    if (step > 0) {
      this.#missing.add(this.#highest + 1, unwrapped, now);
      if (this.#nack && step > 1) this.#nackDue = true;
      this.#counts.expected += step;
      this.#highest = unwrapped;
    } else {
      const tries = this.#missing.take(unwrapped);
      if (tries === -1) return this.#old(sequence, unwrapped, timestamp, marker, now);
      // Without an SSRC of their own, retransmissions look like latecomers.
      if (tries > 0 && this.rtxSsrc === undefined) {
        this.#counts.recovered++;
        this.#sink?.packet(unwrapped, timestamp, marker, now);
        return unwrapped;
      }
      this.#counts.reordered++;
    }
    this.#stale = 0;
    this.#counts.received++;
    this.#jitter.add(timestamp, now);
    this.#sink?.packet(unwrapped, timestamp, marker, now);
    return unwrapped;
  }

  #old(sequence: number, unwrapped: number, timestamp: number, marker: boolean, now: number): number {
    if (this.#missing.takeLate(unwrapped)) this.#counts.late++;
    else if (++this.#stale > MAX_STALE) return this.#restart(sequence, timestamp, marker, now);
    else this.#counts.duplicates++;
    return -1;
  }

  #restart(sequence: number, timestamp: number, marker: boolean, now: number): number {
    const first = this.#highest === -1;
    if (!first) {
      this.#counts.restarts++;
      this.#missing.giveUpAll();
    }
    // Unwrapped numbers never go back, so that a new start does not meet what is known of the old one.
    this.#highest = first ? sequence : this.#highest + ((sequence - this.#highest) & 0xffff);
    this.#adrift = false;
    this.#stale = 0;
    this.#counts.expected++;
    this.#counts.received++;
    this.#jitter.skip();
    this.#jitter.add(timestamp, now);
    this.#sink?.restarted(this.#highest, now);
    this.#sink?.packet(this.#highest, timestamp, marker, now);
    return this.#highest;
  }
}
