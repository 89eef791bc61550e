import { randomUUID } from 'node:crypto';
import type { ChatMessage, PeerCloseReason, ProducerInfo } from '../protocol/models.ts';
import type { ConsumeAnswer } from '../protocol/requests.ts';
import { conflict, invalidState, limitExceeded, notFound } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { ChatHistory } from './ChatHistory.ts';
import { RoomConduct } from './conduct/RoomConduct.ts';
import { RoomForwarding } from './forwarding/RoomForwarding.ts';
import { assertNobodyOf, isReplacedBy, peerOfIdentity } from './identities.ts';
import type { Limits } from './limits.ts';
import { Peer } from './Peer.ts';
import type { PeerOptions } from './peerParts.ts';
import type { JoinedPeer, RoomCloseReason, RoomEvents, RoomOptions } from './roomParts.ts';
import type { ProduceOptions } from './produceOptions.ts';
import { RemoteTracks } from './RemoteTracks.ts';
import type { RoomChange, RoomDefinition } from './RoomDefinition.ts';
import { RoomData } from './RoomData.ts';
import { RoomElsewhere } from './RoomElsewhere.ts';
import { RoomMedia } from './RoomMedia.ts';
import { RoomRecording } from './RoomRecording.ts';
import { RoomSpeakers } from './RoomSpeakers.ts';
import type { ServerCapacity } from './ServerCapacity.ts';
import { RoomTracks } from './RoomTracks.ts';
import { Subchannels } from './Subchannels.ts';
import { Whispers } from './Whispers.ts';
import { Vacancy } from './Vacancy.ts';

