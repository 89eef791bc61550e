import { setTimeout } from 'node:timers/promises';
import type { Consumer, ConsumerLayers } from 'mediasoup/types';
import type { ConsumerInfo, RtpParameters } from '../../protocol/models.ts';
import type { Publication } from '../Track.ts';
import { announcedBitrates, type AnnouncedBitrates } from './announcedBitrates.ts';
import { ALL_LAYERS, isSameDecision, type Decision } from './decision.ts';
import { PreferredLayers } from './PreferredLayers.ts';

/** ms that a keyframe of a small picture takes. */
const FIRST_PICTURE = 500;
/** ms that packets take to arrive, to be seen by a client that looks every 2 s, and to be told. */
const SEEN = 5000;
/** ms in which a client that was cut off has looked again. */
const LOOKED = 3000;

/**
 * One consumer, brought in line with what its peer asked for and what was decided: it flows while its peer is ready for
 * it, did not pause it, and the decision is to send.
 */
export class ForwardedConsumer {
  readonly consumer: Consumer;
  readonly publication: Publication;
  /** Read once: mediasoup makes a copy of all parameters for who asks. */
  readonly bitrates: AnnouncedBitrates;
  readonly #layers: PreferredLayers;
  #decision: Decision;
  /** The peer has built its side. */
  #ready: boolean;
  #pausedByPeer = false;
  /** Its downlink has no room for pictures. */
  #stopped = false;
  /** The most that the peer asked for itself. */
  #cap: ConsumerLayers = ALL_LAYERS;
  /** Since when the peer says that none of its packets arrive, on the clock of `performance.now()`; Infinity: some do. */
  #missingSince = Infinity;
  /** Since when there is something to be sent, on the same clock. */
  #flowsSince = Infinity;
  #settling: Promise<void> | undefined;
  #notNeededSince: number | undefined;

