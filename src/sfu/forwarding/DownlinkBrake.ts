import type { Consumer, WebRtcTransport } from 'mediasoup/types';

/** Share of the packets that must be lost on the way, lately, for the link to count as overrun. */
const OVERRUN = 0.12;
/** Share of what arrives that is sent from then on: a keyframe has to fit, and what was lost of it to be repeated. */
const SAFE = 0.4;
/** bps, which a small picture takes. */
const LEAST = 200_000;
/** ms for which that holds, also against an estimate that still counts what was lost before. */
const HOLD = 3000;

/** mediasoup scores streams from 0 to 10. */
const BEST_SCORE = 10;

/** What is known of a downlink at a moment. */
export interface DownlinkFacts {
  /** bps that are sent, and how much the link is taken to carry. */
  sent: number;
  available: number;
  /** Share of the packets that were lost lately, 0 to 1. */
  loss: number;
}

/** bps to which a downlink is to be held because it loses much of what is sent; undefined: as it is. */
export function brakeFor({ sent, available, loss }: DownlinkFacts): number | undefined {
  if (loss < OVERRUN) return undefined;
  // Squared, because the loss is a mean over a time of which the link was good for a part.
  const safe = Math.max(Math.round(sent * (1 - loss) ** 2 * SAFE), LEAST);
  return safe < available ? safe : undefined;
}

/**
 * Brakes hard where a downlink suddenly carries much less than is sent.
 *
 * With loss, and without delay, the estimate of libwebrtc falls by half the share of the loss once a second, so that on
 * a link that drops (a policer, RFC 2475 section 2.3.3.4) pictures stand for seconds, until it is below the smallest
 * layers. What arrives is known much earlier. Costs nothing while the estimate does not fall.
 */
export class DownlinkBrake {
  readonly #transport: WebRtcTransport;
  readonly #ceiling: number;
  readonly #videos = new Set<Consumer>();
  readonly #scores = new WeakMap<Consumer, number>();
  #available = 0;
  #looking = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param transport One that consumes no video yet.
   * @param ceiling bps that it may send in good times; 0: no limit.
   */
  constructor(transport: WebRtcTransport, ceiling: number) {
    this.#transport = transport;
    this.#ceiling = ceiling;
    transport.observer.on('newconsumer', (consumer) => {
      if (consumer.kind !== 'video') return;
      this.#videos.add(consumer);
      // The receiver's reports of loss, which mostly come before the estimate falls.
      consumer.on('score', ({ score }) => this.#scored(consumer, score));
      consumer.observer.once('close', () => this.#videos.delete(consumer));
    });
    transport.observer.once('close', () => clearTimeout(this.#timer));
    transport.on('trace', ({ type, info }) => {
      if (type === 'bwe') this.#estimated(Number((info as { availableBitrate?: unknown }).availableBitrate));
    });
    // Closed meanwhile: there is nothing to be braked.
    transport.enableTraceEvent(['bwe']).catch(() => undefined);
  }

  #estimated(available: number): void {
    const falls = available < this.#available;
    this.#available = available;
    if (falls) void this.#look();
  }

  #scored(consumer: Consumer, score: number): void {
    const falls = score < (this.#scores.get(consumer) ?? BEST_SCORE);
    this.#scores.set(consumer, score);
    if (falls) void this.#look();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#timer !== undefined) return;
    this.#looking = true;
    try {
      const [stats] = await this.#transport.getStats();
      if (!stats) return;
      const bps = brakeFor({
        sent: stats.rtpSendBitrate,
        available: stats.availableOutgoingBitrate ?? 0,
        loss: stats.rtpPacketLossSent ?? 0,
      });
      if (bps === undefined) return;
      await Promise.all([
        this.#transport.setMaxOutgoingBitrate(bps),
        this.#transport.setMinOutgoingBitrate(Math.min(bps, LEAST)),
        ...this.#redistribute(),
      ]);
      this.#timer = setTimeout(() => void this.#release(), HOLD).unref();
    } catch {
      // Closed meanwhile.
    } finally {
      this.#looking = false;
    }
  }

  /** mediasoup shares a new limit out only up to a second later, or when a consumer wants something else. */
  #redistribute(): Promise<void>[] {
    const flowing = [...this.#videos].find(({ paused, preferredLayers }) => !paused && preferredLayers);
    const layers = flowing?.preferredLayers;
    if (!flowing || !layers) return [];
    const other = layers.temporalLayer === 0 ? 1 : 0;
    return [
      flowing.setPreferredLayers({ ...layers, temporalLayer: other }),
      flowing.setPreferredLayers(layers),
    ];
  }

  async #release(): Promise<void> {
    this.#timer = undefined;
    try {
      await Promise.all([
        this.#transport.setMaxOutgoingBitrate(this.#ceiling),
        this.#transport.setMinOutgoingBitrate(0),
      ]);
    } catch {
      // Closed meanwhile.
    }
  }
}
