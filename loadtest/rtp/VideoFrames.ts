import { Freezes } from './Freezes.ts';
import type { PacketSink } from './InboundStream.ts';

export interface VideoFramesListener {
  /** Send a PLI. Comes again every second until the key frame is there. */
  wantsKeyFrame(): void;
  /** A key frame is complete, so many ms after it was first asked for. */
  keyFrameAwaited?(waited: number): void;
  /** A freeze of so many ms is over. */
  froze?(duration: number): void;
}

/** ms between two requests for a key frame. */
const ASK_AGAIN = 1000;
/** ms to wait for the key frame with which a stream should begin, before it is asked for (libwebrtc). */
const PATIENCE = 200;
/** ms without a packet after which asking is of no use (libwebrtc). */
const INACTIVE = 5000;

const LOST = -1;

/**
 * Puts the packets of one received video together to frames, and says which of them a decoder could show.
 *
 * A frame is complete with its marker (or the first packet of another timestamp) and nothing missing up to it. After a
 * loss, and at the start, nothing is shown until a key frame is complete; whether a frame is one, only its payload
 * tells. So while `awaitsKeyFrame`, the owner looks into each packet for which `startsFrame` is set after it was
 * handed in, and calls `keyFrame`. Whether a lost packet belonged to a frame that nothing refers to (temporal layers)
 * is not known here: every loss counts.
 */
export class VideoFrames implements PacketSink {
  /** Frames that were shown, and complete or broken ones that could not be; PLIs that were asked for. */
  readonly counts = { shown: 0, undecodable: 0, keyFrames: 0, requests: 0 };
  /** ms; null: none yet. */
  firstShownAt: number | null = null;
  /** Whether the packet that came last may be the first of its frame. */
  startsFrame = false;
  readonly #listener: VideoFramesListener;
  readonly #freezes: Freezes;
  /** First packet that was not looked at, because it is missing; -1: nothing came yet. */
  #next = -1;
  /** Packets behind a gap: timestamp * 2 + marker, or LOST. */
  readonly #behind = new Map<number, number>();
  /** The frame that is being put together, or the last one. */
  #timestamp = 0;
  #open = false;
  #broken = false;
  #awaitsKeyFrame = true;
  #keyTimestamp = -1;
  /** A complete frame that was not shown, directly before; -1: none. */
  #passedOver = -1;
  #last = -1;
  #lastAt = 0;
  /** When waiting began, when it was first asked for, and last; -1: not asked. */
  #since = 0;
  #wantedAt = -1;
  #askedAt = -1;
  #isPaused = false;

  constructor(listener: VideoFramesListener) {
    this.#listener = listener;
    this.#freezes = new Freezes((duration) => listener.froze?.(duration));
  }

  get awaitsKeyFrame(): boolean {
    return this.#awaitsKeyFrame;
  }

  /** Freezes so far, with one that lasts; `frozen`: it lasts as of the last `tick`. */
  get freezes(): Readonly<Pick<Freezes, 'count' | 'duration' | 'frozen'>> {
    return this.#freezes;
  }

  /** Frames of which packets came, but not all; for tests and curiosity. */
  get packetsBehindGap(): number {
    return this.#behind.size;
  }

  /** Freezes so far, without one that may still be forgiven. */
  certainFreezes(now: number): number {
    return this.#freezes.certain(now);
  }

  /** The server had stopped sending on purpose, as it tells only now. */
  forgive(now: number): void {
    this.#freezes.forgive(now);
  }

