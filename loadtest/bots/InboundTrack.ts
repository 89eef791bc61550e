import type { MediaKind, RtpParameters } from '../../src/protocol/models.ts';
import type { Collector } from '../results/Collector.ts';
import type { Histogram } from '../results/Histogram.ts';
import { InboundStream } from '../rtp/InboundStream.ts';
import { VideoFrames } from '../rtp/VideoFrames.ts';
import { EXTENSION } from '../targets/rtpNegotiation.ts';
import type { RemoteTrack, Subscription, TrackCause } from '../targets/Target.ts';
import type { Gap } from './Gaps.ts';

type Codec = RtpParameters['codecs'][number];

/** ms for which packets may be on their way when the server says that it sends no more. */
const UNDER_WAY = 200;
/** s; what is shorter, as at the end, has no rate. */
const MIN_RATED = 0.5;

export interface InboundTrackOptions {
  subscription: Subscription;
  room: string;
  collector: Collector;
  /** Ask the sender for a key frame. */
  requestKeyFrame: (ssrc: number) => void;
  /** The first packet; for video the first complete frame. */
  onFirstMedia: (kind: MediaKind) => unknown;
  /** Where what is new is noted: packets of sound, frames that can be shown. */
  gap?: Gap;
  /** Whose turn it is to speak was awaited: a packet came, at a time (ms), so many ms after it was sent. */
  onSpeech?: (track: InboundTrack, now: number, took: number) => void;
}