  /**
   * @param small Whether it was created with `SMALLEST`, or else with the decision's layers.
   * @param isReady Whether the peer need not say that it is.
   */
  constructor(
    consumer: Consumer,
    publication: Publication,
    decision: Decision,
    { small, isReady }: { small: boolean; isReady: boolean },
  ) {
    this.consumer = consumer;
    this.publication = publication;
    this.bitrates = announcedBitrates(consumer);
    this.#decision = decision;
    this.#ready = isReady;
    this.#layers = new PreferredLayers(consumer, publication.raises, small, decision.layers);
    if (consumer.kind !== 'video') return;
    this.#call(() => consumer.setPriority(decision.priority));
    consumer.on('score', ({ producerScore }) => this.#hasPackets(producerScore > 0));
    consumer.on('layerschange', (layers) => this.#hasPackets(layers !== undefined));
    consumer.on('producerpause', () => this.#hasPackets(false));
    consumer.on('producerresume', () => this.#hasPackets(true));
  }

  /** What its peer needs to build its side. */
  info(): ConsumerInfo {
    const { consumer, publication } = this;
    return {
      consumerId: consumer.id,
      producerId: consumer.producerId,
      peerId: publication.info.peerId,
      kind: consumer.kind,
      source: publication.info.source,
      rtpParameters: consumer.rtpParameters as RtpParameters,
      producerPaused: consumer.producerPaused,
      type: consumer.type,
    };
  }

  get decision(): Decision {
    return this.#decision;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Whether media should arrive, as soon as the peer is ready for it. */
  get isWanted(): boolean {
    return this.#decision.forward === 'send' && !this.#pausedByPeer;
  }

  /** The highest spatial layer that should arrive; -1 for none. */
  get demand(): number {
    return this.isWanted ? Math.min(this.#decision.layers.spatialLayer, this.#cap.spatialLayer) : -1;
  }

  /** The peer says whether any of its packets arrive. */
  set missing(missing: boolean) {
    this.#missingSince = missing ? Math.min(this.#missingSince, performance.now()) : Infinity;
  }

  /** Whether it is sent, and does not arrive: not for a moment, and not because one of both was cut off. */
  get isMissing(): boolean {
    const now = performance.now();
    if (now - this.#missingSince < LOOKED || now - this.#flowsSince < SEEN) return false;
    const { paused, score, type, currentLayers } = this.consumer;
    return !paused && score.producerScore > 0 && (type === 'simple' || currentLayers !== undefined);
  }

  /** Since when no consumer is needed, on the clock of `performance.now()`. */
  get notNeededSince(): number | undefined {
    return this.#notNeededSince;
  }

  /**
   * Takes the decision; without one it is not needed, and its layers and its priority stay for the next time. What fails,
   * fails because the consumer is gone.
   */
  decide(made: Decision | undefined): void {
    const former = this.#decision;
    const decision = made ?? { ...former, forward: 'none', cause: this.#causeOfNone };
    if (isSameDecision(former, decision)) return;
    this.#decision = decision;
    this.#notNeededSince =
      decision.forward === 'none' ? (this.#notNeededSince ?? performance.now()) : undefined;
    if (this.consumer.kind === 'video') {
      if (former.priority !== decision.priority) {
        this.#call(() => this.consumer.setPriority(decision.priority));
      }
      this.#call(() => this.#prefer());
    }
    if (this.#isUnsettled) this.#call(() => this.#settle());
  }

  /** The peer is ready for it, and wants it. */
  async resume(): Promise<void> {
    this.#ready = true;
    this.#pausedByPeer = false;
    await this.#settle();
  }

  async pause(): Promise<void> {
    this.#pausedByPeer = true;
    await this.#settle();
  }

  /** Asks for no more than these layers. Out of range is clipped, and ignored by consumers without layers. */
  async cap(layers: ConsumerLayers): Promise<void> {
    this.#cap = layers;
    await this.#prefer();
  }

  /** What mediasoup is asked for, but for a brake. */
  get asked(): ConsumerLayers | undefined {
    return this.#layers.asked;
  }

  /** Stops what flows at once, and starts it so many ms later with the smallest picture, and no more until it is released. */
  async brake(after: number): Promise<void> {
    if (!this.#flows || this.consumer.paused) return;
    await Promise.all([this.consumer.pause(), this.#layers.brake()]);
    await setTimeout(after, undefined, { ref: false });
    await this.#settle();
  }

  /** It may have larger pictures again. */
  async release(): Promise<void> {
    await this.#layers.release();
  }

  /** Sends nothing of it until it is started. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#settle();
  }

  /** Sends its smallest picture again, and no more until it is released. */
  async start(): Promise<void> {
    this.#stopped = false;
    await Promise.all([this.#layers.brake(), this.#settle()]);
  }

  /** Stops and starts it from the smallest picture on, so that mediasoup sends what the link carries now. */
  async restart(): Promise<void> {
    await this.brake(0);
    // From the smallest picture, which is soon there, it goes on without a gap to a larger one.
    await setTimeout(FIRST_PICTURE, undefined, { ref: false });
    await this.release();
  }

  #hasPackets(has: boolean): void {
    if (!has) this.#flowsSince = Infinity;
    else if (this.#flowsSince === Infinity) this.#flowsSince = performance.now();
  }

  get #causeOfNone(): Decision['cause'] {
    return this.consumer.kind === 'audio' ? 'notAmongLoudest' : 'notVisible';
  }

  get #flows(): boolean {
    return this.#ready && this.isWanted && !this.#stopped;
  }

  get #isUnsettled(): boolean {
    return !this.consumer.closed && this.consumer.paused === this.#flows;
  }

  async #prefer(): Promise<void> {
    const { spatialLayer, temporalLayer } = this.#decision.layers;
    await this.#layers.prefer({
      spatialLayer: Math.min(spatialLayer, this.#cap.spatialLayer),
      temporalLayer: Math.min(temporalLayer, this.#cap.temporalLayer ?? ALL_LAYERS.temporalLayer),
    });
  }

  /** One call at a time, until the consumer does what is wanted by then. */
  #settle(): Promise<void> {
    // What has nothing to do ends before it is noted down, and would be taken for under way ever after.
    if (!this.#isUnsettled) return this.#settling ?? Promise.resolve();
    this.#settling ??= (async () => {
      try {
        while (this.#isUnsettled) {
          if (this.#flows) {
            this.#layers.starts();
            this.#flowsSince = performance.now();
          }
          await (this.#flows ? this.consumer.resume() : this.consumer.pause());
        }
      } finally {
        this.#settling = undefined;
      }
    })();
    return this.#settling;
  }

  #call(work: () => Promise<unknown>): void {
    work().catch(() => undefined);
  }
}
