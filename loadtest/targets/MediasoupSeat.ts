import type { RtpCapabilities, TransportInfo } from '../../src/protocol/models.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { BareProducer, Method, Requests } from '../servers/bareMediasoup/messages.ts';
import type { BareConnection } from './BareConnection.ts';
import { observedRequest, unsupported } from './observedRequest.ts';
import { ParleyTransport } from './ParleyTransport.ts';
import { recvCapabilities, sendParameters } from './rtpNegotiation.ts';
import type {
  JoinRequest,
  Publication,
  RemoteTrack,
  Seat,
  SeatEvents,
  Subscription,
  TrackOffer,
} from './Target.ts';

/** A bot's place in a room of the bare mediasoup server. */
export class MediasoupSeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  readonly #connection: BareConnection;
  readonly #request: JoinRequest;
  readonly #router: RtpCapabilities;
  readonly #send: ParleyTransport;
  readonly #recv: ParleyTransport;
  readonly #tracks = new Map<string, RemoteTrack>();
  #participants: number;
  #nextMid = 0;
  #closed = false;

  constructor(connection: BareConnection, answer: Requests['join']['answer'], request: JoinRequest) {
    super();
    this.#connection = connection;
    this.#request = request;
    this.participantId = answer.peerId;
    this.#router = answer.routerRtpCapabilities;
    this.#participants = answer.peers;
    this.#send = this.#transport(answer.sendTransport);
    this.#recv = this.#transport(answer.recvTransport);
    for (const producer of answer.producers) this.#tracks.set(producer.producerId, remoteTrack(producer));
    this.#listen();
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  get participants(): number {
    return this.#participants;
  }

  async publish(offer: TrackOffer): Promise<Publication> {
    const rtpParameters = sendParameters(offer, String(this.#nextMid++), this.#router);
    const { kind, source, paused } = offer;
    const [endpoint, { producerId }] = await Promise.all([
      this.#send.connected(),
      this.#ask('produce', { kind, source, paused, rtpParameters }),
    ]);
    return {
      publicationId: producerId,
      endpoint,
      rtpParameters,
      setPaused: async (value) => {
        await this.#ask(value ? 'pause' : 'resume', { ids: [producerId] });
      },
      close: async () => {
        await this.#ask('close', { ids: [producerId] });
      },
    };
  }

  async subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void> {
    if (trackIds.length === 0) return;
    const [endpoint, { consumers, refused }] = await Promise.all([
      this.#recv.endpoint(),
      this.#ask('consume', {
        producerIds: [...trackIds],
        rtpCapabilities: recvCapabilities(this.#router, this.#request.transportCc),
      }),
    ]);
    for (const { error } of refused) {
      // A track that ended meanwhile is no failure.
      if (error.code !== 'notFound') this.#request.observer.error('consume', error.code, error.message);
    }
    const prepared = consumers.flatMap(({ consumerId, producerId, rtpParameters }) => {
      const track = this.#tracks.get(producerId);
      if (!track) return [];
      prepare({
        subscriptionId: consumerId,
        track,
        endpoint,
        rtpParameters,
        close: async () => {
          // The server has closed it already when its producer is gone.
          if (this.#tracks.has(producerId)) await this.#ask('close', { ids: [consumerId] });
        },
        preferSpatialLayer: async (spatialLayer) => {
          await this.#ask('setPreferredLayers', { consumerId, spatialLayer });
        },
      });
      return consumerId;
    });
    await this.#recv.connected();
    if (prepared.length > 0) await this.#ask('resume', { ids: prepared });
  }

  chat(): Promise<void> {
    return Promise.reject(unsupported('the bare mediasoup server has no chat'));
  }

  dropNetwork(): Promise<void> {
    return Promise.reject(unsupported('the bare mediasoup server has no sessions'));
  }

  leave(): Promise<void> {
    this.#close();
    this.#connection.end();
    return Promise.resolve();
  }

  vanish(): void {
    this.#close();
    this.#connection.destroy();
  }

  #listen(): void {
    const connection = this.#connection;
    connection.on('newProducer', (producer) => {
      // What was held may be in the answer already.
      if (this.#tracks.has(producer.producerId)) return;
      const track = remoteTrack(producer);
      this.#tracks.set(track.trackId, track);
      this.emit('trackAdded', track);
    });
    connection.on('producerClosed', ({ producerId }) => {
      if (this.#tracks.delete(producerId)) this.emit('trackRemoved', producerId);
    });
    connection.on('producerPaused', ({ producerId, paused }) => {
      const track = this.#tracks.get(producerId);
      if (!track || track.paused === paused) return;
      track.paused = paused;
      this.emit('trackPaused', producerId, paused);
    });
    connection.on('peers', ({ count }) => (this.#participants = count));
    connection.once('closed', () => {
      if (this.#closed) return;
      this.#close();
      this.emit('lost', 'the server closed the connection');
    });
    connection.release();
  }

  #transport(info: TransportInfo): ParleyTransport {
    return new ParleyTransport({
      info,
      observer: this.#request.observer,
      createEndpoint: () => this.#request.createEndpoint(),
      announce: async (transportId, fingerprint) => {
        await this.#ask('connect', {
          transportId,
          dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
        });
      },
    });
  }

  #ask<M extends Method>(method: M, data: Requests[M]['data']): Promise<Requests[M]['answer']> {
    return observedRequest(this.#request.observer, method, {
      isClosed: () => this.#closed,
      request: () => this.#connection.request(method, data),
    });
  }

  #close(): void {
    this.#closed = true;
    this.#send.close();
    this.#recv.close();
  }
}

function remoteTrack({ producerId, peerId, name, kind, source, paused }: BareProducer): RemoteTrack {
  return { trackId: producerId, participantId: peerId, name, kind, source, paused };
}
