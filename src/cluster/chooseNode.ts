import { createHash } from 'node:crypto';
import type { NodeInfo } from './cluster.ts';

/**
 * Which node a client that joins is told to go to.
 *
 * - `off`: none; it stays where it came
 * - `room`: one that has its room, else the least loaded
 * - `load`: the least loaded
 * - `region`: as `room`, among those of its region as long as one of them takes it
 */
export const PLACEMENTS = ['off', 'room', 'load', 'region'] as const;
export type PlacementPolicy = (typeof PLACEMENTS)[number];

/** Load from which a node is sent no more clients: between two looks at it many may come. */
const FULL = 0.9;
/** Loads that differ by less are the same: they are told in steps, and half a second late. */
const ALIKE = 0.1;

export interface PlacementFacts {
  policy: PlacementPolicy;
  room: string;
  /** Where the client says that it is; null: where the node is that it came to. */
  region: string | null;
  self: NodeInfo;
  others: Iterable<NodeInfo>;
  /** Ids of the nodes that have peers in the room. */
  members: ReadonlySet<string>;
}

/**
 * The other node to which the client is to go; undefined: it stays, also where all are full, since a refusal is better
 * made by who knows.
 *
 * It depends on nothing but the facts, so that nodes which know the same send the people of a new room to the same node.
 */
export function chooseNode(facts: PlacementFacts): NodeInfo | undefined {
  const { policy, self } = facts;
  if (policy === 'off') return undefined;
  const open = [self, ...facts.others].filter((node) => isOpen(node, self));
  const near = policy === 'region' ? nearby(open, facts.region ?? self.region) : open;
  const home = policy === 'load' ? [] : near.filter(({ id }) => facts.members.has(id));
  const chosen = leastLoaded(home.length > 0 ? home : near, facts);
  return chosen === self ? undefined : chosen;
}

/** Peers for their limit or CPU time, whichever is nearer to its end, 0 to 1 and more. */
export function loadOf({ peers, capacity, cpu }: NodeInfo): number {
  return Math.max(peers / Math.max(1, capacity), cpu);
}

function isOpen(node: NodeInfo, self: NodeInfo): boolean {
  return node.accepting && loadOf(node) < FULL && (node === self || node.url !== null);
}

/** Those of the region, or all where it has none. */
function nearby(nodes: readonly NodeInfo[], region: string | null): readonly NodeInfo[] {
  const near = nodes.filter((node) => node.region === region);
  return near.length > 0 ? near : nodes;
}

/**
 * Of those that are about as little loaded as the least loaded one: by load alone the node itself, where going elsewhere
 * gains nothing; for a room's sake the same one whoever chooses (highest random weight), because the first people of a room
 * come to several nodes at once.
 */
function leastLoaded(
  nodes: readonly NodeInfo[],
  { policy, room, self, members }: PlacementFacts,
): NodeInfo | undefined {
  const least = Math.min(...nodes.map(loadOf));
  const alike = nodes.filter((node) => loadOf(node) - least < ALIKE);
  const staysIf = policy === 'load' || members.has(self.id);
  if (staysIf && alike.includes(self)) return self;
  return alike.toSorted((one, other) => weight(other, room).localeCompare(weight(one, room)))[0];
}

function weight({ id }: NodeInfo, room: string): string {
  return createHash('sha256').update(`${room} ${id}`).digest('hex');
}
