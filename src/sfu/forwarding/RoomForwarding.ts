import type { ForwardingSettings, MediaKind, VideoCodec, View } from '../../protocol/models.ts';
import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { LocalTrack } from '../LocalTrack.ts';
import type { Peer } from '../Peer.ts';
import type { RemoteTrack } from '../RemoteTrack.ts';
import type { RoomElsewhere } from '../RoomElsewhere.ts';
import type { RoomSpeakers } from '../RoomSpeakers.ts';
import type { RoomTracks } from '../RoomTracks.ts';
import type { TrackProducer } from '../Track.ts';
import { forwardAudio } from './audioPolicy.ts';
import type { Decision } from './decision.ts';
import type { Decisions } from './Decisions.ts';
import { forwardVideo, type VideoFacts } from './videoPolicy.ts';
import { NO_PICTURE } from './picture.ts';
import { RoomDemand } from './RoomDemand.ts';
import { RoomMicrophones } from './RoomMicrophones.ts';
import { RoomQuality } from './RoomQuality.ts';
import { RoomVideoCodec } from './RoomVideoCodec.ts';
import { VideoOrder } from './VideoOrder.ts';

/**
 * ms for which a consumer that is not needed is kept, in case that it is needed again: a voice for longer, because who
 * spoke is likely to speak again, and it costs the worker less to pass over 100 packets than to make a consumer.
 */
const KEPT_FOR = { audio: 120_000, video: 30_000 };
/** Peers decided for in one turn of the event loop, which others wait for meanwhile. */
const PER_LOOP = 16;
/** ms between two looks for such consumers. */
const SWEEP = 10_000;

/** What may be different for a peer, in bits: what it needs of the videos, what it hears, what it sees. */
const NEEDS = 1;
const SOUND = 2;
const VIDEO = 4;

export interface RoomForwardingParts {
  peers: () => Iterable<Peer>;
  tracks: RoomTracks;
  elsewhere: RoomElsewhere;
  speakers: RoomSpeakers;
  settings: ForwardingSettings;
  /** Whether a peer's media worker or control plane have no time left. */
  isOverloaded: (peer: Peer) => boolean;
  logger: Logger;
}

interface RoomForwardingEvents {
  /** The settings, or the video codec, are different now. */
  configured: [];
}

/**
 * Applies what the policies decide: the one place where facts about a room lead to consumers that flow, wait or go, and
 * to publishers that hear what is needed of them.
 *
 * Facts only mark the peers that they concern; for these the whole difference is decided once per turn.
 */
export class RoomForwarding extends TypedEmitter<RoomForwardingEvents> {
  readonly quality: RoomQuality;
  readonly #peers: () => Iterable<Peer>;
  readonly #logger: Logger;
  /** Which of them are the loudest. */
  readonly microphones: RoomMicrophones;
  readonly #videos = new VideoOrder();
  /** What is needed of each video. */
  readonly demand: RoomDemand;
  readonly #tracks: RoomTracks;
  #settings: ForwardingSettings;
  /** Chooses what to publish videos with. */
  readonly codec: RoomVideoCodec;
  /** Peers for which to decide anew, and what. */
  readonly #marked = new Map<Peer, number>();
  #scheduled: NodeJS.Immediate | undefined;
  readonly #sweeping: NodeJS.Timeout;
  #closed = false;