/** A conference: its peers, the media that is forwarded between them, its chat, data and speakers. */
export class Room extends TypedEmitter<RoomEvents> {
  /** Tells two rooms apart that bore the same name one after the other. */
  readonly id = randomUUID();
  readonly name: string;
  readonly createdAt: number;
  readonly chat: ChatHistory;
  readonly whispers: Whispers;
  readonly tracks = new RoomTracks();
  readonly elsewhere = new RoomElsewhere((peerId) => this.#peers.has(peerId));
  readonly remoteTracks = new RemoteTracks(this.tracks, this.elsewhere);
  readonly recording = new RoomRecording();
  readonly conduct: RoomConduct;
  readonly speakers: RoomSpeakers;
  readonly data: RoomData;
  readonly media: RoomMedia;
  readonly forwarding: RoomForwarding;
  readonly logger: Logger;
  readonly #limits: Limits;
  readonly #capacity: ServerCapacity;
  readonly #peers = new Map<string, Peer>();
  readonly #subchannels = new Subchannels();
  readonly #vacancy: Vacancy;
  #definition: RoomDefinition;
  #closed = false;

  constructor(options: RoomOptions) {
    super();
    const { definition } = options;
    this.#definition = definition;
    this.name = definition.name;
    this.createdAt = definition.createdAt;
    this.#limits = options.limits;
    this.#capacity = options.capacity;
    this.logger = options.logger.child({ room: definition.name });
    this.chat = new ChatHistory(options.limits.chatHistory);
    this.whispers = new Whispers(options.limits.chatHistory);
    const { elsewhere } = this;
    const now = (): RoomDefinition => this.#definition;
    this.conduct = new RoomConduct({ ...options, peers: this.#peers, elsewhere, definition: now });
    this.data = new RoomData(() => this.#peers.values(), this.logger);
    this.speakers = new RoomSpeakers((producer) => this.tracks.local(producer.id)?.ownerId);
    this.speakers.on('changed', (what) => this.emit('speakersChanged', what));
    this.forwarding = new RoomForwarding({
      peers: () => this.#peers.values(),
      tracks: this.tracks,
      elsewhere: this.elsewhere,
      speakers: this.speakers,
      settings: options.forwarding,
      isOverloaded: (peer) => options.capacity.isOverloaded(this.media.routers.workerBusy(peer)),
      logger: this.logger,
    });
    this.media = new RoomMedia({
      pool: options.pool,
      settings: options.placement,
      tracks: () => this.tracks.size,
      subscribeData: (peer, router) => this.data.subscribe(peer, router),
      logger: this.logger,
    });
    this.media.on('failed', (error) => {
      this.logger.error({ error }, 'no worker takes this room');
      this.close('serverClosed');
    });
    this.remoteTracks.on('added', (track) => this.forwarding.add(track));
    this.elsewhere.on('peerJoined', (info) => {
      const peer = peerOfIdentity(this.#peers.values(), info.identity);
      if (peer && isReplacedBy(peer, info)) peer.close('replaced');
    });
    this.elsewhere.on('peerLeft', ({ info: { peerId } }) => {
      this.speakers.peerLeft(peerId);
      this.forwarding.remotePeerLeft(peerId);
    });
    this.#vacancy = new Vacancy({
      occupants: () => this.#peers.size,
      waiting: () => this.conduct.lobby.size,
      keptFor: () => ({ empty: this.#definition.emptyTimeout, departed: this.#definition.departureTimeout }),
      onOver: () => this.close('empty'),
    });
    this.conduct.lobby.on('changed', () => this.#vacancy.look());
    this.#vacancy.look();
  }

  get definition(): RoomDefinition {
    return this.#definition;
  }

  /** Whether it was made for somebody who did not come yet. */
  get isReserved(): boolean {
    return this.#vacancy.isUntouched && this.occupancy === 0;
  }

  /** It is something else from now on, as somebody here or another node says. */
  define(
    change: RoomChange & Partial<Pick<RoomDefinition, 'sid' | 'createdAt'>>,
    by: 'here' | 'elsewhere' = 'here',
  ): void {
    const before = this.conduct.settings;
    this.#definition = { ...this.#definition, ...change };
    this.#vacancy.look();
    this.emit('defined', this.#definition, by);
    this.conduct.defined(before);
  }

  /** On this node. */
  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Peers that are in, or on their way in, on this node. */
  get occupancy(): number {
    return this.#peers.size + this.#vacancy.expected;
  }

  /** Producers that are there, or being created, on this node. */
  get producerOccupancy(): number {
    let count = 0;
    for (const { producers } of this.#peers.values()) count += producers.occupancy;
    return count;
  }

  /**
   * Lets a peer in, with its transports. A peer of the same identity is replaced.
   *
   * @throws ParleyError `limitExceeded` when the room is full, `unavailable` without a worker, `conflict` see `assertNobodyOf`.
   */
  async join(options: PeerOptions): Promise<JoinedPeer> {
    this.#assertOpen();
    if (!options.admitted && !options.moved) this.conduct.assertOpenTo(options);
    const movedId = options.moved?.peerId ?? '';
    const replaced = peerOfIdentity(this.#peers.values(), options.identity);
    if (this.#peers.has(movedId)) throw conflict('this peer is here already');
    const former = this.elsewhere.peerOfIdentity(options.identity) ?? this.elsewhere.peers.get(movedId);
    assertNobodyOf(options, this.#peers.values(), this.elsewhere);
    const leaving = replaced || former ? 1 : 0;
    const maxPeers = Math.min(this.#limits.maxPeersPerRoom, this.#definition.maxPeers || Infinity);
    if (this.occupancy + this.elsewhere.peers.size - leaving >= maxPeers)
      throw limitExceeded(`the room is full: ${maxPeers} peers`);
    if (!replaced) {
      const { maxBitratePerRoom } = this.#limits;
      if (maxBitratePerRoom > 0 && this.media.routers.bitrate >= maxBitratePerRoom)
        throw limitExceeded('the room has no bandwidth left');
      this.#capacity.assertPeer();
    }
    const arrived = this.expect();
    const subchannel = this.#subchannels.take();
    const { elsewhere, logger } = this;
    const { bring, routers } = this.media;
    const peer = new Peer({ ...options, subchannel, limits: this.#limits, bring, elsewhere, logger });
    peer.once('closed', () => {
      this.#subchannels.give(subchannel);
      routers.leave(peer);
    });
    try {
      const media = await this.media.setUp(peer);
      this.#assertOpen();
      assertNobodyOf(options, this.#peers.values(), this.elsewhere);
      this.conduct.enter(peer, options);
      peerOfIdentity(this.#peers.values(), options.identity)?.close('replaced');
      // Its node closes it, once it hears of this one.
      const other = this.elsewhere.peerOfIdentity(options.identity);
      if (other && other.info.peerId !== peer.id) peer.joinedAfter(other.info.joinedAt);
      this.#add(peer);
      return { peer, media };
    } catch (error) {
      peer.close('left');
      throw error;
    } finally {
      arrived();
    }
  }

  /** Keeps it open for somebody on his way, who counts as if he were in; returns what ends that, to be called once. */
  expect(): () => void {
    return this.#vacancy.expect();
  }

  /** Subscribes a peer to producers of others. */
  async consume(peer: Peer, producerIds: readonly string[]): Promise<ConsumeAnswer> {
    return peer.consumers.consume(
      producerIds,
      (producerId) => this.tracks.publication(producerId),
      () => this.forwarding.decide(peer),
    );
  }

  /** Publishes a track. @throws ParleyError as `PeerProducers.produce`, and where a new one is one too many. */
  async produce(peer: Peer, options: ProduceOptions): Promise<ProducerInfo> {
    if (options.replaces === undefined) {
      if (this.producerOccupancy + this.elsewhere.producerCount >= this.#limits.maxProducersPerRoom) {
        throw limitExceeded(`a room may have ${this.#limits.maxProducersPerRoom} tracks`);
      }
      this.#capacity.assertProducer();
    }
    return peer.producers.produce(options);
  }

  /** Opens a peer's upstream for data. */
  async produceData(peer: Peer, ...args: Parameters<Peer['data']['produce']>): Promise<string> {
    const { upstream, reliable, router } = await peer.data.produce(...args);
    await this.data.listen(peer, upstream, reliable, router);
    return upstream.id;
  }

  /** @throws ParleyError `forbidden` when the peer may not send. */
  sendChat(peer: Peer, text: string, replyTo?: string): ChatMessage {
    this.conduct.assertMayWrite(peer);
    const message = this.chat.add({ peerId: peer.id, name: peer.name }, text, replyTo);
    this.emit('chat', message);
    return message;
  }

  /** @throws ParleyError `notFound`. */
  removePeer(peerId: string): void {
    const peer = this.#peers.get(peerId);
    if (!peer) throw notFound('no such peer');
    peer.close('removed');
  }

  /** Idempotent. Peers close, then the routers. */
  close(reason: RoomCloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#vacancy.close();
    for (const peer of [...this.#peers.values()]) peer.close(reason === 'empty' ? 'roomClosed' : reason);
    this.conduct.close();
    this.forwarding.close();
    this.media.close();
    this.logger.info({ reason }, 'room closed');
    this.emit('closed', reason);
  }

  #add(peer: Peer): void {
    this.#peers.set(peer.id, peer);
    this.#vacancy.look();
    peer.on('updated', () => {
      this.emit('peerUpdated', peer);
      this.conduct.look();
    });
    peer.producers.on('added', (producer, info) => {
      const track = this.tracks.add(peer, producer);
      if (info.kind === 'audio') this.speakers.observe(producer, track.router);
      this.forwarding.add(track);
      this.emit('producerAdded', info);
    });
    peer.producers.on('closed', (info, reason) => this.emit('producerClosed', info, reason));
    peer.producers.on('paused', (info) => this.emit('producerPaused', info));
    peer.producers.on('resumed', (info) => this.emit('producerResumed', info));
    this.forwarding.peerJoined(peer);
    peer.once('closed', (reason) => this.#remove(peer, reason));
    peer.logger.info({ name: peer.name, peers: this.#peers.size }, 'peer joined');
    this.emit('peerJoined', peer);
    this.conduct.look();
  }

  #remove(peer: Peer, reason: PeerCloseReason): void {
    this.#peers.delete(peer.id);
    this.speakers.peerLeft(peer.id);
    this.forwarding.peerLeft(peer);
    peer.logger.info({ reason, peers: this.#peers.size }, 'peer left');
    this.emit('peerLeft', peer, reason);
    this.conduct.left(peer, reason);
    this.#vacancy.look();
  }

  #assertOpen(): void {
    if (this.#closed) throw invalidState('the room is closed');
  }
}
