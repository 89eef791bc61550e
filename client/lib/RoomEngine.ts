import type { MediaSource } from '../../src/protocol/models.ts';
import { invalidState, timeout } from '../../src/support/errors.ts';
import type { ClientEnvironment } from './ClientEnvironment.ts';
import { followConduct } from './conductFacts.ts';
import { DataChannels } from './DataChannels.ts';
import { FileTransfers } from './files/FileTransfers.ts';
import { Demand } from './Demand.ts';
import { LocalCapture } from './LocalCapture.ts';
import { MediaDevice } from './MediaDevice.ts';
import { MediaError } from './MediaError.ts';
import { MediaSession } from './MediaSession.ts';
import { PictureSizes } from './PictureSizes.ts';
import { Publications } from './Publications.ts';
import type { ConnectOptions, DataMessage, RoomCloseReason, TokenSource } from './publicTypes.ts';
import { QualityReports } from './QualityReports.ts';
import { Recovery } from './Recovery.ts';
import type { RoomChange } from './roomChanges.ts';
import { RoomStatistics } from './RoomStatistics.ts';
import { RoomStore } from './RoomStore.ts';
import { followFacts } from './serverFacts.ts';
import { SignalingClient } from './SignalingClient.ts';
import { StatsTimer } from './StatsTimer.ts';
import { Subscriptions } from './Subscriptions.ts';
import { toError } from './toError.ts';
import { Views } from './Views.ts';

/** What only events can tell, because it leaves no trace in the state. */
export interface RoomEngineListener {
  changed: (change: RoomChange) => void;
  data: (message: DataMessage) => void;
  localTrackEnded: (source: MediaSource) => void;
  error: (error: Error) => void;
}

/** ms that `leave()` waits for the server's answer. */
const FAREWELL = 1000;
/** ms until a first connection that does not come about is given up. */
const CONNECT_TIMEOUT = 15_000;

/** The parts of one room, how they are joined together, and how they end together. */
export class RoomEngine {
  readonly store: RoomStore;
  readonly signaling: SignalingClient;
  readonly publications: Publications;
  readonly subscriptions: Subscriptions;
  readonly data: DataChannels;
  readonly files: FileTransfers;
  readonly views: Views;
  readonly statistics = new RoomStatistics();
  readonly capture: LocalCapture;
  readonly #recovery: Recovery;
  readonly #listener: RoomEngineListener;
  readonly #connectTimeout: number;
  /** What a join anew would say; follows `updateSelf`. */
  joinOptions: ConnectOptions;
  #joining: { resolve: () => void; reject: (error: Error) => void; wait: () => void } | undefined;
  #lastFailure: Error | undefined;

