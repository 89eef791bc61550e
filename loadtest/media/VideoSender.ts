import { internal } from '../../src/support/errors.ts';
import { rtpTimestamp } from '../rtp/ntp.ts';
import { Cadence } from './Cadence.ts';
import type { MediaSink, TrackDescription } from './mediaSink.ts';
import type { Appointment, Pacer } from './Pacer.ts';
import { RtpStream } from './RtpStream.ts';
import type { VideoClip } from './VideoClip.ts';

/** ms between key frames that are asked for; all requests in between get the same one. */
const KEY_FRAME_INTERVAL = 300;
/** Packets that are sent at a time, of all layers. */
const BURST = 10;
/** ms between the bursts of a picture: at least, unless the picture is too large, and at most. */
const MIN_SPACING = 2;
const MAX_SPACING = 5;

/** What a video sender has done; `skipped` are pictures left out because the process stalled. */
export interface VideoSenderStats {
  packets: number;
  octets: number;
  retransmitted: number;
  frames: number;
  keyFrames: number;
  skipped: number;
}

/** Sends a clip over and over, all layers at once. */
export class VideoSender {
  readonly #clip: VideoClip;
  readonly #clockRate: number;
  readonly #pacer: Pacer;
  readonly #streams: readonly RtpStream[];
  readonly #cadence: Cadence;
  #appointment: Appointment | null = null;
  #paused = true;
  #closed = false;
  #wantedLayers: number;
  #activeLayers: number;
  /** Of the next picture. */
  #position: number;
  /** Whether the next picture must be a key frame; `asked`: once the last one is long enough ago. */
  #keyFrame: 'no' | 'asked' | 'must' = 'must';
  #lastKeyFrame = -Infinity;
  // The picture that is being sent.
  #isSending = false;
  #frameAt = 0;
  #timestamp = 0;
  #burst = BURST;
  #spacing = MAX_SPACING;
  #bursts = 0;
  #layer = 0;
  #packet = 0;
  #frames = 0;
  #keyFrames = 0;
  #skipped = 0;

  /** @throws ParleyError `internal` when there are more encodings than the clip has layers. */
  constructor(options: {
    clip: VideoClip;
    track: TrackDescription;
    sink: MediaSink;
    pacer: Pacer;
    /** Nothing is sent until `setPaused(false)`. */
    paused?: boolean;
  }) {
    const { clip, track, sink, pacer } = options;
    if (track.encodings.length > clip.layers.length) {
      throw internal(`a clip of ${clip.layers.length} layers for ${track.encodings.length} encodings`);
    }
    this.#clip = clip;
    this.#clockRate = track.clockRate;
    this.#pacer = pacer;
    this.#streams = track.encodings.map((encoding) => new RtpStream(track, encoding, clip.layout, sink));
    this.#wantedLayers = this.#activeLayers = this.#streams.length;
    const phase = pacer.nextPhase();
    const interval = 1000 / clip.fps;
    this.#cadence = new Cadence(pacer.now() + phase * interval, interval);
    const segments = clip.frameCount / clip.segmentFrames;
    this.#position = Math.floor(phase * segments) * clip.segmentFrames;
    if (!options.paused) this.setPaused(false);
  }

  /** All that it can send. */
  get layers(): number {
    return this.#streams.length;
  }

