import type { RoomSettings } from '../../src/protocol/conduct.ts';
import type { ConductEvents } from './conductTypes.ts';
import type { PeerState, RoomState } from './publicTypes.ts';

type ConductChange = {
  [E in keyof ConductEvents]: readonly [event: E, ...args: ConductEvents[E]];
}[keyof ConductEvents];

/** The events that lead from one state to the next, of who does what. */
export function conductChanges(previous: RoomState, next: RoomState): ConductChange[] {
  const changes: ConductChange[] = [];
  if (previous.role !== next.role) changes.push(['roleChanged', next.role]);
  if (placesOf(previous.hands) !== placesOf(next.hands)) changes.push(['handsChanged', next.hands]);
  if (placesOf(previous.spotlight) !== placesOf(next.spotlight))
    changes.push(['spotlightChanged', next.spotlight]);
  if (previous.settings !== next.settings && !sameSettings(previous.settings, next.settings))
    changes.push(['settingsChanged', next.settings]);
  if (knocksOf(previous) !== knocksOf(next)) changes.push(['waitingChanged', next.waiting]);
  return changes;
}

const knocksOf = ({ waiting }: RoomState): string => waiting.map(({ knockId }) => knockId).join();

/** A peer is another object whenever anything of it changes. */
const placesOf = (peers: readonly PeerState[]): string =>
  peers.map(({ peerId, handRaisedAt }) => `${peerId} ${handRaisedAt ?? ''}`).join();

function sameSettings(one: RoomSettings, other: RoomSettings): boolean {
  return (Object.keys(other) as (keyof RoomSettings)[]).every((name) => one[name] === other[name]);
}
