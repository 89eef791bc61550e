import type { Consumer } from 'mediasoup/types';
import type { Peer } from '../Peer.ts';
import type { SenderLink, Track } from '../Track.ts';
import type { Decision } from './decision.ts';
import type { ForwardedConsumer } from './ForwardedConsumer.ts';
import type { LinkFacts } from './PeerLink.ts';
import type { LayerFacts, TrackFacts } from './quality.ts';

/** What of a room bears on the quality of one producer for one peer. */
export interface TrackContext {
  peer: Peer;
  track: Track;
  /** How the packets of both travel. */
  link: LinkFacts;
  senderLink: SenderLink;
  isOverloaded: boolean;
  /** The video codec that the room would like best. */
  favouriteCodec: string | undefined;
  /** The highest temporal layer that anybody got of it; encoders need not have as many as they may. */
  topTemporal: number;
}

/** Reads what the pure function wants to know. */
export function trackFacts(context: TrackContext): TrackFacts {
  const { peer, track, link, senderLink } = context;
  const { producer, sent } = track;
  const decision = peer.consumers.decisions.get(producer.id);
  const forwarded = peer.consumers.forwarded(producer.id);
  const isForwarded = decision?.forward === 'send';
  const layers = forwarded && layersOf(forwarded, context);
  return {
    kind: producer.kind,
    policy: policyOf(peer, producer, decision, forwarded),
    isConnecting: isForwarded && forwarded?.isReady !== true,
    isMuted: producer.paused,
    isOverloaded: context.isOverloaded,
    isSent: sent.length > 0,
    layers,
    limitedBy: track.limitedBy,
    senderLoss: senderLink.up,
    // Workers and nodes repair what they lose of one another.
    relayLoss: 0,
    receiverLoss: forwarded?.isMissing === true ? 1 : link.down,
    isLinkShort:
      peer.transports.downlink?.isSoundOnly === true ||
      isShort(peer, link.available, producer.id, layers?.sent),
    isLinkLossy: peer.transports.downlink?.isLossy ?? false,
    isReceiverCpuLimited: peer.quality.reports.isCpuLimited(producer.id),
    isFallbackCodec: isFallback(track, context.favouriteCodec),
    delay: (link.roundTrip + senderLink.roundTrip) / 2,
  };
}

function policyOf(
  peer: Peer,
  { kind }: Track['producer'],
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

function layersOf(forwarded: ForwardedConsumer, context: TrackContext): LayerFacts | undefined {
  const { consumer } = forwarded;
  if (!hasLayers(consumer)) return undefined;
  const { scales } = context.track.picture;
  const top = scales.length - 1;
  // Less than the demand is preferred as long as a new consumer starts small.
  const { currentLayers: layers } = consumer;
  const preferred = forwarded.asked;
  const wanted = Math.min(forwarded.demand, preferred?.spatialLayer ?? 0, top);
  const current = layers?.spatialLayer ?? -1;
  const sent = highestSent(context.track, wanted, current);
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

/**
 * Whether a link may carry less than its videos take at most in the layers that are wanted.
 *
 * @param sent The highest layer that arrives of one of them: what its publisher does not send takes no room.
 */
function isShort(
  { consumers }: Peer,
  available: number | undefined,
  producerId: string,
  sent = Infinity,
): boolean {
  if (available === undefined) return true;
  let most = 0;
  for (const { consumer, demand, bitrates } of consumers.videos) {
    if (demand < 0 || consumer.producerPaused) continue;
    most += bitrates.of(consumer.producerId === producerId ? Math.min(demand, sent) : demand);
    if (most > available) return true;
  }
  return false;
}

export const hasLayers = ({ type }: Consumer): boolean => type === 'simulcast' || type === 'svc';

function highestSent({ producer, sent, limitedBy }: Track, wanted: number, current: number): number {
  if (producer.type === 'simulcast') return Math.max(-1, ...sent.filter((layer) => layer <= wanted));
  if (sent.length === 0) return -1;
  // All layers of SVC are one stream, so that only its publisher knows what is missing.
  const isLimited = ['cpu', 'bandwidth'].includes(limitedBy);
  return isLimited ? Math.max(current, 0) : wanted;
}

function isFallback({ producer, codec }: Track, favourite: string | undefined): boolean {
  if (producer.kind !== 'video' || favourite === undefined || codec === '') return false;
  return codec.toLowerCase() !== favourite.toLowerCase();
}