  get stats(): VideoSenderStats {
    const sum = { packets: 0, octets: 0, retransmitted: 0 };
    for (const { packets, octets, retransmitted } of this.#streams) {
      sum.packets += packets;
      sum.octets += octets;
      sum.retransmitted += retransmitted;
    }
    return { ...sum, frames: this.#frames, keyFrames: this.#keyFrames, skipped: this.#skipped };
  }

  /** PLI or FIR (RFC 4585, 6.3.1; RFC 5104, 4.3.1) for any of the layers: all begin anew with their next picture. */
  requestKeyFrame(): void {
    if (this.#keyFrame === 'no') this.#keyFrame = 'asked';
  }

  /** Somebody misses packets (RFC 4585, 6.2.1). Those of other SSRCs are ignored. */
  nack(ssrc: number, sequences: Iterable<number>): void {
    if (this.#closed) return;
    for (const stream of this.#streams) {
      if (stream.ssrc === ssrc) stream.retransmit(sequences, this.#pacer.now());
    }
  }

  /** Camera off and on; it comes back with a key frame. */
  setPaused(paused: boolean): void {
    if (this.#closed || paused === this.#paused) return;
    this.#paused = paused;
    this.#appointment?.cancel();
    this.#appointment = null;
    this.#isSending = false;
    if (paused) return;
    this.#keyFrame = 'must';
    this.#cadence.seek(this.#pacer.now());
    this.#appointment = this.#pacer.schedule(this.#cadence.due, (_due, now) => this.#step(now));
  }

  /** Sends the smallest `count` layers only, 0: none; layers that come back do so with a key frame. */
  setLayersActive(count: number): void {
    this.#wantedLayers = Math.min(this.#streams.length, Math.max(0, count));
    if (this.#wantedLayers <= this.#activeLayers) return;
    // Nobody has had one for a while.
    if (this.#activeLayers === 0) this.#keyFrame = 'must';
    else this.requestKeyFrame();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#appointment?.cancel();
  }

  #step(now: number): number {
    if (!this.#isSending) this.#beginPicture(now);
    if (!this.#sendBurst()) return this.#cadence.due + ++this.#bursts * this.#spacing;
    this.#isSending = false;
    for (let i = 0; i < this.#activeLayers; i++) this.#streams[i]?.reportIfDue(now);
    this.#skipped += this.#cadence.advance(1, now);
    return this.#cadence.due;
  }

  #beginPicture(now: number): void {
    const { segmentFrames, frameCount, layers } = this.#clip;
    const wantsKeyFrame =
      this.#keyFrame === 'must' ||
      (this.#keyFrame === 'asked' && now - this.#lastKeyFrame >= KEY_FRAME_INTERVAL);
    if (wantsKeyFrame) {
      const segment = Math.ceil(this.#position / segmentFrames);
      this.#position = (segment * segmentFrames) % frameCount;
    }
    this.#frameAt = this.#position;
    this.#position = (this.#position + 1) % frameCount;
    const isKey = this.#frameAt % segmentFrames === 0;
    const isSent = this.#activeLayers + this.#wantedLayers > 0;
    if (isKey && isSent) {
      this.#keyFrame = 'no';
      this.#lastKeyFrame = now;
      this.#keyFrames++;
    }
    // A layer can be joined at a key frame only, and left at any time.
    if (isKey || this.#wantedLayers < this.#activeLayers) this.#activeLayers = this.#wantedLayers;
    if (this.#activeLayers > 0) this.#frames++;
    this.#timestamp = rtpTimestamp(this.#cadence.due, this.#clockRate);
    let packets = 0;
    for (let i = 0; i < this.#activeLayers; i++) {
      const frame = layers[i]?.frames[this.#frameAt];
      packets += frame?.packets.length ?? 0;
      this.#streams[i]?.beginPicture(frame?.temporalLayer === 0);
    }
    const { interval } = this.#cadence;
    this.#burst = Math.max(BURST, Math.ceil(packets / Math.floor(interval / MIN_SPACING)));
    this.#spacing = Math.min(MAX_SPACING, interval / Math.max(1, Math.ceil(packets / this.#burst)));
    this.#bursts = 0;
    this.#layer = 0;
    this.#packet = 0;
    this.#isSending = true;
  }

  /** @returns whether the picture is complete. */
  #sendBurst(): boolean {
    let left = this.#burst;
    while (this.#layer < this.#activeLayers) {
      const packets = this.#clip.layers[this.#layer]?.frames[this.#frameAt]?.packets ?? [];
      const stream = this.#streams[this.#layer];
      while (this.#packet < packets.length) {
        if (left-- === 0) return false;
        const packet = packets[this.#packet++];
        const marker = this.#packet === packets.length;
        if (packet) stream?.send(packet, marker, this.#timestamp, this.#pacer.now());
      }
      this.#layer++;
      this.#packet = 0;
    }
    return true;
  }
}
