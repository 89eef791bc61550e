import type { Consumer, ConsumerLayers, WebRtcTransport } from 'mediasoup/types';
import { topLayerOf } from './announcedBitrates.ts';
import { brakeFor, Climb, OVERRUN, SMALL_PICTURE } from './downlinkPolicy.ts';
import { HeldLayers } from './HeldLayers.ts';
import { LOSSY } from './quality.ts';
import { Repeats } from './Repeats.ts';
import { SoundFirst } from './SoundFirst.ts';
import { UsualLoss } from './UsualLoss.ts';

/** ms for which a brake holds, also against an estimate that still counts what was lost before. */
const HOLD = 3000;
/** ms between two looks at what is lost. */
const LOOK_EVERY = 100;
/** Share of lost packets that is enough when receivers ask for so many (a share too) again: it is a mean over seconds. */
const NOTICED = 0.04;
const MISSED = 0.3;
/**
 * ms for which a braked picture is not sent. Its receiver has just asked for a keyframe of the larger layer, libwebrtc
 * ignores another request within 300 ms (`video/encoder_rtcp_feedback.cc`), and mediasoup repeats it after 1 s only.
 */
const SILENCE = 320;

/** mediasoup scores streams from 0 to 10. */
const BEST_SCORE = 10;

/** A video on its way to a peer. */
export interface DownstreamVideo {
  readonly consumer: Consumer;
  /** The layers that it should have, but for a brake. */
  readonly asked: ConsumerLayers | undefined;
  /** Whether it is sent, and nothing of it arrives, as its receiver says. */
  readonly isMissing: boolean;
  /** Stops it at once, and starts it so many ms later with the smallest picture, and no more until it is released. */
  brake(after: number): Promise<void>;
  release(): Promise<void>;
  /** Stops and starts it from the smallest picture on, so that mediasoup sends what the link carries now. */
  restart(): Promise<void>;
  /** Sends nothing of it until it is started, with the smallest picture, and no more until it is released. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** What mediasoup tells of its estimate, bps. */
interface Estimate {
  availableBitrate: number;
  desiredBitrate: number;
}

/**
 * Brakes hard where a downlink suddenly carries much less than is sent, and looks for more where it carries less than
 * is wanted.
 *
 * With loss, and without delay, the estimate of libwebrtc falls by half the share of the loss once a second, so that on
 * a link that drops (a policer, RFC 2475 section 2.3.3.4) pictures stand for seconds. What arrives is known much
 * earlier. The loss that mediasoup tells of a transport is too high where its worker serves many: a probe that
 * SRTP refused counts as lost (all transports of a worker number their probes together, and SRTP takes a number that is
 * far ahead for an old one). So it is believed only when the receiver asks for packets of the videos again.
 */
export class Downlink {
  readonly #transport: WebRtcTransport;
  /** bps that it may send in good times; 0: no limit. */
  #ceiling: number;
  readonly #videos = new Map<Consumer, DownstreamVideo>();
  readonly #scores = new WeakMap<Consumer, number>();
  readonly #repeats = new Repeats();
  readonly #traced = new WeakSet<Consumer>();
  readonly #climb = new Climb();
  readonly #loss = new UsualLoss();
  readonly #held = new HeldLayers();
  readonly #soundFirst = new SoundFirst();
  #available = 0;
  /** The limit at present. */
  #limit: number;
  #looking = false;
  #lookedAt = -Infinity;
  #lookAgain: NodeJS.Timeout | undefined;
  #braked: NodeJS.Timeout | undefined;
  /** Until pictures are tried again. */
  #soundOnly: NodeJS.Timeout | undefined;