/** A received track: its packets, its frames, and what is told of them every second. */
export class InboundTrack {
  readonly subscription: Subscription;
  readonly kind: MediaKind;
  /** Of what is sent; of what may be sent, until that is known. */
  mimeType: string;
  readonly clockRate: number;
  readonly stream: InboundStream;
  readonly frames: VideoFrames | null;
  /** Ids of header extensions, 0: not negotiated. */
  readonly captureTimeId: number;
  readonly transportSequenceId: number;
  /** Where one-way times of this track go. */
  readonly latencies: readonly Histogram[];
  /** Rollover counting of the RTX stream, for the key of its packets. */
  rtxHighest = -1;
  /** ms: with the first packet from then on somebody's turn to speak arrives; Infinity: nobody waits for one. */
  speaksAt = Infinity;
  readonly #options: InboundTrackOptions;
  #told = {
    expected: 0,
    lost: 0,
    recovered: 0,
    reordered: 0,
    requested: 0,
    freezes: 0,
    shown: 0,
  };
  /** Its number in `gap`. */
  readonly #entered: number;
  #isBound: boolean;
  #packets = 0;
  /** Frames that `gap` was told of. */
  #shown = 0;
  #toldAt: number;
  #waits = true;
  /** Why it comes as it does, in the server's words. */
  #cause: string | undefined;
  #heldAt: number | undefined;
  /** Whether it was on hold, or muted, at some time since the last `tell`. */
  #wasInterrupted = false;
  /** A second without a packet, which counts only if it turns out not to be on purpose. */
  #owed = 0;

  constructor(options: InboundTrackOptions, now: number) {
    const { subscription, collector, room, requestKeyFrame } = options;
    const { rtpParameters, track } = subscription;
    const [codec] = rtpParameters.codecs;
    const open = rtpParameters.codecs.filter((each) => !isRepair(each)).length > 1;
    const [encoding] = rtpParameters.encodings ?? [];
    this.#options = options;
    this.#entered = options.gap?.enter() ?? 0;
    this.#toldAt = now;
    this.subscription = subscription;
    this.kind = track.kind;
    this.mimeType = codec?.mimeType ?? '';
    this.clockRate = codec?.clockRate ?? 90_000;
    const extension = (uri: string): number =>
      rtpParameters.headerExtensions?.find((candidate) => candidate.uri === uri)?.id ?? 0;
    this.captureTimeId = extension(EXTENSION.absCaptureTime);
    this.transportSequenceId = extension(EXTENSION.transportSequence);
    this.#isBound = encoding?.ssrc !== undefined && !open;
    this.frames =
      track.kind === 'audio'
        ? null
        : new VideoFrames({
            wantsKeyFrame: () => {
              collector.count('plis');
              requestKeyFrame(this.stream.ssrc);
            },
            keyFrameAwaited: (waited) => collector.observe('video.keyframeWait', waited),
            froze: (duration) => collector.observe('video.freezeDuration', duration),
          });
    this.stream = new InboundStream({
      ssrc: encoding?.ssrc ?? 0,
      ...(encoding?.rtx ? { rtxSsrc: encoding.rtx.ssrc } : {}),
      clockRate: this.clockRate,
      nack: track.kind === 'video',
      ...(this.frames ? { sink: this.frames } : {}),
    });
    this.latencies = [
      collector.histogram('latency'),
      collector.histogram(track.kind === 'audio' ? 'audio.latency' : 'video.latency'),
      collector.roomLatency(room),
    ];
    if (track.paused) this.stream.pause(now);
  }

  get track(): RemoteTrack {
    return this.subscription.track;
  }

  get cause(): string | undefined {
    return this.#cause;
  }

  /** The server sends nothing of it, on purpose. */
  get isHeld(): boolean {
    return this.#heldAt !== undefined;
  }

  /** Muted or not, by its sender. */
  setPaused(paused: boolean, now: number): void {
    this.#wasInterrupted = true;
    if (paused) this.stream.pause(now);
    else this.#goOn(now);
  }

  /** The server says why it comes as it does. Facts are late: it may have stopped, or gone on, before. */
  setCause({ cause, isHeld }: Pick<TrackCause, 'cause' | 'isHeld'>, now: number): void {
    this.#options.collector.count('causeChanges');
    this.#cause = cause;
    this.setHeld(isHeld, now);
  }

  /** Nothing of it is to come for now, on purpose; or it is again. */
  setHeld(isHeld: boolean, now: number): void {
    if (!isHeld) {
      if (this.isHeld) this.#goOn(now);
      return;
    }
    this.#heldAt = now;
    this.#wasInterrupted = true;
    this.#owed = 0;
    this.frames?.forgive(now);
    this.stream.pause(now);
  }

  /** Whether media of it is still to come. */
  get waits(): boolean {
    return this.#waits && !this.stream.isPaused;
  }

  /** Whether its SSRC and its codec are known. */
  get isBound(): boolean {
    return this.#isBound;
  }

  /** Whether retransmissions may come on an SSRC that is not known. */
  get awaitsRepairs(): boolean {
    return this.stream.rtxSsrc === undefined && this.subscription.rtpParameters.codecs.some(isRepair);
  }

  /** Takes what a packet tells of an SSRC, its own or that of retransmissions; false: it is of neither. */
  bind(ssrc: number, codec: Codec): boolean {
    if (isRepair(codec)) {
      if (!this.awaitsRepairs) return false;
      this.stream.rtxSsrc = ssrc;
      return true;
    }
    if (this.#isBound || (this.stream.ssrc !== 0 && this.stream.ssrc !== ssrc)) return false;
    this.#isBound = true;
    this.mimeType = codec.mimeType;
    this.stream.ssrc = ssrc;
    return true;
  }

  /** Before a packet of one that is on hold: it has gone on, unless the packet was under way. */
  comes(now: number): void {
    if (this.#heldAt !== undefined && now - this.#heldAt > UNDER_WAY) this.#goOn(now);
  }

  /** After each packet that was of use. */
  arrived(now: number): void {
    this.#packets++;
    this.#noteNew(now);
    if (!this.#waits) return;
    if (this.frames ? this.frames.firstShownAt !== null : true) {
      this.#waits = false;
      this.#options.onFirstMedia(this.kind);
    }
  }

  /** A key frame is awaited or packets are missing: to be called every 20 ms or so. */
  tick(now: number): void {
    this.frames?.tick(now);
  }

  /** A packet came at `speaksAt` or later, `took` ms after it was sent. */
  spoke(now: number, took: number): void {
    this.#options.onSpeech?.(this, now, took);
  }

  /** Tells the collector what happened since the last call. */
  tell(now: number): void {
    const seconds = (now - this.#toldAt) / 1000;
    this.#toldAt = now;
    const { collector, room } = this.#options;
    const { counts } = this.stream;
    const told = this.#told;
    const tally = collector.room(room);
    const video = this.kind === 'video';
    const expected = counts.expected - told.expected;
    const lost = counts.lost - told.lost;
    collector.count(video ? 'videoExpected' : 'audioExpected', expected);
    collector.count(video ? 'videoLost' : 'audioLost', lost);
    collector.count(video ? 'videoRecovered' : 'audioRecovered', counts.recovered - told.recovered);
    collector.count(video ? 'videoReordered' : 'audioReordered', counts.reordered - told.reordered);
    collector.count('nackedPackets', counts.requested - told.requested);
    tally[video ? 'videoExpected' : 'audioExpected'] += expected;
    tally[video ? 'videoLost' : 'audioLost'] += lost;
    if (!this.stream.isPaused && !this.#waits && seconds >= MIN_RATED) {
      tally.due += this.#owed;
      this.#owed = this.#packets > 0 ? 0 : 1;
      if (this.#packets > 0) {
        tally.due++;
        tally.flowing++;
      }
      if (counts.received > 1) collector.observe(video ? 'video.jitter' : 'audio.jitter', this.stream.jitter);
    }
    const freezes = this.frames?.certainFreezes(now) ?? 0;
    const isInDoubt = this.#wasInterrupted || freezes !== (this.frames?.freezes.count ?? 0);
    this.#wasInterrupted = false;
    const shown = this.frames?.counts.shown ?? 0;
    // Also of a video that was paused, or ended, since then.
    collector.count('freezes', freezes - told.freezes);
    tally.freezes += freezes - told.freezes;
    if (video && !this.stream.isPaused && !this.#waits) {
      collector.count('videoStreamMs', Math.round(seconds * 1000));
      if (seconds >= MIN_RATED && !isInDoubt) collector.observe('video.fps', (shown - told.shown) / seconds);
    }
    const { expected: e, lost: l, recovered, reordered, requested } = counts;
    this.#told = { expected: e, lost: l, recovered, reordered, requested, freezes, shown };
    this.#packets = 0;
  }

  /** The end of the track, or of the run. */
  end(now: number): void {
    this.#options.gap?.leave(this.#entered);
    this.tell(now);
    this.frames?.end(now);
    this.stream.end(now);
    this.stream.pause(now);
    this.tell(now);
  }

  #noteNew(now: number): void {
    const { gap } = this.#options;
    if (!gap) return;
    if (this.frames) {
      if (this.frames.counts.shown === this.#shown) return;
      this.#shown = this.frames.counts.shown;
    }
    gap.arrived(now, this.#entered);
  }

  #goOn(now: number): void {
    this.#heldAt = undefined;
    this.#wasInterrupted = true;
    this.stream.resume(now);
  }

  /** Media was lost with the server's worker or the network; the next packet ends the wait. */
  awaitMedia(): void {
    this.#waits = true;
  }
}

function isRepair({ mimeType }: Codec): boolean {
  return /\/rtx$/i.test(mimeType);
}
