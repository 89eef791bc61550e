import type { Consumer, Producer } from 'mediasoup/types';
import type { Peer } from '../Peer.ts';
import type { Decision } from './decision.ts';
import type { ForwardedConsumer } from './ForwardedConsumer.ts';
import type { LinkFacts } from './PeerLink.ts';
import type { LayerFacts, TrackFacts } from './quality.ts';
import type { Picture } from './tileLayers.ts';

/** What of a room bears on the quality of one producer for one peer. */
export interface TrackContext {
  peer: Peer;
  owner: Peer;
  producer: Producer;
  /** How the packets of both travel. */
  link: LinkFacts;
  ownerLink: LinkFacts;
  isOverloaded: boolean;
  /** The video codec that the room would like best. */
  favouriteCodec: string | undefined;
  /** The highest temporal layer that anybody got of it; encoders need not have as many as they may. */
  topTemporal: number;
}

/** Reads what the pure function wants to know. */
export function trackFacts(context: TrackContext): TrackFacts {
  const { peer, owner, producer, link, ownerLink } = context;
  const decision = peer.consumers.decisions.get(producer.id);
  const forwarded = peer.consumers.forwarded(producer.id);
  const isForwarded = decision?.forward === 'send';
  return {
    kind: producer.kind,
    policy: policyOf(peer, producer, decision, forwarded),
    isConnecting: isForwarded && forwarded?.isReady !== true,
    isMuted: producer.paused,
    isOverloaded: context.isOverloaded,
    isSent: producer.score.some(({ score }) => score > 0),
    layers: forwarded && layersOf(forwarded, producer, owner.producers.picture(producer.id), context),
    limitedBy: owner.quality.reports.limitedBy(producer.id),
    senderLoss: ownerLink.up,
    // Rooms live on one server.
    relayLoss: 0,
    receiverLoss: link.down,
    isReceiverCpuLimited: peer.quality.reports.isCpuLimited(producer.id),
    isFallbackCodec: isFallback(producer, context.favouriteCodec),
    delay: (link.roundTrip + ownerLink.roundTrip) / 2,
  };
}

function policyOf(
  peer: Peer,
  { kind }: Producer,
  decision: Decision | undefined,
  forwarded: ForwardedConsumer | undefined,
): Decision['cause'] {
  if (!decision || decision.forward === 'none') {
    if (kind === 'audio') return 'notAmongLoudest';
    return peer.views.visible === undefined ? 'notInLastN' : 'notVisible';
  }
  // The peer paused it itself: it does not want to see it.
  if (decision.forward === 'send' && forwarded?.isReady === true && !forwarded.isWanted) return 'notVisible';
  return decision.cause;
}

function layersOf(
  forwarded: ForwardedConsumer,
  producer: Producer,
  { scales }: Picture,
  context: TrackContext,
): LayerFacts | undefined {
  const { consumer } = forwarded;
  if (!hasLayers(consumer)) return undefined;
  const top = scales.length - 1;
  // Less than the demand is preferred as long as a new consumer starts small.
  const preferred = consumer.preferredLayers?.spatialLayer ?? 0;
  const wanted = Math.min(forwarded.demand, preferred, top);
  const current = consumer.currentLayers?.spatialLayer ?? -1;
  const sent = highestSent(producer, wanted, current, context);
  const frames = Math.min(consumer.preferredLayers?.temporalLayer ?? 0, context.topTemporal);
  const currentFrames = consumer.currentLayers?.temporalLayer ?? 0;
  return {
    wanted,
    current,
    sent,
    isTop: wanted === top,
    scale: current < 0 ? Infinity : (scales[current] ?? 1) / (scales[wanted] ?? 1),
    framesLacking: current < 0 ? 0 : Math.max(0, frames - currentFrames),
  };
}

export const hasLayers = ({ type }: Consumer): boolean => type === 'simulcast' || type === 'svc';

function highestSent(producer: Producer, wanted: number, current: number, context: TrackContext): number {
  if (producer.type === 'simulcast') {
    const active = producer.score.filter(({ score }) => score > 0).map(({ encodingIdx }) => encodingIdx);
    return Math.max(-1, ...active.filter((layer) => layer <= wanted));
  }
  // All layers of SVC are one stream, so that only its publisher knows what is missing.
  const isLimited = ['cpu', 'bandwidth'].includes(context.owner.quality.reports.limitedBy(producer.id));
  const isSent = producer.score.some(({ score }) => score > 0);
  if (!isSent) return -1;
  return isLimited ? Math.max(current, 0) : wanted;
}

function isFallback(producer: Producer, favourite: string | undefined): boolean {
  if (producer.kind !== 'video' || favourite === undefined) return false;
  return producer.rtpParameters.codecs[0]?.mimeType.toLowerCase() !== favourite.toLowerCase();
}
