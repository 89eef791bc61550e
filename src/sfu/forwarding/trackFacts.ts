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
  const sent = sentLayers(producer);
  return {
    kind: producer.kind,
    policy: policyOf(peer, producer, decision, forwarded),
    isConnecting: isForwarded && forwarded?.isReady !== true,
    isMuted: producer.paused,
    isOverloaded: context.isOverloaded,
    isSent: sent.length > 0,
    layers: forwarded && layersOf(forwarded, owner.producers.picture(producer.id), sent, context),
    limitedBy: owner.quality.reports.limitedBy(producer.id),
    senderLoss: ownerLink.up,
    // Rooms live on one server, whose workers repair what they lose of one another.
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
  { scales }: Picture,
  arriving: readonly number[],
  context: TrackContext,
): LayerFacts | undefined {
  const { consumer } = forwarded;
  if (!hasLayers(consumer)) return undefined;
  const top = scales.length - 1;
  // Less than the demand is preferred as long as a new consumer starts small.
  const { preferredLayers: preferred, currentLayers: layers } = consumer;
  const wanted = Math.min(forwarded.demand, preferred?.spatialLayer ?? 0, top);
  const current = layers?.spatialLayer ?? -1;
  const sent = highestSent(arriving, wanted, current, context);
  const frames = Math.min(preferred?.temporalLayer ?? 0, context.topTemporal);
  const currentFrames = layers?.temporalLayer ?? 0;
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

/** Encodings of which packets arrive, by their index. */
export function sentLayers(producer: Producer): number[] {
  return producer.score.filter(({ score }) => score > 0).map(({ encodingIdx }) => encodingIdx);
}

function highestSent(
  arriving: readonly number[],
  wanted: number,
  current: number,
  { owner, producer }: TrackContext,
): number {
  if (producer.type === 'simulcast') return Math.max(-1, ...arriving.filter((layer) => layer <= wanted));
  if (arriving.length === 0) return -1;
  // All layers of SVC are one stream, so that only its publisher knows what is missing.
  const isLimited = ['cpu', 'bandwidth'].includes(owner.quality.reports.limitedBy(producer.id));
  return isLimited ? Math.max(current, 0) : wanted;
}

/** mediasoup makes a copy of all parameters for who asks. */
const codecs = new WeakMap<Producer, string>();

/** Its mime type. */
export function codecOf(producer: Producer): string {
  const codec = codecs.get(producer) ?? producer.rtpParameters.codecs[0]?.mimeType ?? '';
  codecs.set(producer, codec);
  return codec;
}

function isFallback(producer: Producer, favourite: string | undefined): boolean {
  if (producer.kind !== 'video' || favourite === undefined) return false;
  return codecOf(producer).toLowerCase() !== favourite.toLowerCase();
}
