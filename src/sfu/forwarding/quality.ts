import type { MediaKind, QualityCause, SenderLimit } from '../../protocol/models.ts';
import type { Decision } from './decision.ts';
import { pictureScore, soundScore } from './qualityScore.ts';

/**
 * Share of packets whose loss is the cause of what is seen and heard. At 4 % the E-model falls below "satisfied" (ITU-T
 * G.109); up to 2 % of loss do not keep congestion control from growing (draft-ietf-rmcat-gcc-02 section 6).
 */
export const LOSSY = 0.03;

/** Spatial layers of a picture. */
export interface LayerFacts {
  /** The highest that is worth sending. */
  wanted: number;
  /** The one that is sent to the peer; -1 for none. */
  current: number;
  /** The highest up to the wanted one that its publisher sends; -1 for none. */
  sent: number;
  /** Whether the wanted one is the highest there is, which shows what its encoder lacks. */
  isTop: boolean;
  /** By how much lower the current one is than the wanted one. */
  scale: number;
  /** Temporal layers that it lacks, of those that the publisher sends. */
  framesLacking: number;
}

/** All that is known of one producer for one peer. */
export interface TrackFacts {
  kind: MediaKind;
  policy: Decision['cause'];
  /** It should flow, and the peer has not built its side. */
  isConnecting: boolean;
  isMuted: boolean;
  isOverloaded: boolean;
  /** Whether any stream of the publisher arrives. */
  isSent: boolean;
  /** undefined for what has no layers. */
  layers: LayerFacts | undefined;
  /** What the publisher says that keeps its encoder down. */
  limitedBy: SenderLimit;
  /** Shares of packets, 0 to 1: from the publisher, between servers, to the peer. */
  senderLoss: number;
  relayLoss: number;
  receiverLoss: number;
  /** Its link may carry less than all of its videos take at most, by congestion control. */
  isLinkShort: boolean;
  /** Its link loses packets all the time, however little it has to carry. */
  isLinkLossy: boolean;
  /** The peer says that it cannot decode all that arrives. */
  isReceiverCpuLimited: boolean;
  /** The room would rather use another codec. */
  isFallbackCodec: boolean;
  /** From one peer to the other, ms. */
  delay: number;
}

export interface Quality {
  cause: QualityCause;
  /** 0 to 5. */
  score: number;
}

const isLacking = ({ layers }: TrackFacts): boolean =>
  layers !== undefined && (layers.current < layers.wanted || layers.framesLacking > 0);

/**
 * mediasoup falls to a lower layer for want of bandwidth, and also when the one above does not arrive, or not so whole that
 * there is a keyframe of it: a link that has room for all is not to blame.
 */
const isHeldBack = ({ layers, isLinkShort }: TrackFacts): boolean =>
  isLinkShort && layers !== undefined && (layers.current < layers.sent || layers.framesLacking > 0);

const isNotSent = ({ layers, isSent }: TrackFacts): boolean =>
  !isSent || (layers !== undefined && Math.min(layers.sent, layers.current) < layers.wanted);

/** The encoder's limits show where all that it has was wanted. */
const isLimited = (facts: TrackFacts): boolean =>
  isNotSent(facts) || facts.layers === undefined || facts.layers.isTop;

/**
 * The causes in their order: the first that holds is the one that is told.
 *
 * | cause | holds when |
 * | --- | --- |
 * | `connecting` | it should flow, but the peer has not built its side |
 * | `mutedBySender` | its publisher paused it |
 * | `notVisible`, `notInLastN`, `notAmongLoudest` | the policies decided that nothing flows |
 * | `serverOverload` | the media worker or the control plane has no time left |
 * | `receiverLoss` | the same as the next, where it loses packets all the time, which is why it is taken to be narrow |
 * | `receiverBandwidth` | a layer that arrives here is not sent on, and the downlink may be too narrow for it |
 * | `senderCpu`, `senderBandwidth` | what is wanted does not arrive here, or not in full, and the publisher says why |
 * | `layerNotSent` | what is wanted does not arrive here, and nobody says why |
 * | `senderLoss` | packets are lost before this server |
 * | `relayLoss` | packets are lost between servers |
 * | `receiverLoss` | packets are lost behind this server |
 * | `receiverCpu` | the peer says that it cannot decode all |
 * | `codecFallback` | the room's favourite codec is not used |
 * | `tileIsSmall` | a lower layer is all that its tile shows |
 * | `fine` | otherwise |
 */
const CAUSES: readonly (readonly [QualityCause, (facts: TrackFacts) => boolean])[] = [
  ['connecting', ({ isConnecting }) => isConnecting],
  ['mutedBySender', ({ isMuted }) => isMuted],
  ['notVisible', ({ policy }) => policy === 'notVisible'],
  ['notInLastN', ({ policy }) => policy === 'notInLastN'],
  ['notAmongLoudest', ({ policy }) => policy === 'notAmongLoudest'],
  ['serverOverload', ({ isOverloaded }) => isOverloaded],
  ['receiverLoss', (facts) => facts.isLinkLossy && facts.receiverLoss >= LOSSY && isHeldBack(facts)],
  ['receiverBandwidth', isHeldBack],
  ['senderCpu', (facts) => facts.limitedBy === 'cpu' && isLimited(facts)],
  ['senderBandwidth', (facts) => facts.limitedBy === 'bandwidth' && isLimited(facts)],
  ['layerNotSent', isNotSent],
  ['senderLoss', ({ senderLoss }) => senderLoss >= LOSSY],
  ['relayLoss', ({ relayLoss }) => relayLoss >= LOSSY],
  ['receiverLoss', ({ receiverLoss }) => receiverLoss >= LOSSY],
  ['receiverCpu', ({ isReceiverCpuLimited }) => isReceiverCpuLimited],
  ['codecFallback', ({ isFallbackCodec }) => isFallbackCodec],
  ['tileIsSmall', ({ policy }) => policy === 'tileIsSmall'],
];

/** Causes that are decided, not measured: they hold from the moment in which they do. */
const DECIDED: ReadonlySet<QualityCause> = new Set([
  'connecting',
  'mutedBySender',
  'notVisible',
  'notInLastN',
  'notAmongLoudest',
]);

/** Whether nothing flows, by somebody's decision. */
export const isDecided = (cause: QualityCause): boolean => DECIDED.has(cause);

/** Whether it comes from layers, which take a keyframe to change. */
export const isOfLayers = (cause: QualityCause): boolean =>
  cause === 'receiverBandwidth' || cause === 'layerNotSent';

/** Why a track arrives as it does, and how well. */
export function qualityOf(facts: TrackFacts): Quality {
  const cause = CAUSES.find(([, holds]) => holds(facts))?.[0] ?? 'fine';
  return { cause, score: isDecided(cause) ? 0 : scoreOf(facts) };
}

function scoreOf(facts: TrackFacts): number {
  const { kind, layers, isSent, senderLoss, relayLoss, receiverLoss, delay } = facts;
  if (!isSent) return 0;
  const loss = 1 - (1 - senderLoss) * (1 - relayLoss) * (1 - receiverLoss);
  if (kind === 'audio') return soundScore(loss, delay);
  if (layers?.current === -1) return 0;
  return pictureScore(isLacking(facts) ? (layers?.scale ?? 1) : 1, layers?.framesLacking ?? 0, loss);
}
