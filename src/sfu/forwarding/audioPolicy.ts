import { ALL_LAYERS, type Decision } from './decision.ts';

/**
 * Microphones for which a listener has a consumer, flowing or not. A silent one costs some 2.5 packets/s (Opus DTX) and
 * is heard from its first syllable on; every consumer more costs the worker time with every packet of its producer.
 */
export const KEPT_MICROPHONES = 16;

/** The sound of a room as one listener may get it. */
export interface AudioFacts {
  /** Whether all microphones are forwarded. */
  all: boolean;
  /** Those with a place among the loudest. */
  places: readonly string[];
  /** Instead of the listener's own, where that has a place. */
  spare: string | undefined;
  /** All microphones, muted ones last, those that were chosen or opened last first. */
  microphones: readonly string[];
  /** Sound of shared screens and the like. */
  others: readonly string[];
  isMuted: (producerId: string) => boolean;
  /** Whether it sends without pauses. */
  isSending: (producerId: string) => boolean;
}

/** What one listener asked for. */
export interface Listener {
  isWanted: (producerId: string) => boolean;
  /** Microphones, and other things that do not matter here. */
  pinned: ReadonlySet<string>;
  /** Its own microphone. */
  own: string | undefined;
}

// mediasoup sends nothing of a paused producer, so its consumers need not be paused as well.
const MUTED: Decision = { forward: 'send', layers: ALL_LAYERS, priority: 255, cause: 'mutedBySender' };
const HEARD: Decision = { forward: 'send', layers: ALL_LAYERS, priority: 255, cause: 'fine' };
const TOO_MANY: Decision = { forward: 'ready', layers: ALL_LAYERS, priority: 255, cause: 'notAmongLoudest' };

/**
 * What a listener hears: the loudest microphones, those that it pinned, and those that are silent.
 *
 * Silent ones stay open because nothing brings an onset faster than a stream that flows already; only when more than
 * the loudest send at once are the others paused.
 */
export function forwardAudio(facts: AudioFacts, listener: Listener): Map<string, Decision> {
  const decisions = new Map<string, Decision>();
  const decide = (id: string, decision: Decision): void => {
    decisions.set(id, facts.isMuted(id) ? MUTED : decision);
  };
  for (const id of facts.others) if (listener.isWanted(id)) decide(id, HEARD);
  if (facts.all) {
    for (const id of facts.microphones) if (listener.isWanted(id)) decide(id, HEARD);
    return decisions;
  }
  const loudest = new Set(facts.places);
  if (listener.own !== undefined && loudest.has(listener.own) && facts.spare !== undefined) {
    loudest.add(facts.spare);
  }
  for (const id of loudest) if (listener.isWanted(id)) decide(id, HEARD);
  let kept = decisions.size;
  for (const id of listener.pinned) {
    if (listener.isWanted(id) && facts.microphones.includes(id)) decide(id, HEARD);
  }
  for (const id of facts.microphones) {
    if (kept >= KEPT_MICROPHONES) break;
    if (decisions.has(id) || !listener.isWanted(id)) continue;
    decide(id, facts.isSending(id) ? TOO_MANY : HEARD);
    kept += 1;
  }
  return decisions;
}
