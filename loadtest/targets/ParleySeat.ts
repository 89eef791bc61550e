import type { SignalingClient } from '../../client/lib/SignalingClient.ts';
import { invalidState } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { ConsumerInfo, MediaSetup, ProducerInfo, RoomSnapshot } from '../../src/protocol/models.ts';
import { MAX_BATCH, type JoinAnswer, type ResumeAnswer } from '../../src/protocol/requests.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
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

/** ms without a socket when only that is dropped. */
const SOCKET_AWAY = 100;

interface Media {
  setup: MediaSetup;
  send: ParleyTransport;
  recv: ParleyTransport;
  capabilitiesTold: boolean;
}

/** A place in a Parley room. */
export class ParleySeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  readonly #signaling: ParleySignaling;
  readonly #request: JoinRequest;
  readonly #tracks = new Map<string, RemoteTrack>();
  /** Display names by peer id, of everybody in the room. */
  readonly #names = new Map<string, string>();
  #media: Media;
  #nextMid = 0;
  #closed = false;

  constructor(signaling: ParleySignaling, answer: JoinAnswer, request: JoinRequest) {
    super();
    this.participantId = answer.peerId;
    this.#signaling = signaling;
    this.#request = request;
    this.#media = this.#build(answer.media);
    this.#read(answer.snapshot);
    signaling.keep(
      {
        token: answer.sessionToken,
        mediaEpoch: () => this.#media.setup.mediaEpoch,
        resumed: (resumed) => void this.#resumed(resumed),
        lost: (reason) => this.#lost(reason),
      },
      (client) => this.#listen(client),
    );
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  get participants(): number {
    return this.#names.size;
  }

  async publish(offer: TrackOffer): Promise<Publication> {
    const { setup, send } = this.#media;
    const rtpParameters = sendParameters(offer, String(this.#nextMid++), setup.routerRtpCapabilities);
    const connecting = send.connected();
    const producing = this.#signaling.request('produce', {
      transportId: send.id,
      kind: offer.kind,
      source: offer.source,
      rtpParameters,
      paused: offer.paused,
    });
    const [endpoint, { producerId }] = await Promise.all([connecting, producing]);
    this.#requireOpen();
    return {
      publicationId: producerId,
      endpoint,
      rtpParameters,
      setPaused: async (paused) => {
        await this.#signaling.request(paused ? 'pauseProducer' : 'resumeProducer', { producerId });
      },
      close: async () => {
        await this.#signaling.request('closeProducer', { producerId });
      },
    };
  }

  async subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void> {
    for (let from = 0; from < trackIds.length; from += MAX_BATCH)
      await this.#subscribe(trackIds.slice(from, from + MAX_BATCH), prepare);
  }

  async chat(text: string): Promise<void> {
    await this.#signaling.request('sendChat', { text });
  }

  async dropNetwork(ms: number): Promise<void> {
    const { send, recv } = this.#media;
    for (const transport of [send, recv]) transport.cut(true);
    const back = this.next('resumed');
    this.#signaling.goAway(ms);
    await new Promise((resolve) => setTimeout(resolve, ms));
    for (const transport of [send, recv]) transport.cut(false);
    await Promise.race([back, this.next('lost')]);
  }

  async dropSocket(): Promise<void> {
    const back = this.next('resumed');
    this.#signaling.goAway(SOCKET_AWAY);
    await Promise.race([back, this.next('lost')]);
  }

  async leave(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // A server that does not answer any more hears of it by the socket's end.
    await this.#signaling.request('leave', {}).catch(() => undefined);
    this.#closeAll();
  }

  vanish(): void {
    this.#closed = true;
    this.#closeAll();
  }

  async #subscribe(
    producerIds: readonly string[],
    prepare: (subscription: Subscription) => void,
  ): Promise<void> {
    const media = this.#media;
    const { setup, recv } = media;
    const told = media.capabilitiesTold;
    media.capabilitiesTold = true;
    const consuming = this.#signaling.request('consume', {
      producerIds: [...producerIds],
      ...(told
        ? {}
        : {
            rtpCapabilities: recvCapabilities(setup.routerRtpCapabilities, this.#request.transportCc),
          }),
    });
    const endpoint = await recv.endpoint();
    const { consumers, refused } = await consuming;
    this.#requireOpen();
    for (const { error } of refused) {
      // A track that ended meanwhile is no failure.
      if (error.code !== 'notFound') this.#request.observer.error('consume', error.code, error.message);
    }
    const prepared = consumers.flatMap((info) => {
      const track = this.#tracks.get(info.producerId);
      if (!track) return [];
      prepare({ ...this.#subscription(info, track), endpoint });
      return info.consumerId;
    });
    await recv.connected();
    if (prepared.length > 0) await this.#signaling.request('resumeConsumers', { consumerIds: prepared });
  }

  #subscription(info: ConsumerInfo, track: RemoteTrack): Omit<Subscription, 'endpoint'> {
    const { consumerId, rtpParameters } = info;
    return {
      subscriptionId: consumerId,
      track,
      rtpParameters,
      close: async () => {
        await this.#signaling.request('closeConsumers', { consumerIds: [consumerId] });
      },
      preferSpatialLayer: async (spatialLayer) => {
        await this.#signaling.request('setPreferredLayers', { consumerId, spatialLayer });
      },
    };
  }

  #build(setup: MediaSetup): Media {
    const transport = (info: MediaSetup['sendTransport']): ParleyTransport =>
      new ParleyTransport({
        info,
        observer: this.#request.observer,
        createEndpoint: () => this.#request.createEndpoint(),
        announce: async (transportId, fingerprint) => {
          await this.#signaling.request('connectTransport', {
            transportId,
            dtlsParameters: {
              role: 'client',
              fingerprints: [{ algorithm: 'sha-256', value: fingerprint }],
            },
          });
        },
      });
    return {
      setup,
      send: transport(setup.sendTransport),
      recv: transport(setup.recvTransport),
      capabilitiesTold: false,
    };
  }

  #listen(client: SignalingClient): void {
    client.on('peerJoined', ({ peer }) => {
      this.#names.set(peer.peerId, peer.name);
      for (const producer of peer.producers) this.#add(producer);
    });
    client.on('peerLeft', ({ peerId }) => {
      this.#names.delete(peerId);
      for (const track of [...this.#tracks.values()])
        if (track.participantId === peerId) this.#remove(track.trackId);
    });
    client.on('newProducer', ({ producer }) => this.#add(producer));
    client.on('producerClosed', ({ producerId }) => this.#remove(producerId));
    client.on('producerPaused', ({ producerId }) => this.#setPaused(producerId, true));
    client.on('producerResumed', ({ producerId }) => this.#setPaused(producerId, false));
    client.on('mediaReset', () => void this.#reset());
    client.on('removed', ({ reason }) => this.#lost(reason));
  }

  #add({ producerId, peerId, kind, source, paused }: ProducerInfo): void {
    if (peerId === this.participantId || this.#tracks.has(producerId)) return;
    const name = this.#names.get(peerId) ?? '';
    const track = { trackId: producerId, participantId: peerId, name, kind, source, paused };
    this.#tracks.set(producerId, track);
    this.emit('trackAdded', track);
  }

  #remove(producerId: string): void {
    if (this.#tracks.delete(producerId)) this.emit('trackRemoved', producerId);
  }

  #setPaused(producerId: string, paused: boolean): void {
    const track = this.#tracks.get(producerId);
    if (!track || track.paused === paused) return;
    track.paused = paused;
    this.emit('trackPaused', producerId, paused);
  }

  /** Brings tracks and names to what the server says, telling of each difference. */
  #read({ peers }: RoomSnapshot): void {
    this.#names.clear();
    for (const { peerId, name } of peers) this.#names.set(peerId, name);
    const producers = peers.flatMap((peer) => peer.producers);
    const alive = new Set(producers.map(({ producerId }) => producerId));
    for (const trackId of [...this.#tracks.keys()]) if (!alive.has(trackId)) this.#remove(trackId);
    for (const producer of producers) {
      this.#add(producer);
      this.#setPaused(producer.producerId, producer.paused);
    }
  }

  async #resumed({ snapshot, iceParameters }: ResumeAnswer): Promise<void> {
    this.#read(snapshot);
    if (snapshot.mediaEpoch !== this.#media.setup.mediaEpoch) {
      await this.#reset();
    } else {
      const { send, recv } = this.#media;
      await Promise.all(
        [send, recv].map(async (transport) => {
          const parameters = iceParameters[transport.id];
          if (parameters) await transport.restartIce(parameters);
        }),
      ).catch((error: unknown) => this.#request.observer.error('resume', 'ice', String(error)));
    }
    if (!this.#closed) this.emit('resumed');
  }

  async #reset(): Promise<void> {
    this.#closeMedia();
    try {
      const setup = await this.#signaling.request('setUpMedia', {});
      if (this.#closed) return;
      this.#media = this.#build(setup);
      this.emit('mediaReset');
    } catch {
      // Reported by its request. Either another reset follows or the socket is lost, and `resume` says what is.
    }
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeAll();
    this.emit('lost', reason);
  }

  #requireOpen(): void {
    if (this.#closed) throw invalidState('the bot has left');
  }

  #closeAll(): void {
    this.#signaling.close();
    this.#closeMedia();
  }

  #closeMedia(): void {
    this.#media.send.close();
    this.#media.recv.close();
  }
}
