import type { Producer, Router } from 'mediasoup/types';
import type { MediaCloseReason } from '../protocol/events.ts';
import type { MediaSource, ProducerInfo } from '../protocol/models.ts';
import { badRequest, conflict, invalidState, limitExceeded, notFound } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { LayerRaises } from './forwarding/LayerRaises.ts';
import { pictureOf } from './forwarding/picture.ts';
import type { Picture } from './forwarding/tileLayers.ts';
import type { Limits } from './limits.ts';
import { callMediasoup, mediasoupRtpParameters, shareConsumableParameters } from './mediasoupCalls.ts';
import type { PeerPermissions } from './PeerPermissions.ts';
import type { PeerTransports } from './PeerTransports.ts';
import { assertKind, type ProduceOptions } from './produceOptions.ts';
import { Replacement } from './Replacement.ts';
import type { Publication } from './Track.ts';

/**
 * ms between two keyframe requests to one publisher: many subscribers that resume together cost it one
 * keyframe, and none of them waits longer than this.
 */
const KEYFRAME_REQUEST_DELAY = 500;

interface PeerProducersEvents {
  added: [producer: Producer, info: ProducerInfo];
  /** Not told for producers that went with their peer. */
  closed: [info: ProducerInfo, reason: MediaCloseReason];
  paused: [info: ProducerInfo];
  resumed: [info: ProducerInfo];
  /** Somebody else muted it. */
  muted: [producerId: string];
  /** The picture has another size. */
  resized: [info: ProducerInfo];
  /** The highest spatial layer that anybody needs is another now; null: none is needed. */
  demandChanged: [producerId: string, spatialLayer: number | null];
}

interface Entry {
  producer: Producer;
  readonly router: Router;
  source: MediaSource;
  label: string | undefined;
  picture: Picture;
  startedAt: number;
  readonly raises: LayerRaises;
  closeReason: MediaCloseReason;
  /** What the others need of it, as last told. */
  demand?: number | null;
  /** The one whose place it takes. */
  readonly replaces: string | undefined;
  /** Another one takes its place. */
  leaving?: Replacement;
}

/** What a peer publishes. */
export class PeerProducers extends TypedEmitter<PeerProducersEvents> {
  readonly #peerId: string;
  readonly #transports: PeerTransports;
  readonly #permissions: PeerPermissions;
  readonly #limits: Limits;
  readonly #sourceElsewhere: (producerId: string) => MediaSource | undefined;
  readonly #entries = new Map<string, Entry>();
  /** Sources whose producer is just being created. */
  readonly #pending: MediaSource[] = [];
  #closed = false;

