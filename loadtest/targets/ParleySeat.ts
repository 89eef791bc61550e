import { invalidState } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { MediaSetup } from '../../src/protocol/models.ts';
import type { JoinAnswer, ResumeAnswer } from '../../src/protocol/requests.ts';
import { isHeld } from './forwardingCauses.ts';
import { ParleyRoster } from './ParleyRoster.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
import { ParleySubscriptions } from './ParleySubscriptions.ts';
import { ParleyTransport } from './ParleyTransport.ts';
import { sendParameters } from './rtpNegotiation.ts';
import type {
  JoinRequest,
  Publication,
  RemoteTrack,
  Seat,
  SeatEvents,
  Subscription,
  TrackOffer,
  TrackView,
} from './Target.ts';

/** ms without a socket when only that is dropped. */
const SOCKET_AWAY = 100;

interface Media {
  setup: MediaSetup;
  send: ParleyTransport;
  recv: ParleyTransport;
}

/** A place in a Parley room. */
export class ParleySeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  readonly #signaling: ParleySignaling;
  readonly #request: JoinRequest;
  readonly #roster: ParleyRoster;
  readonly #subscriptions: ParleySubscriptions;
  #media: Media;
  #nextMid = 0;
  /** Who waits for the connection to come back. */
  readonly #ways = new Set<() => void>();
  #closed = false;

  constructor(signaling: ParleySignaling, answer: JoinAnswer, request: JoinRequest) {
    super();
    this.participantId = answer.peerId;
    this.#signaling = signaling;
    this.#request = request;
    this.#media = this.#build(answer.media);
    this.#roster = new ParleyRoster(answer.peerId);
    this.#roster.read(answer.snapshot);
    this.#roster.on('trackAdded', (track) => this.emit('trackAdded', track));
    this.#roster.on('trackRemoved', (trackId) => {
      this.#subscriptions.forget(trackId);
      this.emit('trackRemoved', trackId);
    });
    this.#roster.on('trackPaused', (trackId, paused) => this.emit('trackPaused', trackId, paused));
    this.#roster.listen(signaling);
    const { observer, transportCc } = request;
    const { tracks } = this.#roster;
    this.#subscriptions = new ParleySubscriptions({ signaling, observer, transportCc, tracks });
    this.#subscriptions.use(this.#media.recv, answer.media.routerRtpCapabilities);
    this.#subscriptions.on('subscribed', (subscription) => this.emit('subscribed', subscription));
    this.#subscriptions.on('subscriptionEnded', (trackId) => this.emit('subscriptionEnded', trackId));
    signaling.on('qualityChanged', ({ tracks: changed }) => {
      for (const quality of changed)
        this.emit('trackCause', {
          trackId: quality.producerId,
          cause: quality.cause,
          isHeld: isHeld(quality),
        });
    });
    signaling.on('demandChanged', ({ producerId, spatialLayer }) =>
      this.emit('layersNeeded', producerId, spatialLayer === null ? 0 : spatialLayer + 1),
    );
    signaling.on('mediaReset', () => void this.#reset());
    signaling.on('removed', ({ reason }) => this.#lost(reason, false));
    signaling.keep({
      token: answer.sessionToken,
      mediaEpoch: () => this.#media.setup.mediaEpoch,
      resumed: (resumed) => void this.#resumed(resumed),
      lost: (reason, isForgotten) => this.#lost(reason, isForgotten),
    });
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#roster.tracks;
  }

  get participants(): number {
    return this.#roster.participants;
  }

  get deferred(): ReadonlySet<string> {
    return this.#subscriptions.deferred;
  }

  get isInterrupted(): boolean {
    return !this.#closed && this.#signaling.isInterrupted;
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
      ...offer.size,
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

  subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void> {
    return this.#subscriptions.subscribe(trackIds, prepare);
  }

  unsubscribe(trackIds: readonly string[]): Promise<void> {
    return this.#subscriptions.unsubscribe(trackIds);
  }

  setViews(views: readonly TrackView[]): Promise<void> {
    return this.#subscriptions.setViews(views);
  }

  async chat(text: string): Promise<void> {
    await this.#signaling.request('sendChat', { text });
  }

  async dropNetwork(ms: number): Promise<void> {
    this.#requireOpen();
    const { send, recv } = this.#media;
    for (const transport of [send, recv]) transport.cut(true);
    const back = this.#back();
    this.#signaling.goAway(ms);
    await new Promise((resolve) => setTimeout(resolve, ms));
    for (const transport of [send, recv]) transport.cut(false);
    await back;
  }

  async dropSocket(): Promise<void> {
    this.#requireOpen();
    const back = this.#back();
    this.#signaling.goAway(SOCKET_AWAY);
    await back;
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
    };
  }

  async #resumed({ snapshot, iceParameters }: ResumeAnswer): Promise<void> {
    this.#roster.read(snapshot);
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
      // Another reset may have been answered first.
      this.#closeMedia();
      this.#media = this.#build(setup);
      this.#subscriptions.use(this.#media.recv, setup.routerRtpCapabilities);
      this.emit('mediaReset');
    } catch {
      // Reported by its request. Either another reset follows or the socket is lost, and `resume` says what is.
    }
  }

  #lost(reason: string, isForgotten: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeAll();
    this.emit('lost', reason, isForgotten);
  }

  /** Resolves once the session goes on, or is lost, or the bot leaves. */
  async #back(): Promise<void> {
    await new Promise<void>((resolve) => {
      const offs = [this.on('resumed', () => done()), this.on('lost', () => done())];
      const done = (): void => {
        for (const off of offs) off();
        this.#ways.delete(done);
        resolve();
      };
      this.#ways.add(done);
    });
  }

  #requireOpen(): void {
    if (this.#closed) throw invalidState('the bot has left');
  }

  #closeAll(): void {
    for (const done of [...this.#ways]) done();
    this.#signaling.close();
    this.#closeMedia();
  }

  #closeMedia(): void {
    this.#media.send.close();
    this.#media.recv.close();
  }
}
