import { DEFAULT_SETTINGS, type Standing } from '../../src/protocol/conduct.ts';
import type { ChatMessage, RoomSnapshot } from '../../src/protocol/models.ts';
import type { ConductState, PeerStandingState } from './conductTypes.ts';
import type { PeerState, RoomState } from './publicTypes.ts';

/** Chat messages that a client keeps; older ones go. */
export const MAX_CHAT_KEPT = 1000;

/** Of a room that nobody is in yet. */
export const INITIAL_CONDUCT: ConductState = {
  role: 'viewer',
  hands: [],
  spotlight: [],
  settings: DEFAULT_SETTINGS,
  waiting: [],
};

export function toStanding({ role, handRaisedAt, spotlightAt }: Standing): PeerStandingState {
  return {
    role: role ?? 'speaker',
    ...(handRaisedAt === undefined ? {} : { handRaisedAt }),
    ...(spotlightAt === undefined ? {} : { spotlightAt }),
  };
}

export function sameStanding(one: Standing, other: Standing): boolean {
  const [a, b] = [toStanding(one), toStanding(other)];
  return a.role === b.role && a.handRaisedAt === b.handRaisedAt && a.spotlightAt === b.spotlightAt;
}

/** What a snapshot says besides the peers. */
export function conductOf({ settings, waiting }: RoomSnapshot): Pick<ConductState, 'settings' | 'waiting'> {
  return { settings: settings ?? DEFAULT_SETTINGS, waiting: waiting ?? [] };
}

/** The view with what follows from its peers; lists that are the same stay the same object. */
export function withConduct(view: RoomState): RoomState {
  const hands = view.peers.filter(({ handRaisedAt }) => handRaisedAt !== undefined);
  hands.sort((a, b) => (a.handRaisedAt ?? 0) - (b.handRaisedAt ?? 0));
  const spotlight = view.peers.filter(({ spotlightAt }) => spotlightAt !== undefined);
  spotlight.sort((a, b) => (a.spotlightAt ?? 0) - (b.spotlightAt ?? 0));
  const role = view.peers.find(({ isLocal }) => isLocal)?.role ?? view.role;
  return {
    ...view,
    role,
    hands: kept(view.hands, hands),
    spotlight: kept(view.spotlight, spotlight),
    // Nobody else is told when they are gone.
    waiting: role === 'host' || view.waiting.length === 0 ? view.waiting : [],
  };
}

export function mergeChat(
  known: readonly ChatMessage[],
  arrived: readonly ChatMessage[],
): readonly ChatMessage[] {
  const knownIds = new Set(known.map((message) => message.messageId));
  const fresh = arrived.filter((message) => !knownIds.has(message.messageId));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(-MAX_CHAT_KEPT);
}

function kept(before: readonly PeerState[], now: readonly PeerState[]): readonly PeerState[] {
  return before.length === now.length && now.every((peer, index) => peer === before[index]) ? before : now;
}