  constructor(transport: WebRtcTransport, ceiling: number) {
    this.#transport = transport;
    this.#ceiling = ceiling;
    this.#limit = ceiling;
    transport.observer.once('close', () => {
      clearTimeout(this.#braked);
      clearTimeout(this.#lookAgain);
      clearTimeout(this.#soundOnly);
    });
    transport.on('trace', ({ type, info }) => {
      if (type === 'bwe') this.#estimated(info as Estimate);
    });
    // Closed meanwhile: there is nothing to be done.
    transport.enableTraceEvent(['bwe']).catch(() => undefined);
  }

  /** bps that it may send in good times; 0: no limit. */
  set ceiling(bps: number) {
    if (bps === this.#ceiling) return;
    const isFree = this.#limit === this.#ceiling;
    this.#ceiling = bps;
    if (isFree || (bps > 0 && this.#limit > bps)) this.#limitTo(bps);
  }

  /** Whether it loses packets all the time, however little it has to carry. */
  get isLossy(): boolean {
    return this.#loss.usual >= LOSSY && !this.#wasOverrunLately;
  }

  /** Whether it has no room for any picture, for now. */
  get isSoundOnly(): boolean {
    return this.#soundOnly !== undefined;
  }

  /**
   * Whether no picture arrives at all. A receiver sends no transport-wide feedback then (sound is not part of it), asks for nothing
   * again and reports no loss, so that the estimate stays where it was: only its client knows.
   */
  get #isDead(): boolean {
    const flowing = [...this.#videos.values()].filter(({ consumer }) => isFlowing(consumer));
    return flowing.length > 0 && flowing.every(({ isMissing }) => isMissing);
  }

  get #wasOverrunLately(): boolean {
    return this.#climb.wasOverrunLately(performance.now());
  }

  /** Takes a video into account until its consumer closes. */
  add(video: DownstreamVideo): void {
    const { consumer } = video;
    this.#videos.set(consumer, video);
    if (this.isSoundOnly) video.stop().catch(() => undefined);
    consumer.observer.once('close', () => this.#videos.delete(consumer));
    // The receiver's reports of loss, which mostly come before the estimate falls.
    consumer.on('score', ({ score }) => {
      const falls = score < (this.#scores.get(consumer) ?? BEST_SCORE);
      this.#scores.set(consumer, score);
      if (falls) void this.#look();
    });
    // Only of the largest pictures, which a link is overrun by, so that lossy links do not cost an event a packet.
    consumer.on('layerschange', (layers) => {
      this.#held.changed(consumer, this.#available, performance.now());
      if (
        !layers ||
        layers.spatialLayer === 0 ||
        layers.spatialLayer < topLayerOf(consumer.rtpParameters.encodings?.[0]?.scalabilityMode)
      )
        return;
      if (this.#traced.has(consumer)) return;
      this.#traced.add(consumer);
      consumer.enableTraceEvent(['nack']).catch(() => undefined);
    });
    consumer.on('trace', ({ type }) => {
      if (type === 'nack') void this.#look();
    });
  }

  #estimated({ availableBitrate: available, desiredBitrate: wanted }: Estimate): void {
    const falls = available < this.#available;
    this.#available = available;
    if (this.#braked) return;
    if (falls || this.#isDead) void this.#look();
    else this.#grow(available, wanted);
  }

  #grow(available: number, wanted: number): void {
    const now = performance.now();
    const short = this.#flowing().filter((consumer) =>
      isShortOf(this.#videos.get(consumer)?.asked, consumer.currentLayers),
    );
    const isShort = short.length > 0;
    if (this.#wasOverrunLately) {
      for (const consumer of this.#held.waiting(short, available, now)) {
        this.#videos
          .get(consumer)
          ?.restart()
          .catch(() => undefined);
      }
    }
    const more = isShort ? this.#climb.next({ available, wanted }, now) : undefined;
    if (more !== undefined) this.#limitTo(this.#ceiling === 0 ? more : Math.min(more, this.#ceiling));
    else if (!isShort) this.#limitTo(this.#ceiling);
  }

  #limitTo(limit: number): void {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#transport.setMaxOutgoingBitrate(limit).catch(() => undefined);
  }

  async #look(): Promise<void> {
    const now = performance.now();
    if (this.#looking || this.#braked || this.#lookAgain || now - this.#lookedAt < LOOK_EVERY) return;
    this.#looking = true;
    this.#lookedAt = now;
    try {
      const [stats] = await this.#transport.getStats();
      const isDead = this.#isDead;
      const { rtpPacketLossSent = 0, rtpSendBitrate: sent = 0 } = stats ?? {};
      const told = isDead ? 1 : rtpPacketLossSent;
      if (told === 0) return;
      const missed = isDead ? { share: 1, isUnusual: true } : await this.#missed();
      if (this.#transport.closed) return;
      const { share, isUnusual } = missed ?? { share: 0, isUnusual: false };
      // A link that lost nothing before it became narrow may be narrow still: there is no time to count until that is sure.
      const isSuspect = this.#wasOverrunLately && this.#loss.usual < LOSSY;
      const isMuch = share >= OVERRUN && told >= (share >= MISSED ? NOTICED : OVERRUN);
      const available = stats?.availableOutgoingBitrate ?? 0;
      const isSmallest =
        available <= SMALL_PICTURE ||
        this.#flowing().every(({ currentLayers }) => (currentLayers?.spatialLayer ?? 0) === 0);
      if (this.#soundFirst.look({ lost: Math.min(told, share), isSmallest, isDead }, now)) {
        await this.#goSoundOnly(now);
      } else if (isMuch && (isUnusual || isSuspect)) {
        // What is lost again is asked for again.
        const loss = Math.max(told, share / 2);
        const bps = brakeFor({ sent, available, loss });
        if (bps !== undefined) await this.#brake(bps, sent * (1 - loss));
      } else if (!missed || share >= OVERRUN) {
        this.#lookAgain = setTimeout(() => {
          this.#lookAgain = undefined;
          void this.#look();
        }, LOOK_EVERY).unref();
      }
    } catch {
      // Closed meanwhile.
    } finally {
      this.#looking = false;
    }
  }

  /** What of the packets of the videos was asked for again lately; undefined: there is nothing to compare it with. */
  async #missed(): Promise<{ share: number; isUnusual: boolean } | undefined> {
    const counted = await this.#repeats.look(this.#flowing());
    return counted && this.#loss.look(counted, performance.now(), !this.#wasOverrunLately);
  }

  async #brake(bps: number, carried: number): Promise<void> {
    this.#climb.overran(carried, performance.now());
    this.#loss.forget();
    this.#limit = bps;
    this.#braked = setTimeout(() => this.#release(), HOLD).unref();
    await Promise.all([
      this.#transport.setMaxOutgoingBitrate(bps),
      // Otherwise the estimate, which still counts old losses, falls below the smallest picture.
      this.#transport.setMinOutgoingBitrate(Math.min(bps, SMALL_PICTURE)),
      // mediasoup goes on with a layer until there is a keyframe of the next one, and the link has no room for it then.
      ...[...this.#videos.values()]
        .filter(({ consumer }) => !consumer.paused && (consumer.currentLayers?.spatialLayer ?? 0) > 0)
        .map((video) => video.brake(SILENCE)),
    ]);
  }

  #release(): void {
    this.#braked = undefined;
    this.#transport.setMinOutgoingBitrate(0).catch(() => undefined);
    for (const video of this.#videos.values()) video.release().catch(() => undefined);
  }

  async #goSoundOnly(now: number): Promise<void> {
    this.#soundOnly = setTimeout(() => this.#tryPictures(), this.#soundFirst.stopped(now)).unref();
    await Promise.all([...this.#videos.values()].map((video) => video.stop()));
  }

  #tryPictures(): void {
    this.#soundOnly = undefined;
    this.#soundFirst.tried(performance.now());
    this.#limitTo(SMALL_PICTURE);
    this.#braked = setTimeout(() => this.#release(), HOLD).unref();
    for (const video of this.#videos.values()) video.start().catch(() => undefined);
  }

  #flowing(): Consumer[] {
    return [...this.#videos.keys()].filter(isFlowing);
  }
}

function isFlowing({ paused, producerPaused }: Consumer): boolean {
  return !paused && !producerPaused;
}

function isShortOf(asked: ConsumerLayers | undefined, current: ConsumerLayers | undefined): boolean {
  return asked !== undefined && (current?.spatialLayer ?? -1) < asked.spatialLayer;
}
