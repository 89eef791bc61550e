import { rtpTimestamp } from '../rtp/ntp.ts';
import { seededRandom, type Random } from '../rtp/random.ts';
import type { AudioClip } from './AudioClip.ts';
import { Cadence } from './Cadence.ts';
import type { MediaSink, TrackDescription } from './mediaSink.ts';
import type { Appointment, Pacer } from './Pacer.ts';
import { RtpStream } from './RtpStream.ts';

/**
 * `talk`: a voice that never changes; `speak`: one in syllables, as people's; `noise`: an open microphone that nobody speaks into, in a room
 * that is too loud for DTX; `silent`: one with DTX; `off`: nothing is sent.
 */
export type AudioMode = 'talk' | 'speak' | 'noise' | 'silent' | 'off';

/** ms of a packet. */
export const FRAME = 20;
/** Packets of silence for which an encoder with DTX sends one (400 ms). */
const SILENT_FRAMES = 20;
/** Packets of a syllable of `speak` with the pause after it: four or five a second. */
const SYLLABLE = 11;
/** Of these, that are the pause: what is as loud all the time is noise to who looks for the speaker. */
const PAUSE = 3;
/** dB below the maximum (RFC 6464: -dBov), and by how much packets differ from it. */
const LEVELS: Record<AudioMode | 'pause', { mean: number; spread: number }> = {
  talk: { mean: 20, spread: 0 },
  speak: { mean: 20, spread: 6 },
  pause: { mean: 50, spread: 5 },
  noise: { mean: 50, spread: 5 },
  silent: { mean: 127, spread: 0 },
  off: { mean: 127, spread: 0 },
};

/** Sends a voice. */
export class AudioSender {
  readonly #clip: AudioClip;
  readonly #pacer: Pacer;
  readonly #stream: RtpStream;
  readonly #cadence: Cadence;
  readonly #firstTimestamp: number;
  readonly #ticksPerFrame: number;
  readonly #random: Random;
  #mode: AudioMode = 'off';
  #paused = false;
  #closed = false;
  #appointment: Appointment | null = null;
  #position = 0;
  #isTalkspurt = false;
  /** Packets of the syllable that were sent. */
  #said = 0;
  #skipped = 0;

  constructor(options: {
    clip: AudioClip;
    track: TrackDescription;
    sink: MediaSink;
    pacer: Pacer;
    mode: AudioMode;
    /** Announced as muted. */
    paused?: boolean;
  }) {
    const { clip, track, sink, pacer } = options;
    const encoding = track.encodings[0] ?? { ssrc: 0 };
    this.#clip = clip;
    this.#pacer = pacer;
    this.#stream = new RtpStream(track, encoding, null, sink);
    const phase = pacer.nextPhase();
    const first = pacer.now() + phase * FRAME;
    this.#cadence = new Cadence(first, FRAME);
    this.#firstTimestamp = rtpTimestamp(first, track.clockRate);
    this.#ticksPerFrame = (track.clockRate * FRAME) / 1000;
    // One of its own, so that nothing else that is random depends on how much was said.
    this.#random = seededRandom(encoding.ssrc);
    this.#position = Math.floor(phase * clip.packets.length);
    this.#paused = options.paused ?? false;
    this.setMode(options.mode);
  }

  get mode(): AudioMode {
    return this.#mode;
  }

  /** Packets, payload bytes, packets sent again, and packets left out because the process stalled. */
  get stats(): { packets: number; octets: number; retransmitted: number; skipped: number } {
    const { packets, octets, retransmitted } = this.#stream;
    return { packets, octets, retransmitted, skipped: this.#skipped };
  }

  setMode(mode: AudioMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#start();
  }

  /** Muted: nothing is sent, whatever the mode. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#start();
  }

  /** Somebody misses packets (RFC 4585, 6.2.1). Those of other SSRCs are ignored. */
  nack(ssrc: number, sequences: Iterable<number>): void {
    if (!this.#closed && ssrc === this.#stream.ssrc) this.#stream.retransmit(sequences, this.#pacer.now());
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#appointment?.cancel();
  }

  #start(): void {
    this.#appointment?.cancel();
    this.#appointment = null;
    if (this.#closed || this.#paused || this.#mode === 'off') return;
    this.#isTalkspurt = this.#isVoice;
    this.#said = 0;
    this.#setLevel();
    this.#cadence.seek(this.#pacer.now());
    this.#appointment = this.#pacer.schedule(this.#cadence.due, (_due, now) => this.#step(now));
  }

  get #isVoice(): boolean {
    return this.#mode === 'talk' || this.#mode === 'speak';
  }

  #setLevel(): void {
    const pauses = this.#mode === 'speak' && this.#said >= SYLLABLE - PAUSE;
    const { mean, spread } = LEVELS[pauses ? 'pause' : this.#mode];
    const level = Math.round(mean + spread * (2 * this.#random() - 1));
    this.#stream.setAudioLevel(level, this.#isVoice);
  }

  #step(now: number): number {
    const timestamp = (this.#firstTimestamp + this.#cadence.count * this.#ticksPerFrame) % 0x1_0000_0000;
    if (this.#mode !== 'silent') {
      if (LEVELS[this.#mode].spread > 0) this.#setLevel();
      const packet = this.#clip.packets[this.#position] ?? this.#clip.silence;
      this.#position = (this.#position + 1) % this.#clip.packets.length;
      this.#stream.send(packet, this.#isTalkspurt, timestamp, this.#pacer.now());
      this.#isTalkspurt = false;
      this.#said = (this.#said + 1) % SYLLABLE;
      this.#skipped += this.#cadence.advance(1, now);
    } else {
      this.#stream.send(this.#clip.silence, false, timestamp, this.#pacer.now());
      this.#cadence.advance(SILENT_FRAMES, now);
    }
    this.#stream.reportIfDue(now);
    return this.#cadence.due;
  }
}