  constructor(parts: RoomForwardingParts) {
    super();
    const { peers, tracks, elsewhere, speakers, settings, isOverloaded, logger } = parts;
    this.#peers = peers;
    this.#tracks = tracks;
    this.#logger = logger;
    this.#settings = settings;
    this.codec = new RoomVideoCodec(peers, elsewhere, settings.videoCodecs);
    this.codec.on('changed', () => this.emit('configured'));
    elsewhere.on('decodersChanged', () => this.codec.look());
    this.microphones = new RoomMicrophones(settings.loudest, () => speakers.dominantPeerId);
    this.microphones.on('changed', () => {
      for (const peer of this.#peers()) this.#mark(peer, SOUND);
    });
    this.demand = new RoomDemand(settings.dynacast);
    this.quality = new RoomQuality({ peers, tracks, settings: () => this.#settings, isOverloaded, logger });
    speakers.on('changed', (what) => {
      if (what === 'floor') this.spoke(speakers.dominantPeerId);
    });
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP).unref();
  }

  get settings(): ForwardingSettings {
    return this.#settings;
  }

  /** The video codec to publish with: one that everybody decodes. */
  get videoCodec(): VideoCodec {
    return this.codec.chosen;
  }

  /** What is absent stays. */
  configure(change: Partial<ForwardingSettings>): void {
    this.#settings = { ...this.#settings, ...change };
    this.microphones.loudest = this.#settings.loudest;
    this.demand.enabled = this.#settings.dynacast;
    for (const peer of this.#peers()) {
      this.#bound(peer);
      this.touch(peer);
    }
    const former = this.videoCodec;
    this.codec.prefer(this.#settings.videoCodecs);
    this.quality.configured();
    // Another codec has told so.
    if (former === this.videoCodec) this.emit('configured');
  }

  add(track: LocalTrack | RemoteTrack): void {
    const { ownerId, publication } = track;
    const producer: TrackProducer = track.producer;
    const { id } = producer;
    const { source, replaces } = publication?.info ?? {};
    // Whoever looks at what it replaces looks at this one, and says so later.
    for (const peer of this.#peers()) peer.views.inherit(replaces, id);
    if (producer.kind === 'audio') {
      const router = typeof publication?.home === 'string' ? undefined : publication?.home;
      this.microphones.add(producer, router, ownerId, source === 'microphone');
    } else {
      this.#videos.add(id, ownerId, source === 'screen');
      const top = track.picture.scales.length - 1;
      // Another node only knows that something is needed here when it is told.
      this.demand.add(id, top, (layer) => track.tellDemand(layer), track.owner ? top : -1);
    }
    producer.observer.once('close', () => this.#remove(id));
    producer.observer.on('pause', () => this.touchReceivers(producer));
    producer.observer.on('resume', () => this.touchReceivers(producer));
    this.quality.add(track);
    if (track.owner) this.touch(track.owner);
  }

  peerJoined(peer: Peer): void {
    this.#bound(peer);
    peer.consumers.on('subscribed', (producerIds) => {
      this.quality.changed(peer, producerIds);
      this.touch(peer);
    });
    peer.consumers.on('changed', (producerIds) => {
      this.quality.changed(peer, producerIds);
      const isVideo = producerIds.some(
        (producerId) => this.#tracks.get(producerId)?.producer.kind === 'video',
      );
      this.#mark(peer, isVideo ? NEEDS : 0);
    });
    peer.consumers.capabilities.on('changed', () => this.codec.look());
  }

  peerLeft(peer: Peer): void {
    this.#marked.delete(peer);
    this.#videos.peerLeft(peer.id);
    this.demand.left(peer);
    this.codec.look();
    this.quality.peerLeft(peer);
    this.#schedule();
  }

  /** A peer of another node left. */
  remotePeerLeft(peerId: string): void {
    this.#videos.peerLeft(peerId);
    this.quality.remotePeerLeft(peerId);
  }

  /** A peer says what it looks at and listens to. */
  setViews(peer: Peer, views: readonly View[]): void {
    peer.views.set(views, (producerId): MediaKind | undefined => this.#tracks.get(producerId)?.producer.kind);
    this.touch(peer);
  }

  /** Somebody took the floor. */
  spoke(peerId: string | null): void {
    if (!this.#videos.spoke(peerId)) return;
    // The others say what they look at.
    for (const peer of this.#peers()) if (peer.views.visible === undefined) this.#mark(peer, VIDEO);
  }

  /** What should be forwarded to a peer of what it subscribes to; everything else should not. */
  decide(peer: Peer, what = SOUND | VIDEO): Decisions {
    return peer.consumers.decisions.next(
      what & SOUND ? this.#decideAudio(peer) : undefined,
      what & VIDEO ? this.#decideVideo(peer) : undefined,
    );
  }

  /** Decides anew for one peer. */
  touch(peer: Peer): void {
    this.#mark(peer, NEEDS | SOUND | VIDEO);
  }

  /** Something is different about a producer: a microphone that opens may be heard by everybody. */
  touchReceivers({ id, kind }: Pick<TrackProducer, 'id' | 'kind'>): void {
    for (const peer of this.#peers())
      if (kind === 'audio') this.#mark(peer, SOUND);
      else if (peer.consumers.decisions.has(id)) this.#mark(peer, VIDEO);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#scheduled);
    clearInterval(this.#sweeping);
    this.microphones.close();
    this.demand.close();
    this.quality.close();
  }

  #bound({ transports }: Peer): void {
    transports.maxOutgoingBitrate = this.#settings.maxOutgoingBitrate;
  }

  #remove(producerId: string): void {
    this.microphones.remove(producerId);
    this.#videos.remove(producerId);
    this.demand.remove(producerId);
    for (const peer of this.#peers()) {
      if (peer.consumers.decisions.has(producerId)) this.touch(peer);
      peer.consumers.forget(producerId);
      peer.views.forget(producerId);
      peer.quality.forget(producerId);
    }
  }

  #schedule(): void {
    if (!this.#closed) this.#scheduled ??= setImmediate(() => this.#apply());
  }

  #mark(peer: Peer, what: number): void {
    if (what !== 0) this.#marked.set(peer, (this.#marked.get(peer) ?? 0) | what);
    this.#schedule();
  }

  #apply(): void {
    this.#scheduled = undefined;
    let decided = 0;
    for (const [peer, what] of this.#marked) {
      if (decided++ >= PER_LOOP) break;
      this.#marked.delete(peer);
      if (peer.closed) continue;
      try {
        if (what & (SOUND | VIDEO)) peer.consumers.apply(this.decide(peer, what));
        if (what & NEEDS) this.demand.update(peer);
      } catch (error) {
        // Forwarding stays as it was.
        this.#logger.error({ error, peer: peer.id }, 'deciding what to forward failed');
      }
    }
    if (this.#marked.size > 0) this.#schedule();
    this.quality.touch();
  }

  #decideAudio(peer: Peer): ReadonlyMap<string, Decision> {
    return forwardAudio(this.microphones.facts(), {
      isWanted: (producerId) => peer.consumers.subscriptions.has(producerId),
      pinned: peer.views.pinned,
      own: this.microphones.of(peer.id),
    });
  }

  #decideVideo(peer: Peer): ReadonlyMap<string, Decision> {
    return forwardVideo(this.#videoFacts(), {
      isWanted: (producerId) => peer.consumers.subscriptions.has(producerId),
      views: peer.views.visible,
      isTold: (producerId) => peer.views.isTold(producerId),
      currentLayer: (producerId) => peer.consumers.forwarded(producerId)?.decision.layers.spatialLayer,
    });
  }

  #videoFacts(): VideoFacts {
    return {
      videos: this.#videos.all,
      lastN: this.#settings.lastN,
      picture: (producerId) => this.#tracks.get(producerId)?.picture ?? NO_PICTURE,
      isScreen: (producerId) => this.#videos.isScreen(producerId),
      isPaused: (producerId) => this.#tracks.get(producerId)?.producer.paused ?? true,
    };
  }

  #sweep(): void {
    for (const peer of this.#peers()) peer.consumers.closeNotNeeded(KEPT_FOR);
  }
}
