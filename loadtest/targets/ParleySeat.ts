import { invalidState } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { EventPayloads } from '../../src/protocol/events.ts';
import type { JoinAnswer, ResumeAnswer } from '../../src/protocol/requests.ts';
import { isHeld } from './forwardingCauses.ts';
import { ParleyMedia } from './ParleyMedia.ts';
import { ParleyMove } from './ParleyMove.ts';
import { ParleyRoster } from './ParleyRoster.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
import { ParleySubscriptions } from './ParleySubscriptions.ts';
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

/** A place in a Parley room. */
export class ParleySeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  readonly #signaling: ParleySignaling;
  readonly #request: JoinRequest;
  readonly #roster: ParleyRoster;
  readonly #subscriptions: ParleySubscriptions;
  #media: ParleyMedia;
  #move: ParleyMove | undefined;
  #nextMid = 0;
  /** Who waits for the connection to come back. */
  readonly #ways = new Set<() => void>();
  #closed = false;

  constructor(signaling: ParleySignaling, answer: JoinAnswer, request: JoinRequest) {
    super();
    this.participantId = answer.peerId;
    this.#signaling = signaling;
    this.#request = request;
    this.#media = new ParleyMedia(answer.media, signaling, request);
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
    signaling.on('moving', (how) => void this.#moveTo(how));
    signaling.on('moveCancelled', () => this.#move?.cancel());
    signaling.on('removed', ({ reason }) => this.#lost(reason, false));
    signaling.keep({
      token: answer.sessionToken,
      mediaEpoch: () => this.#media.setup.mediaEpoch,
      interrupted: () => this.#move?.interrupt(),
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
      ...(offer.replaces === undefined ? {} : { replaces: offer.replaces }),
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
    const media = this.#media;
    media.cut(true);
    const back = this.#back();
    this.#signaling.goAway(ms);
    await new Promise((resolve) => setTimeout(resolve, ms));
    media.cut(false);
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

  async #resumed({ snapshot, iceParameters }: ResumeAnswer): Promise<void> {
    this.#roster.read(snapshot);
    if (snapshot.mediaEpoch !== this.#media.setup.mediaEpoch) {
      await this.#reset();
    } else {
      await this.#media
        .restartIce(iceParameters)
        .catch((error: unknown) => this.#request.observer.error('resume', 'ice', String(error)));
    }
    if (!this.#closed) this.emit('resumed');
  }

  async #moveTo(how: EventPayloads['moving']): Promise<void> {
    if (this.#move || this.#closed) return;
    const move = new ParleyMove({
      how,
      room: this.#request.room,
      signaling: this.#signaling,
      former: this.#media,
      build: (setup) => new ParleyMedia(setup, this.#signaling, this.#request),
      use: (media) => {
        this.#media = media;
        this.#subscriptions.use(media.recv, media.setup.routerRtpCapabilities);
      },
      entered: ({ sessionToken, snapshot }) => {
        this.#signaling.crossed(sessionToken);
        this.#roster.read(snapshot);
      },
      back: (former) => {
        this.#media = former;
        this.#subscriptions.goBack(former.recv);
        this.emit('moveCancelled');
      },
      lost: () => void this.#reset(),
      over: () => (this.#move = undefined),
    });
    this.#move = move;
    if (await move.begin()) this.emit('moving', move);
    this.#signaling.released();
  }

  async #reset(): Promise<void> {
    this.#closeMedia();
    try {
      const setup = await this.#signaling.request('setUpMedia', {});
      if (this.#closed) return;
      // Another reset may have been answered first.
      this.#closeMedia();
      this.#media = new ParleyMedia(setup, this.#signaling, this.#request);
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
    this.#move?.abandon();
    this.#media.close();
  }
}
