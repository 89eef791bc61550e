import type { ChatMessage, ForwardingSettings, RecordingInfo } from '../../src/protocol/models.ts';
import { invalidState } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { ClientEnvironment } from './ClientEnvironment.ts';
import type {
  CaptureOptions,
  ConnectOptions,
  DataOptions,
  PreferredLayers,
  PublicationState,
  PublishOptions,
  RoomEvents,
  RoomState,
  SelfUpdate,
  ViewOptions,
} from './publicTypes.ts';
import type { ChatOptions, FileOptions } from './conductTypes.ts';
import type { OutgoingFile } from './files/OutgoingFile.ts';
import { Moderation } from './Moderation.ts';
import { mergedAttributes } from './peerState.ts';
import { RoomEngine } from './RoomEngine.ts';
import type { RoomStats } from './statsTypes.ts';

/**
 * One room that this page is in: publish, subscribe, send, and hear what happens.
 *
 * Made by `connect()`. `state` is the whole truth, replaced after every change; events tell what changed. A
 * lost connection is restored without the caller's doing. After `closed` nothing follows, and every call
 * rejects with ParleyError `invalidState`.
 */
export class RoomClient extends TypedEmitter<RoomEvents> {
  /** What hosts may do. */
  readonly moderation = new Moderation(() => this.#open());
  readonly #engine: RoomEngine;

  /** @internal Use `connect()`. */
  constructor(options: ConnectOptions & { url: string }, environment: ClientEnvironment = {}) {
    super();
    this.#engine = new RoomEngine(options, environment, {
      // The tuple's pairing of event and arguments does not survive a spread.
      changed: (change) =>
        (this.emit as (event: string, ...args: unknown[]) => void).apply(this, [...change]),
      data: (message) => this.emit('data', message),
      localTrackEnded: (source) => this.emit('localTrackEnded', source),
      error: (error) => this.emit('error', error),
    });
  }

  /** A frozen snapshot; compare objects to see what changed. */
  get state(): RoomState {
    return this.#engine.store.state;
  }

  /** @internal Called by `connect()`: resolves once in the room. */
  start(): Promise<void> {
    return this.#engine.start();
  }

  /**
   * Opens the microphone (or takes `options.track`) and publishes it.
   *
   * @throws MediaError when it cannot be opened; ParleyError `conflict`, `forbidden`, `limitExceeded`.
   */
  async publishMicrophone(options: CaptureOptions = {}): Promise<PublicationState> {
    return this.#open().capture.microphone(options);
  }

  /**
   * Opens the camera (or takes `options.track`) and publishes it in up to three simulcast layers.
   *
   * @throws as `publishMicrophone`.
   */
  async publishCamera(options: CaptureOptions = {}): Promise<PublicationState> {
    return this.#open().capture.camera(options);
  }

  /**
   * Lets the person choose a screen and publishes it, with its audio when the browser gives it.
   *
   * @throws MediaError `cancelled` when nothing was chosen; otherwise as `publishMicrophone`.
   */
  async publishScreen(options: CaptureOptions = {}): Promise<PublicationState> {
    return this.#open().capture.screen(options);
  }

  /** Publishes any track; it stays the caller's to stop, unless `stopTrack` is set. Source: `custom` by default. */
  async publishTrack(track: MediaStreamTrack, options: PublishOptions = {}): Promise<PublicationState> {
    return this.#open().capture.given(track, options);
  }

  /**
   * Stops publishing a source, or the publication with this producer id (custom tracks); a screen takes its
   * audio with it.
   *
   * @throws ParleyError `notFound` when it is not published.
   */
  async unpublish(target: string): Promise<void> {
    const { publications } = this.#open();
    const audio = target === 'screen' && publications.has('screenAudio');
    await Promise.all([publications.unpublish(target), audio && publications.unpublish('screenAudio')]);
  }

  /** Mutes or unmutes a source or producer id: nothing is sent, the others see it as paused. */
  async setMuted(target: string, muted: boolean): Promise<void> {
    await this.#open().publications.setPaused(target, muted);
  }

  /** Sends another track of the same kind in a publication's place, without a gap for the others. */
  async replaceTrack(target: string, track: MediaStreamTrack): Promise<void> {
    await this.#open().publications.replaceTrack(target, track);
  }

  /**
   * Changes to another microphone or camera.
   *
   * @throws MediaError when it cannot be opened (the old one goes on); ParleyError `notFound`.
   */
  async switchDevice(source: 'microphone' | 'camera', deviceId: string): Promise<void> {
    await this.#open().capture.switchDevice(source, deviceId);
  }

  /**
   * Sends a string, bytes or a JSON value to everybody else, or to some; resolves when it is on its way.
   *
   * @throws ParleyError `badRequest` above 49,152 bytes, `forbidden` without `canPublishData`, `invalidState` when
   * connected with `data: false`.
   */
  async sendData(payload: unknown, options: DataOptions = {}): Promise<void> {
    const { data, joinOptions } = this.#open();
    if (joinOptions.data === false) throw invalidState('connected without data messages');
    await data.send(payload, options);
  }

  /**
   * Sends a chat message of 1 to 4000 characters to everybody, or to one peer alone; resolves with it as the server keeps
   * it.
   *
   * @throws ParleyError `forbidden` where only hosts may write, `notFound` for a peer that is not in the room.
   */
  async sendChat(text: string, options: ChatOptions = {}): Promise<ChatMessage> {
    const { signaling, store } = this.#open();
    const { message } = await signaling.request('sendChat', { text, ...options });
    store.dispatch({ type: 'chatMessage', message });
    return message;
  }

  /**
   * Offers a file to everybody else, or to some; whoever accepts is sent it. Resolves once it is offered.
   *
   * @throws ParleyError `forbidden` where no files may be sent, `badRequest` above `state.settings.maxFileSize` bytes,
   * `notFound` when nobody is there to get it, and as `sendData`.
   */
  async sendFile(file: Blob & { readonly name?: string }, options: FileOptions = {}): Promise<OutgoingFile> {
    const { files, joinOptions } = this.#open();
    if (joinOptions.data === false) throw invalidState('connected without data messages');
    return files.send(file, options);
  }

  /** Puts this client behind those whose hands are up already, see `state.hands`. */
  async raiseHand(): Promise<void> {
    await this.#open().signaling.request('setHand', { raised: true });
  }

  /** Takes this client's hand down. */
  async lowerHand(): Promise<void> {
    await this.#open().signaling.request('setHand', { raised: false });
  }

  /**
   * Shows everybody one sign, such as an emoji, of at most 16 bytes; this client is told of it as well.
   *
   * @throws ParleyError `badRequest`, `rateLimited` above 10 in 5 s.
   */
  async react(reaction: string): Promise<void> {
    await this.#open().signaling.request('sendReaction', { reaction });
  }

  /** Changes one's name (1 to 64 characters), metadata (at most 4096) or attributes. */
  async updateSelf(update: SelfUpdate): Promise<void> {
    const engine = this.#open();
    await engine.signaling.request('updateSelf', { ...update });
    // Also for the case that the room has to be joined anew.
    engine.joinOptions = { ...engine.joinOptions, ...update };
    const self = this.state.peers.find((peer) => peer.isLocal);
    if (!self) return;
    const { name, metadata } = { ...self, ...update };
    const attributes = mergedAttributes(self.attributes, update.attributes);
    engine.joinOptions = { ...engine.joinOptions, attributes };
    engine.store.dispatch({
      type: 'peerUpdated',
      peerId: self.peerId,
      name: name.trim(),
      ...(metadata === undefined ? {} : { metadata }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    });
  }

  /** Receives these producers, also when `autoSubscribe` is off. */
  async subscribe(producerIds: readonly string[]): Promise<void> {
    await this.#open().subscriptions.subscribe(producerIds);
  }

  /** Stops receiving these producers until `subscribe`. */
  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    await this.#open().subscriptions.unsubscribe(producerIds);
  }

  /** The highest layers worth receiving of a simulcast or SVC producer, such as a small tile's smallest. */
  async setPreferredLayers(producerId: string, layers: PreferredLayers): Promise<void> {
    await this.#open().subscriptions.setPreferredLayers(producerId, layers);
  }

  /**
   * Says how this page looks at, or listens to, what another peer publishes, so that the server sends what fits.
   *
   * May be called as often as one likes: what changed is told in batches, at most every 100 ms, and told again after a
   * reconnection. From the first call on, video without a visible view is not sent. A producer that is not in the room,
   * or a room that is closed, makes no difference.
   */
  setView(producerId: string, view: ViewOptions): void {
    if (!this.#engine.closed) this.#engine.views.set(producerId, view);
  }

  /**
   * Changes what is forwarded in this room; what is absent stays. Resolves with all of it, as it is from now on.
   *
   * @throws ParleyError `forbidden` unless `roomAdmin`, `badRequest`.
   */
  async configure(change: Partial<ForwardingSettings>): Promise<ForwardingSettings> {
    return (await this.#open().signaling.request('configureRoom', change)).forwarding;
  }

  /**
   * Has the server record everybody in the room, of which all are told; see `state.recording`.
   *
   * @throws ParleyError `forbidden` unless `roomAdmin`, `conflict` when the room is recorded already, `limitExceeded`,
   * `unavailable` where the server does not record.
   */
  async startRecording(): Promise<RecordingInfo> {
    return (await this.#open().signaling.request('startRecording', {})).recording;
  }

  /** @throws ParleyError `forbidden` unless `roomAdmin`, `invalidState` when there is no recording. */
  async stopRecording(): Promise<void> {
    await this.#open().signaling.request('stopRecording', {});
  }

  /** The same as `moderation.remove`. */
  async removePeer(peerId: string): Promise<void> {
    await this.#open().signaling.request('removePeer', { peerId });
  }

  /** The same as `moderation.endForAll`. */
  async closeRoom(): Promise<void> {
    await this.#open().signaling.request('closeRoom', {});
  }

  /**
   * The figures of the connection and of each track, published and subscribed, in bps, ms and pixels.
   *
   * Rates are those since the previous call, so the first one has none. Source: W3C webrtc-stats; the browser's own
   * reports are in `raw`.
   */
  async getStats(): Promise<RoomStats> {
    const { statistics, session, store } = this.#engine;
    return statistics.read(session, store.state.peerId);
  }

  /** Leaves at once; resolves when the server knows, after 1 s at most. Idempotent. */
  leave(): Promise<void> {
    return this.#engine.leave();
  }

  /** The network changed: finds out now, instead of by time-outs, whether the connection survived it. */
  networkChanged(): void {
    if (!this.#engine.closed) this.#engine.signaling.reconnect();
  }

  #open(): RoomEngine {
    if (this.#engine.closed) throw invalidState('the room is closed');
    return this.#engine;
  }
}