  constructor(
    options: ConnectOptions & { url: string },
    environment: ClientEnvironment,
    listener: RoomEngineListener,
  ) {
    this.#listener = listener;
    const { tokenSource } = options;
    this.joinOptions = { ...options, ...(tokenSource ? { tokenSource: this.#watched(tokenSource) } : {}) };
    this.#connectTimeout = environment.connectTimeout ?? CONNECT_TIMEOUT;
    const onError = (error: Error): void => this.#report(error);
    const store = (this.store = new RoomStore(options.room, (change) => this.#tell(change)));
    const { requestTimeout, reconnectDelay, mediaDevices } = environment;
    const connectAnew = (): SignalingClient =>
      new SignalingClient({
        url: options.url,
        ...(requestTimeout === undefined ? {} : { requestTimeout }),
        ...(reconnectDelay === undefined ? {} : { reconnectDelay }),
      });
    const signaling = (this.signaling = connectAnew());
    const sizes = new PictureSizes(signaling, () => this.publications.refresh());
    const publications = (this.publications = new Publications({
      signaling,
      store,
      onError,
      onTrackEnded: (source) => this.#localTrackEnded(source),
      onTrackReplaced: () => void (this.session && sizes.look(this.session)),
    }));
    const autoSubscribe = options.autoSubscribe ?? true;
    const subscriptions = (this.subscriptions = new Subscriptions({
      signaling,
      store,
      autoSubscribe,
      onError,
    }));
    const views = (this.views = new Views({
      signaling,
      store,
      announce: options.views ?? false,
      onError,
    }));
    const demand = new Demand();
    const reports = new QualityReports(signaling);
    const statsTimer = new StatsTimer({
      interval: environment.statsInterval,
      look: async (session) => {
        await sizes.look(session);
        await reports.look(session);
      },
      onError,
    });
    this.data = new DataChannels({ signaling, onMessage: (message) => this.#receive(message), onError });
    this.files = new FileTransfers({
      state: () => store.state,
      send: (payload, how) => this.data.send(payload, how),
      onOffered: (file) => this.#tell(['fileOffered', file]),
      onError,
    });
    followConduct(signaling, store, (change) => this.#tell(change));
    this.capture = new LocalCapture(publications, mediaDevices, onError);
    const device = new MediaDevice(environment.handlerFactory);
    this.#recovery = new Recovery({
      signaling,
      store,
      publications,
      subscriptions,
      followers: [this.data, views, demand, statsTimer],
      joinOptions: () => this.joinOptions,
      connectAnew,
      createSession: async (setup) =>
        new MediaSession(setup, await device.load(setup.routerRtpCapabilities), {
          signaling,
          ...(options.iceTransportPolicy ? { iceTransportPolicy: options.iceTransportPolicy } : {}),
        }),
      onError,
      onGiveUp: (reason, error) => this.#giveUp(reason, error),
    });
    followFacts({
      signaling,
      store,
      publications,
      subscriptions,
      demand,
      isPresent: () => this.#recovery.present,
    });
    signaling.on('connectFailed', (error) => (this.#lastFailure = error));
    signaling.on('draining', ({ endsIn, token }) => {
      if (token !== undefined) this.joinOptions = { ...this.joinOptions, token };
      this.#tell(['draining', endsIn]);
    });
    signaling.on('tokenRenewed', ({ token }) => (this.joinOptions = { ...this.joinOptions, token }));
    signaling.on('sentToRoom', (to) => {
      this.joinOptions = { ...this.joinOptions, ...to };
      this.#recovery.enterAnew();
    });
    signaling.on('removed', ({ reason }) => {
      this.#close(reason, invalidState(`the room was left: ${reason}`));
      signaling.close();
    });
  }

  get closed(): boolean {
    return this.store.state.status === 'closed';
  }

  get session(): MediaSession | undefined {
    return this.#recovery.session;
  }

  /** Resolves once in the room. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#giveUp('connectionLost', this.#lastFailure ?? timeout('no connection to the server in time'));
      }, this.#connectTimeout);
      this.#joining = {
        resolve: () => {
          clearTimeout(deadline);
          resolve();
        },
        reject: (error) => {
          clearTimeout(deadline);
          reject(error);
        },
        // A host is in no hurry.
        wait: () => {
          clearTimeout(deadline);
          this.joinOptions.onWaiting?.();
        },
      };
      this.signaling.open();
    });
  }

  /** Leaves at once; resolves when the server knows, after 1 s at most. Idempotent. */
  async leave(): Promise<void> {
    if (this.closed) return;
    // Before closing: from then on a listener may do anything, such as opening the next room.
    const farewell = this.signaling.connected
      ? this.signaling.request('leave', {}).catch(() => undefined)
      : undefined;
    this.#close('left', invalidState('left before the room was joined'));
    let patience: ReturnType<typeof setTimeout> | undefined;
    if (farewell) {
      await Promise.race([farewell, new Promise((resolve) => (patience = setTimeout(resolve, FAREWELL)))]);
    }
    clearTimeout(patience);
    this.signaling.close();
  }

  /** What keeps a token away for so long that there is no room in the end is why there is none. */
  #watched(source: TokenSource): TokenSource {
    return async (room) => {
      try {
        return await source(room);
      } catch (error) {
        this.#lastFailure = toError(error);
        throw error;
      }
    };
  }

  #localTrackEnded(source: MediaSource): void {
    if (source === 'screen' && this.publications.has('screenAudio')) {
      this.publications.unpublish('screenAudio').catch(() => undefined);
    }
    if (!this.closed) this.#listener.localTrackEnded(source);
  }

  #receive(message: DataMessage): void {
    if (!this.closed && !this.files.receive(message)) this.#listener.data(message);
  }

  #tell(change: RoomChange): void {
    this.#listener.changed(change);
    if (change[0] === 'peerLeft') this.files.peerLeft(change[1].peerId);
    if (change[0] === 'statusChanged' && change[1] === 'waiting') this.#joining?.wait();
    if (change[0] !== 'statusChanged' || change[1] !== 'connected') return;
    this.#joining?.resolve();
    this.#joining = undefined;
  }

  #report(error: Error): void {
    if (!this.closed) this.#listener.error(error);
  }

  #giveUp(reason: RoomCloseReason, error: Error): void {
    const unsupported = error.name === 'UnsupportedError';
    this.#report(error);
    this.#close(reason, unsupported ? new MediaError('unsupported', error.message, { cause: error }) : error);
    this.signaling.close();
  }

  /** Everything but the socket, which may still have a farewell to send. */
  #close(reason: RoomCloseReason, error: Error): void {
    if (this.closed) return;
    this.#recovery.close();
    this.publications.close();
    this.subscriptions.close();
    this.data.close();
    this.files.close();
    this.views.close();
    this.store.dispatch({ type: 'closed', reason });
    this.#joining?.reject(error);
    this.#joining = undefined;
  }
}
