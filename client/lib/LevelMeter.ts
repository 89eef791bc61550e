import { TypedEmitter } from '../../src/support/TypedEmitter.ts';

/** What `LevelMeter` tells. */
export interface LevelMeterEvents {
  /** Loudness from 0 (silent) to 1 (full scale), for a bar on the screen. */
  level: [level: number];
}

/** dBFS shown as 0: the noise of a quiet room. */
const FLOOR = -60;

/**
 * Measures how loud an audio track is, several times a second, until it is closed.
 *
 * The track is left alone: not stopped, not played. Where the browser lets no AudioContext run before a
 * click, levels stay 0 until then. Source: Web Audio API, AnalyserNode.
 */
export class LevelMeter extends TypedEmitter<LevelMeterEvents> {
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #timer: ReturnType<typeof setInterval>;
  #level = 0;
  #closed = false;

  /** `interval` is in ms (default 100). */
  constructor(track: MediaStreamTrack, options: { interval?: number } = {}) {
    super();
    this.#context = new AudioContext();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
    this.#timer = setInterval(() => this.#measure(), options.interval ?? 100);
  }

  /** The last measured loudness, 0 to 1. */
  get level(): number {
    return this.#level;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#source.disconnect();
    void this.#context.close();
  }

  #measure(): void {
    // Suspended until the person touches the page; asking again costs nothing.
    if (this.#context.state === 'suspended') this.#context.resume().catch(() => undefined);
    this.#analyser.getFloatTimeDomainData(this.#samples);
    this.#level = loudness(this.#samples);
    this.emit('level', this.#level);
  }
}

/** Root mean square in dBFS, laid between the floor and full scale. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(samples.length, 1));
  return Math.min(1, Math.max(0, (decibels - FLOOR) / -FLOOR));
}
