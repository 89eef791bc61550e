import type { RtpCapabilities, TransportInfo } from '../../src/protocol/models.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { BareProducer, Method, Requests } from '../servers/bareMediasoup/messages.ts';
import type { BareConnection } from './BareConnection.ts';
import { connectEndpoint } from './connectEndpoint.ts';
import { receivingCapabilities, remoteEndpoint, sendingParameters } from './mediasoupRtp.ts';
import { step, timed, unsupported } from './step.ts';
import type {
  JoinRequest,
  Publication,
  RemoteTrack,
  Seat,
  SeatEvents,
  Subscription,
  TrackOffer,
} from './Target.ts';

/** A bot's place in a room of the bare mediasoup server. Each transport connects when it is first needed. */
export class MediasoupSeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  readonly #connection: BareConnection;
  readonly #request: JoinRequest;
  readonly #router: RtpCapabilities;
  readonly #transports: { send: TransportInfo; recv: TransportInfo };
  readonly #endpoints = new Map<'send' | 'recv', Promise<Endpoint>>();
  readonly #tracks = new Map<string, RemoteTrack>();
  #nextMid = 0;
  #closed = false;

  constructor(connection: BareConnection, answer: Requests['join']['answer'], request: JoinRequest) {
    super();
    this.#connection = connection;
    this.#request = request;
    this.participantId = answer.peerId;
    this.#router = answer.routerRtpCapabilities;
    this.#transports = { send: answer.sendTransport, recv: answer.recvTransport };
    for (const producer of answer.producers) this.#tracks.set(producer.producerId, remoteTrack(producer));
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
      if (!track) return;
      track.paused = paused;
      this.emit('trackPaused', producerId, paused);
    });
    connection.on('peers', ({ count }) => this.emit('participants', count));
    connection.once('closed', () => {
      if (this.#closed) return;
      this.#close();
      this.emit('lost', 'the server closed the connection');
    });
    connection.release();
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  async publish(offer: TrackOffer): Promise<Publication> {
    const endpoint = await this.#endpoint('send');
    const rtpParameters = sendingParameters(offer, this.#router, String(this.#nextMid));
    this.#nextMid += 1;
    const { kind, source, paused } = offer;
    const { producerId } = await step(this.#request.observer, 'produce', () =>
      this.#ask('produce', { kind, source, paused, rtpParameters }),
    );
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

  async subscribe(trackIds: readonly string[]): Promise<Subscription[]> {
    if (trackIds.length === 0) return [];
    const { observer } = this.#request;
    const endpoint = await this.#endpoint('recv');
    const { consumers, refused } = await step(observer, 'consume', async () => {
      const answer = await this.#ask('consume', {
        producerIds: [...trackIds],
        rtpCapabilities: receivingCapabilities(this.#router),
      });
      await this.#ask('resume', { ids: answer.consumers.map(({ consumerId }) => consumerId) });
      return answer;
    });
    for (const { error } of refused) observer.error('consume', error.code, error.message);
    return consumers.map(
      ({ consumerId, producerId, rtpParameters, peerId, kind, source, producerPaused }) => ({
        subscriptionId: consumerId,
        // Gone already when it was closed while this was asked; `trackRemoved` was told.
        track: this.#tracks.get(producerId) ?? {
          trackId: producerId,
          participantId: peerId,
          name: '',
          kind,
          source,
          paused: producerPaused,
        },
        endpoint,
        rtpParameters,
        close: async () => {
          // The server has closed it already when its producer is gone.
          if (this.#tracks.has(producerId)) await this.#ask('close', { ids: [consumerId] });
        },
        preferSpatialLayer: async (spatialLayer) => {
          await this.#ask('setPreferredLayers', { consumerId, spatialLayer });
        },
      }),
    );
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

  #close(): void {
    this.#closed = true;
    for (const endpoint of this.#endpoints.values()) {
      endpoint.then(
        (open) => open.close(),
        () => undefined,
      );
    }
  }

  #ask<M extends Method>(method: M, data: Requests[M]['data']): Promise<Requests[M]['answer']> {
    return timed(this.#request.observer, method, () => this.#connection.request(method, data));
  }

  async #endpoint(direction: 'send' | 'recv'): Promise<Endpoint> {
    let endpoint = this.#endpoints.get(direction);
    if (!endpoint) {
      endpoint = this.#connect(this.#transports[direction]);
      this.#endpoints.set(direction, endpoint);
    }
    return endpoint;
  }

  async #connect(transport: TransportInfo): Promise<Endpoint> {
    const { observer } = this.#request;
    const endpoint = await this.#request.createEndpoint();
    try {
      await step(observer, 'connect', () =>
        this.#ask('connect', {
          transportId: transport.transportId,
          dtlsParameters: {
            role: 'client',
            fingerprints: [{ algorithm: 'sha-256', value: endpoint.fingerprint }],
          },
        }),
      );
      await connectEndpoint(observer, endpoint, remoteEndpoint(transport));
    } catch (error) {
      endpoint.close();
      throw error;
    }
    return endpoint;
  }
}

function remoteTrack({ producerId, peerId, name, kind, source, paused }: BareProducer): RemoteTrack {
  return { trackId: producerId, participantId: peerId, name, kind, source, paused };
}
