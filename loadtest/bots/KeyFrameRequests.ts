import type { AudioSender } from '../media/AudioSender.ts';
import type { VideoSender } from '../media/VideoSender.ts';
import type { Collector } from '../results/Collector.ts';

/** ms within which requests are counted together. */
const SECOND = 1000;

/** How often a bot is asked for key frames of what it publishes (RFC 4585, 6.3.1; RFC 5104, 4.3.1), and makes some. */
export class KeyFrameRequests {
  readonly #collector: Collector;
  /** ms, of all layers; and by SSRC. */
  readonly #times: number[] = [];
  readonly #timesOfLayers = new Map<number, number[]>();
  readonly #made = new WeakMap<VideoSender, number>();

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  /** @param ssrc The layer of which a key frame is wanted. */
  asked(ssrc: number, now: number): void {
    let ofLayer = this.#timesOfLayers.get(ssrc);
    if (!ofLayer) this.#timesOfLayers.set(ssrc, (ofLayer = []));
    this.#collector.count('keyFramesAsked');
    this.#collector.observe('keyframes.perSecond', countIn(this.#times, now));
    this.#collector.observe('keyframes.perLayer', countIn(ofLayer, now));
  }

  /** Tells how many were made since the last call. */
  tell(senders: Iterable<AudioSender | VideoSender>): void {
    for (const sender of senders) {
      if (!('requestKeyFrame' in sender)) continue;
      const { keyFrames } = sender.stats;
      this.#collector.count('keyFramesMade', keyFrames - (this.#made.get(sender) ?? 0));
      this.#made.set(sender, keyFrames);
    }
  }
}

/** How many there were in the second before, with one that comes now. */
function countIn(times: number[], now: number): number {
  times.push(now);
  while ((times[0] ?? now) <= now - SECOND) times.shift();
  return times.length;
}
