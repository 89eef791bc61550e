import type { Consumer, RtpCapabilities as MediasoupRtpCapabilities } from 'mediasoup/types';
import type { MediaCloseReason } from '../protocol/events.ts';
import type {
  ConsumerInfo,
  MediaKind,
  Permissions,
  RtpCapabilities,
  RtpParameters,
} from '../protocol/models.ts';
import type { ConsumeAnswer } from '../protocol/requests.ts';
import { badRequest, forbidden, invalidState, notFound, ParleyError } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { PreferredLayers, SMALLEST, startsSmall } from './forwarding/PreferredLayers.ts';
import { callMediasoup, mediasoupRtpCapabilities } from './mediasoupCalls.ts';
import type { Publication } from './PeerProducers.ts';
import type { PeerTransports } from './PeerTransports.ts';

interface PeerConsumersEvents {
  /** Not told for consumers that went with their peer or its transport. */
  closed: [consumerId: string, producerId: string, reason: MediaCloseReason];
  layersChanged: [consumerId: string, layers: { spatialLayer: number; temporalLayer?: number } | null];
}

interface Entry {
  consumer: Consumer;
  layers: PreferredLayers;
  publication: Publication;
}

/** What a peer subscribes to. */
export class PeerConsumers extends TypedEmitter<PeerConsumersEvents> {
  readonly #peerId: string;
  readonly #transports: PeerTransports;
  readonly #permissions: Permissions;
  readonly #entries = new Map<string, Entry>();
  #rtpCapabilities: Record<MediaKind, MediasoupRtpCapabilities> | undefined;
  #closed = false;

  constructor(peerId: string, transports: PeerTransports, permissions: Permissions) {
    super();
    this.#peerId = peerId;
    this.#transports = transports;
    this.#permissions = permissions;
  }

  get size(): number {
    return this.#entries.size;
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** What the peer can receive; kept until the next call. */
  setRtpCapabilities(rtpCapabilities: RtpCapabilities): void {
    // mediasoup clones and checks all that it is given with every consumer.
    this.#rtpCapabilities = {
      audio: ofKind(rtpCapabilities, 'audio'),
      video: ofKind(rtpCapabilities, 'video'),
    };
  }

  /**
   * Subscribes to many producers at once; the consumers start paused. A producer that is subscribed already
   * answers with its consumer again, so a request may be repeated.
   *
   * @throws ParleyError `forbidden` without the permission, `invalidState` before any RTP capabilities. What
   * is wrong with a single producer is in the answer's `refused`.
   */
  async consume(
    producerIds: readonly string[],
    find: (producerId: string) => Publication | undefined,
  ): Promise<ConsumeAnswer> {
    if (!this.#permissions.canSubscribe) throw forbidden('this peer may not subscribe');
    const rtpCapabilities = this.#rtpCapabilities;
    if (!rtpCapabilities) throw invalidState('the first consume must carry rtpCapabilities');
    const answer: ConsumeAnswer = { consumers: [], refused: [] };
    await Promise.all(
      [...new Set(producerIds)].map(async (producerId) => {
        try {
          answer.consumers.push(await this.#consumeOne(producerId, find(producerId), rtpCapabilities));
        } catch (error) {
          if (!(error instanceof ParleyError)) throw error;
          answer.refused.push({ producerId, error: error.toWire() });
        }
      }),
    );
    return answer;
  }

  async pause(consumerIds: readonly string[]): Promise<void> {
    const entries = this.#requireAll(consumerIds);
    await callMediasoup('pauseConsumers', () => Promise.all(entries.map(({ consumer }) => consumer.pause())));
  }

  /** Starts the flow; mediasoup asks the publisher for a keyframe. */
  async resume(consumerIds: readonly string[]): Promise<void> {
    const entries = this.#requireAll(consumerIds);
    await callMediasoup('resumeConsumers', () =>
      Promise.all(entries.map(({ consumer }) => consumer.resume())),
    );
  }

  /** Ids that are gone already are passed over: both sides may close at once. */
  closeMany(consumerIds: readonly string[]): void {
    for (const consumerId of consumerIds) this.#entries.get(consumerId)?.consumer.close();
  }

  /** @throws ParleyError `notFound`. Out of range is clipped, and ignored by consumers without layers. */
  async setPreferredLayers(consumerId: string, spatialLayer: number, temporalLayer?: number): Promise<void> {
    const { layers } = this.#require(consumerId);
    await callMediasoup('setPreferredLayers', () =>
      layers.prefer({ spatialLayer, ...(temporalLayer === undefined ? {} : { temporalLayer }) }),
    );
  }

  async requestKeyFrame(consumerId: string): Promise<void> {
    const { consumer } = this.#require(consumerId);
    await callMediasoup('requestKeyFrame', () => consumer.requestKeyFrame());
  }

  /** From now on nothing is told; the transport's closing closes the consumers. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  async #consumeOne(
    producerId: string,
    publication: Publication | undefined,
    rtpCapabilities: Record<MediaKind, MediasoupRtpCapabilities>,
  ): Promise<ConsumerInfo> {
    if (!publication || publication.producer.closed) throw notFound('no such producer');
    if (publication.info.peerId === this.#peerId) throw badRequest('this is your own producer');
    const existing = this.#of(producerId);
    if (existing) return consumerInfo(existing);
    const small = startsSmall(publication.producer, performance.now() - publication.startedAt);
    const consumer = await callMediasoup('consume', () =>
      this.#transports.recv.consume({
        producerId,
        rtpCapabilities: rtpCapabilities[publication.producer.kind],
        paused: true,
        ...(small ? { preferredLayers: SMALLEST } : {}),
      }),
    );
    if (this.#closed || consumer.closed) {
      consumer.close();
      throw invalidState('closed while subscribing');
    }
    // A socket that was lost may still be subscribing to the same while its successor repeats the request.
    const meanwhile = this.#of(producerId);
    if (meanwhile) {
      consumer.close();
      return consumerInfo(meanwhile);
    }
    const layers = new PreferredLayers(consumer, small);
    return consumerInfo(this.#add({ consumer, layers, publication }));
  }

  #add(entry: Entry): Entry {
    const { consumer } = entry;
    this.#entries.set(consumer.id, entry);
    let told = false;
    consumer.on('producerclose', () => {
      told = true;
    });
    consumer.on('layerschange', (layers) => this.emit('layersChanged', consumer.id, layers ?? null));
    consumer.observer.once('close', () => {
      this.#entries.delete(consumer.id);
      if (told && !this.#closed) this.emit('closed', consumer.id, consumer.producerId, 'closed');
    });
    return entry;
  }

  #of(producerId: string): Entry | undefined {
    return [...this.#entries.values()].find(({ consumer }) => consumer.producerId === producerId);
  }

  #require(consumerId: string): Entry {
    const entry = this.#entries.get(consumerId);
    if (!entry) throw notFound('no such consumer');
    return entry;
  }

  #requireAll(consumerIds: readonly string[]): Entry[] {
    return consumerIds.map((consumerId) => this.#require(consumerId));
  }
}

function ofKind(capabilities: RtpCapabilities, kind: MediaKind): MediasoupRtpCapabilities {
  const { codecs = [], headerExtensions = [] } = mediasoupRtpCapabilities(capabilities);
  return {
    codecs: codecs.filter((codec) => codec.kind === kind),
    headerExtensions: headerExtensions.filter((extension) => extension.kind === kind),
  };
}

function consumerInfo({ consumer, publication }: Entry): ConsumerInfo {
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
