import type { Consumer, Producer } from 'mediasoup/types';
import type { ForwardingSettings, MediaKind, MediaSource, QualityCause } from '../../protocol/models.ts';
import { notFound } from '../../support/errors.ts';
import type { Peer } from '../Peer.ts';
import type { Room } from '../Room.ts';

/** Consumers asked for their statistics at the same time. */
const AT_A_TIME = 64;

/** How one producer arrives at one peer. */
export interface ReceivedTrackReport {
  producerId: string;
  peerId: string;
  kind: MediaKind;
  source: MediaSource;
  cause: QualityCause;
  score: number;
  /** What was decided; null where a subscription has no consumer for now. */
  decision: { forward: string; spatialLayer: number; temporalLayer: number; priority: number } | null;
  /** mediasoup's `currentLayers`; null where none are sent, or where there are none. */
  layers: { spatialLayer: number; temporalLayer?: number | undefined } | null;
  /** bps of its RTP stream, without retransmissions. */
  bitrate: number;
}

/** What a peer publishes. */
export interface SentTrackReport {
  producerId: string;
  kind: MediaKind;
  source: MediaSource;
  paused: boolean;
  codec: string;
  /** The highest spatial layer that its publisher was told to send; null for none, absent for sound. */
  demand?: number | null;
  /** What its publisher says that keeps its encoder down. */
  limitedBy: string;
  /** mediasoup's, 0 (does not arrive) to 10, lowest layer first. */
  scores: number[];
}

export interface PeerReport {
  peerId: string;
  name: string;
  identity?: string;
  /** The place in the pool of the media worker that it is on; null while that is replaced. */
  worker: number | null;
  audioOnly: boolean;
  connection: {
    /** 0 to 5. */
    score: number;
    /** Shares of packets, 0 to 1. */
    upLoss: number;
    downLoss: number;
    /** ms. */
    roundTrip: number;
    /** bps, by congestion control; null without any video. */
    availableOutgoingBitrate: number | null;
  };
  sending: SentTrackReport[];
  /** What it subscribes to and has, or should have, a consumer for. */
  receiving: ReceivedTrackReport[];
  /** Everything else that it subscribes to, counted by cause. */
  deferred: Partial<Record<QualityCause, number>>;
}

export interface ForwardingReport {
  room: string;
  settings: ForwardingSettings;
  videoCodec: string;
  /** Microphones, loudest places first come; `spare` is heard by those that have a place themselves. */
  loudest: { places: readonly string[]; spare: string | null };
  /**
   * Producers that are brought from one of the room's workers to another, and those of them that flow. RTP packets that
   * went into those that are open now, each counted since it opened, and bps.
   */
  pipes: { open: number; flowing: number; packets: number; bitrate: number };
  peers: PeerReport[];
}

/** What is forwarded in a room, and why. Measures bitrates, so it costs the room's worker a question a consumer. */
export async function forwardingReport(room: Room): Promise<ForwardingReport> {
  const { settings, videoCodec, microphones } = room.forwarding;
  const { places, spare = null } = microphones.facts();
  const peers: PeerReport[] = [];
  // One peer after another, so that a large room does not hold up its worker.
  for (const peer of [...room.peers.values()]) peers.push(await reportOf(room, peer));
  const loudest = { places, spare };
  return { room: room.name, settings, videoCodec, loudest, pipes: await pipesOf(room), peers };
}

/** How one peer is doing, by its id or its identity. @throws ParleyError `notFound`. */
export async function peerReport(room: Room, idOrIdentity: string): Promise<PeerReport> {
  const peer =
    room.peers.get(idOrIdentity) ??
    [...room.peers.values()].find(({ identity }) => identity === idOrIdentity);
  if (!peer) throw notFound('no such peer');
  return reportOf(room, peer);
}

async function reportOf(room: Room, peer: Peer): Promise<PeerReport> {
  const { links } = room.forwarding.quality;
  const { up, down, roundTrip, available } = links.of(peer);
  const consumers = [...peer.consumers.all].map(({ consumer }) => consumer);
  const sent = await sentBy(consumers.filter((consumer) => !consumer.paused));
  const receiving: ReceivedTrackReport[] = [];
  const deferred: PeerReport['deferred'] = {};
  for (const producerId of peer.consumers.subscriptions.producerIds) {
    const { cause, score } = peer.quality.get(producerId) ?? { cause: 'connecting', score: 0 };
    const info = room.tracks.publication(producerId)?.info;
    const decision = peer.consumers.decisions.get(producerId);
    const forwarded = peer.consumers.forwarded(producerId);
    if (!info) continue;
    if (!decision && !forwarded) {
      deferred[cause] = (deferred[cause] ?? 0) + 1;
      continue;
    }
    receiving.push({
      producerId,
      peerId: info.peerId,
      kind: info.kind,
      source: info.source,
      cause,
      score,
      decision: decision
        ? { forward: decision.forward, ...decision.layers, priority: decision.priority }
        : null,
      layers: forwarded?.consumer.currentLayers ?? null,
      bitrate: (forwarded && sent.get(forwarded.consumer)?.bitrate) ?? 0,
    });
  }
  return {
    peerId: peer.id,
    name: peer.name,
    ...(peer.identity === undefined ? {} : { identity: peer.identity }),
    worker: room.media.routers.workerIndex(peer) ?? null,
    audioOnly: peer.quality.isAudioOnly,
    connection: {
      score: room.forwarding.quality.connection(peer),
      upLoss: up,
      downLoss: down,
      roundTrip,
      availableOutgoingBitrate: available ?? null,
    },
    sending: peer.producers.list().flatMap(({ producerId, kind, source, paused }) => {
      const track = room.tracks.local(producerId);
      if (!track) return [];
      const demand = kind === 'video' ? { demand: room.forwarding.demand.told(producerId) } : {};
      return {
        producerId,
        kind,
        source,
        paused,
        codec: track.codec,
        ...demand,
        limitedBy: track.limitedBy,
        scores: scoresOf(track.producer),
      };
    }),
    receiving,
    deferred,
  };
}

const scoresOf = (producer: Producer): number[] =>
  [...producer.score].sort((a, b) => a.encodingIdx - b.encodingIdx).map(({ score }) => score);

async function pipesOf({ media: { pipes } }: Room): Promise<ForwardingReport['pipes']> {
  const sent = [...(await sentBy(pipes.senders)).values()];
  return {
    open: pipes.size,
    flowing: pipes.flowing,
    packets: sent.reduce((sum, { packets }) => sum + packets, 0),
    bitrate: sent.reduce((sum, { bitrate }) => sum + bitrate, 0),
  };
}

/** RTP packets that consumers sent so far, and the bps that they send now; those that close meanwhile are left out. */
async function sentBy(
  all: readonly Consumer[],
): Promise<Map<Consumer, { packets: number; bitrate: number }>> {
  const sent = new Map<Consumer, { packets: number; bitrate: number }>();
  for (let from = 0; from < all.length; from += AT_A_TIME) {
    await Promise.all(
      all.slice(from, from + AT_A_TIME).map(async (consumer) => {
        try {
          const streams = (await consumer.getStats()).filter(({ type }) => type === 'outbound-rtp');
          sent.set(consumer, {
            packets: streams.reduce((sum, { packetCount }) => sum + packetCount, 0),
            bitrate: streams.reduce((sum, { bitrate }) => sum + bitrate, 0),
          });
        } catch {
          // Closed meanwhile.
        }
      }),
    );
  }
  return sent;
}
