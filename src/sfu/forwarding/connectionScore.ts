import type { LinkFacts } from './PeerLink.ts';
import { soundScore } from './qualityScore.ts';

/** What a direction is worth at most that carries less than all video, or no video at all. */
const LESS_VIDEO = 3;
const NO_VIDEO = 1;

/** What is known of a peer's connection. */
export interface ConnectionFacts extends LinkFacts {
  isDisconnected: boolean;
  /** The publisher says that bandwidth keeps its encoders down. */
  isUpLimited: boolean;
  /** Some video that is wanted does not fit into the downlink. */
  isDownLimited: boolean;
  isAudioOnly: boolean;
}

/** How well a peer is connected, 0 to 5: the worse of its two directions, as speech would arrive on it. */
export function connectionScore(facts: ConnectionFacts): number {
  if (facts.isDisconnected) return 0;
  // To this server and back is what it takes to another peer who is near.
  const up = Math.min(soundScore(facts.up, facts.roundTrip), facts.isUpLimited ? LESS_VIDEO : 5);
  const limit = facts.isAudioOnly ? NO_VIDEO : facts.isDownLimited ? LESS_VIDEO : 5;
  return Math.round(Math.min(up, soundScore(facts.down, facts.roundTrip), limit) * 10) / 10;
}