  packet(sequence: number, timestamp: number, marker: boolean, now: number): void {
    this.#last = sequence;
    this.#lastAt = now;
    if (sequence === this.#next) {
      this.startsFrame = !this.#open || timestamp !== this.#timestamp;
      this.#take(timestamp, marker, now);
      this.#next++;
      if (this.#behind.size > 0) this.#drain(now);
      return;
    }
    this.startsFrame = false;
    if (sequence < this.#next) return;
    const before = this.#behind.get(sequence - 1) ?? LOST;
    this.startsFrame = before === LOST || before % 2 === 1 || Math.floor(before / 2) !== timestamp;
    this.#behind.set(sequence, timestamp * 2 + (marker ? 1 : 0));
  }

  lost(sequence: number, now: number): void {
    if (sequence < this.#next) return;
    this.#behind.set(sequence, LOST);
    this.#drain(now);
  }

  restarted(sequence: number, now: number): void {
    this.#behind.clear();
    this.#next = sequence;
    this.#awaitFrom(now);
  }

  paused(now: number): void {
    this.#isPaused = true;
    this.#freezes.interrupt(now);
    if (this.#behind.size > 0) {
      this.#next = Math.max(...this.#behind.keys()) + 1;
      this.#behind.clear();
      this.#awaitFrom(now);
    }
  }

  resumed(now: number): void {
    this.#isPaused = false;
    this.#freezes.interrupt(now);
    if (this.#awaitsKeyFrame) this.#awaitFrom(now);
  }

  /** The frame of this timestamp is a key frame; call it for the packet that came last. */
  keyFrame(timestamp: number, now: number): void {
    if (!this.#awaitsKeyFrame) return;
    this.#keyTimestamp = timestamp;
    if (this.#passedOver === timestamp) {
      this.counts.undecodable--;
      this.#showKeyFrame(now);
      return;
    }
    const packet = this.#behind.get(this.#last);
    if (packet === undefined || Math.floor(packet / 2) !== timestamp) return;
    // Whatever is missing before it does not matter any more.
    for (const sequence of this.#behind.keys()) {
      if (sequence < this.#last) this.#behind.delete(sequence);
    }
    if (this.#open) this.counts.undecodable++;
    this.#open = this.#broken = false;
    this.#next = this.#last;
    this.#drain(now);
  }

  /** Does what is due: asks again, notices a freeze. To be called every 50 ms or so. */
  tick(now: number): void {
    if (this.#isPaused) return;
    this.#freezes.tick(now);
    if (!this.#awaitsKeyFrame || this.#next === -1 || now - this.#lastAt > INACTIVE) return;
    const due = this.#askedAt === -1 ? this.#since + PATIENCE : this.#askedAt + ASK_AGAIN;
    if (now >= due) this.#ask(now);
  }

  /** Ends a freeze that lasts, for the end of a run. */
  end(now: number): void {
    this.#freezes.tick(now);
    this.#freezes.interrupt(now);
  }

  #drain(now: number): void {
    for (;;) {
      const packet = this.#behind.get(this.#next);
      if (packet === undefined) return;
      this.#behind.delete(this.#next++);
      if (packet === LOST) this.#takeLoss(now);
      else this.#take(Math.floor(packet / 2), packet % 2 === 1, now);
    }
  }

  #take(timestamp: number, marker: boolean, now: number): void {
    if (this.#open && timestamp !== this.#timestamp) this.#finish(now);
    this.#open = true;
    this.#timestamp = timestamp;
    if (marker) this.#finish(now);
  }

  #takeLoss(now: number): void {
    if (this.#open) this.#broken = true;
    this.#passedOver = -1;
    if (this.#awaitsKeyFrame) return;
    this.#awaitFrom(now, true);
    this.#ask(now);
  }

  /** The frame has all its packets, or will never have. */
  #finish(now: number): void {
    const usable = !this.#broken;
    this.#open = this.#broken = false;
    if (usable && !this.#awaitsKeyFrame) this.#show(now);
    else if (usable && this.#timestamp === this.#keyTimestamp) this.#showKeyFrame(now);
    else {
      this.counts.undecodable++;
      this.#passedOver = usable ? this.#timestamp : -1;
    }
  }

  #showKeyFrame(now: number): void {
    this.counts.keyFrames++;
    this.#awaitsKeyFrame = false;
    this.#keyTimestamp = this.#passedOver = -1;
    if (this.#wantedAt >= 0) this.#listener.keyFrameAwaited?.(now - this.#wantedAt);
    this.#wantedAt = this.#askedAt = -1;
    this.#show(now);
  }

  #show(now: number): void {
    this.counts.shown++;
    this.firstShownAt ??= now;
    this.#freezes.frame(now);
  }

  /** `keepFrame`: packets of the frame in hand may still follow. */
  #awaitFrom(now: number, keepFrame = false): void {
    if (!keepFrame) this.#open = this.#broken = false;
    this.#awaitsKeyFrame = true;
    this.#keyTimestamp = this.#passedOver = -1;
    this.#since = now;
    this.#wantedAt = this.#askedAt = -1;
  }

  #ask(now: number): void {
    this.#askedAt = now;
    if (this.#wantedAt === -1) this.#wantedAt = now;
    this.counts.requests++;
    this.#listener.wantsKeyFrame();
  }
}
