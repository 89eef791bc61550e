import type { CanaryResult } from '../results/runResult.ts';
import type { InboundReading, PageReading } from './pageProbe.ts';

/** Samples of Opus a millisecond, as libwebrtc plays it. */
const SAMPLES_PER_MS = 48;

/** What a browser received, summed up over all its streams, those that ended too. */
export class InboundStats {
  #latest = new Map<string, { reading: InboundReading; at: number }>();
  #framesDecoded = 0;
  #freezes = 0;
  #freezeDuration = 0;
  #audioGaps = 0;
  #audioGapDuration = 0;
  #videos = 0;
  #audios = 0;
  /** Frames of the videos while they came, and for how long they did, ms. */
  #flowing = { frames: 0, time: 0 };

  /** Adds what happened since the reading before; a stream's first one is where its measurement begins. */
  add({ inbound, at }: Pick<PageReading, 'inbound' | 'at'>): void {
    const before = this.#latest;
    this.#latest = new Map(inbound.map((reading) => [reading.id, { reading, at }]));
    const playing = { audio: 0, video: 0 };
    for (const reading of inbound) {
      const known = before.get(reading.id);
      // Frames count from the first on, but what a stream's beginning costs is part of joining.
      if (!known) this.#framesDecoded += reading.framesDecoded;
      else if (this.#grow(known.reading, reading, at - known.at)) playing[reading.kind]++;
    }
    this.#videos = Math.max(this.#videos, playing.video);
    this.#audios = Math.max(this.#audios, playing.audio);
  }

  get result(): Omit<CanaryResult, 'name' | 'room' | 'join' | 'error'> {
    return {
      framesDecoded: this.#framesDecoded,
      fps: this.#flowing.time > 0 ? (this.#flowing.frames * 1000) / this.#flowing.time : null,
      freezes: this.#freezes,
      freezeDuration: Math.round(this.#freezeDuration),
      audioGaps: this.#audioGaps,
      audioGapDuration: Math.round(this.#audioGapDuration),
      videos: this.#videos,
      audios: this.#audios,
    };
  }

  /** @returns whether it plays. */
  #grow(before: InboundReading, now: InboundReading, time: number): boolean {
    const grown = (name: Exclude<keyof InboundReading, 'id' | 'kind'>): number =>
      Math.max(0, now[name] - before[name]);
    const comes = grown('packetsReceived') > 0;
    if (now.kind === 'audio') {
      // Comfort noise in a pause is no gap.
      const missing = grown('concealedSamples') - grown('silentConcealedSamples');
      if (missing > 0) {
        this.#audioGaps += grown('concealmentEvents');
        this.#audioGapDuration += missing / SAMPLES_PER_MS;
      }
      return comes;
    }
    const frames = grown('framesDecoded');
    this.#framesDecoded += frames;
    this.#freezes += grown('freezeCount');
    this.#freezeDuration += grown('totalFreezesDuration') * 1000;
    // A camera that is off has no frame rate.
    if (comes) {
      this.#flowing.frames += frames;
      this.#flowing.time += time;
    }
    return frames > 0;
  }
}