  constructor(
    peerId: string,
    transports: PeerTransports,
    parts: {
      permissions: PeerPermissions;
      limits: Limits;
      /** The source of what this peer publishes on another node, which it moves here from. */
      sourceElsewhere: (producerId: string) => MediaSource | undefined;
    },
  ) {
    super();
    this.#peerId = peerId;
    this.#transports = transports;
    this.#permissions = parts.permissions;
    this.#limits = parts.limits;
    this.#sourceElsewhere = parts.sourceElsewhere;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Producers that are there, or being created. */
  get occupancy(): number {
    return this.#entries.size + this.#pending.length;
  }

  list(): ProducerInfo[] {
    return [...this.#entries.values()].map((entry) => this.#info(entry));
  }

  has(producerId: string): boolean {
    return this.#entries.has(producerId);
  }

  /** As a subscriber finds it. */
  publication(producerId: string): Publication | undefined {
    const entry = this.#entries.get(producerId);
    if (!entry) return undefined;
    const { producer, router, startedAt, raises } = entry;
    return { producer, home: router, info: this.#info(entry), startedAt, raises };
  }

  /**
   * Publishes a track. What it replaces is closed a second after the new one was told, or where the two are not on the
   * same transport after there is media of the new one, so that the others can change over in between.
   *
   * @throws ParleyError `forbidden` without the permission, `badRequest` when source and kind or the RTP
   * parameters do not fit or `replaces` is of another source, `conflict` when the source is published already,
   * `limitExceeded` beyond the number of producers, `notFound` or `invalidState` for a wrong transport or `replaces`.
   */
  async produce(options: ProduceOptions): Promise<ProducerInfo> {
    const { source, kind } = options;
    const replaced = options.replaces === undefined ? undefined : this.#replaceable(options.replaces, source);
    this.#permissions.assertPublish(source);
    if (!options.paused && !replaced) this.#permissions.assertUnmuted(source);
    assertKind(options);
    const { transport, router } = this.#transports.getSend(options.transportId);
    const staying = [...this.#entries.values()].filter((entry) => entry !== replaced && !entry.leaving);
    const used = [...this.#pending, ...staying.map((entry) => entry.source)];
    if (source !== 'custom' && used.includes(source)) throw conflict(`the ${source} is published already`);
    if (used.length >= this.#limits.maxProducersPerPeer) {
      throw limitExceeded(`a peer may publish ${this.#limits.maxProducersPerPeer} tracks`);
    }
    if (this.occupancy >= 2 * this.#limits.maxProducersPerPeer) {
      throw limitExceeded('too many tracks wait to be replaced');
    }
    this.#pending.push(source);
    try {
      // Congestion control, which this tells, is for video.
      if (kind === 'video') await callMediasoup('produce', () => this.#transports.limitIncoming(transport));
      const producer = await callMediasoup('produce', () =>
        transport.produce({
          kind,
          rtpParameters: mediasoupRtpParameters(options.rtpParameters),
          paused: options.paused,
          keyFrameRequestDelay: KEYFRAME_REQUEST_DELAY,
        }),
      );
      // A moderator who closed the old one, or took the right away, did not mean it to come back.
      const isUnwanted = replaced?.producer.closed ?? false;
      if (this.#closed || producer.closed || isUnwanted || !this.#permissions.mayPublish(source)) {
        producer.close();
        throw invalidState('closed while the track was being published');
      }
      shareConsumableParameters(producer);
      const { label } = options;
      const info = this.#add({
        producer,
        router,
        source,
        label,
        picture: pictureOf(options.rtpParameters, options),
        startedAt: performance.now(),
        raises: new LayerRaises(),
        closeReason: 'transportClosed',
        replaces: options.replaces,
      });
      if (replaced) this.#letGo(replaced, producer, replaced.router === router);
      return info;
    } finally {
      this.#pending.splice(this.#pending.indexOf(source), 1);
    }
  }

  /** That on which it is published. @throws ParleyError `notFound`. */
  routerOf(producerId: string): Router {
    return this.#require(producerId).router;
  }

  /** Size and layers of a video; undefined once it is gone. */
  picture(producerId: string): Picture | undefined {
    return this.#entries.get(producerId)?.picture;
  }

  /** The picture is captured in another size, in pixels. @throws ParleyError `notFound`. */
  resize(producerId: string, width: number, height: number): void {
    const entry = this.#require(producerId);
    entry.picture = { ...entry.picture, width, height };
    this.emit('resized', this.#info(entry));
  }

  /** What the others need of it is different now. */
  tellDemand(producerId: string, spatialLayer: number | null): void {
    const entry = this.#entries.get(producerId);
    if (!entry || this.#closed) return;
    entry.demand = spatialLayer;
    entry.startedAt = spatialLayer === null ? Infinity : Math.min(entry.startedAt, performance.now());
    this.emit('demandChanged', producerId, spatialLayer);
  }

  /** To a peer that may have missed it. */
  retellDemand(): void {
    for (const [producerId, { demand }] of this.#entries) {
      if (demand !== undefined) this.emit('demandChanged', producerId, demand);
    }
  }

  /** @throws ParleyError `notFound` when the id is not one of this peer's producers. */
  closeOne(producerId: string, reason: MediaCloseReason): void {
    const entry = this.#require(producerId);
    entry.closeReason = reason;
    entry.producer.close();
  }

  /** Mutes. Idempotent. */
  async pause(producerId: string): Promise<void> {
    const entry = this.#require(producerId);
    if (entry.producer.paused) return;
    await callMediasoup('pauseProducer', () => entry.producer.pause());
    if (entry.source === 'microphone') this.#permissions.hear(false);
    if (this.#entries.has(producerId)) this.emit('paused', this.#info(entry));
  }

  /** Unmutes. Idempotent. */
  async resume(producerId: string): Promise<void> {
    const entry = this.#require(producerId);
    if (!entry.producer.paused) return;
    this.#permissions.assertUnmuted(entry.source);
    await callMediasoup('resumeProducer', () => entry.producer.resume());
    if (entry.source === 'microphone') this.#permissions.hear(true);
    if (this.#entries.has(producerId)) this.emit('resumed', this.#info(entry));
  }

  /** Mutes for somebody else: the publisher is told. @throws ParleyError `notFound`. */
  async mute(producerId: string): Promise<void> {
    await this.pause(producerId);
    if (this.#entries.has(producerId)) this.emit('muted', producerId);
  }

  /** Closes what may not be published any more. */
  enforce(): void {
    for (const [id, { source }] of this.#entries)
      if (!this.#permissions.mayPublish(source)) this.closeOne(id, 'removed');
  }

  /** From now on nothing is told; the transports' closing closes the producers. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #add(entry: Entry): ProducerInfo {
    const { producer } = entry;
    this.#entries.set(producer.id, entry);
    producer.on('transportclose', () => {
      // What another one takes the place of does not come back.
      if (!this.#transports.isClosing && !entry.leaving) entry.closeReason = 'mediaReset';
    });
    producer.observer.once('close', () => {
      this.#entries.delete(producer.id);
      entry.leaving?.close();
      if (!this.#closed) this.emit('closed', this.#info(entry), entry.closeReason);
    });
    if (entry.source === 'microphone' && !producer.paused) this.#permissions.hear(true);
    const info = this.#info(entry);
    this.emit('added', producer, info);
    return info;
  }

  #letGo(entry: Entry, successor: Producer, isOnSameTransport: boolean): void {
    entry.leaving = new Replacement({
      successor,
      isOnSameTransport,
      go: () => this.closeOne(entry.producer.id, 'closed'),
      stay: () => delete entry.leaving,
    });
  }

  /** Undefined for what is on another node, which closes it. */
  #replaceable(producerId: string, source: MediaSource): Entry | undefined {
    if (this.#sourceElsewhere(producerId) === source) return undefined;
    const entry = this.#require(producerId);
    if (entry.source !== source) throw badRequest(`a ${source} does not replace a ${entry.source}`);
    if (entry.leaving) throw invalidState('the producer was replaced already');
    return entry;
  }

  #info({ producer, source, label, replaces }: Entry): ProducerInfo {
    return {
      producerId: producer.id,
      peerId: this.#peerId,
      kind: producer.kind,
      source,
      paused: producer.paused,
      ...(label === undefined ? {} : { label }),
      ...(replaces === undefined ? {} : { replaces }),
    };
  }

  #require(producerId: string): Entry {
    const entry = this.#entries.get(producerId);
    if (!entry) throw notFound('no such producer');
    return entry;
  }
}
