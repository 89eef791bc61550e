import type { PeerInfo } from '../protocol/models.ts';
import { conflict } from '../support/errors.ts';
import type { Peer } from './Peer.ts';
import type { PeerOptions } from './peerParts.ts';
import type { RoomElsewhere } from './RoomElsewhere.ts';

/** The peer of that identity; whoever has none is like nobody else. */
export function peerOfIdentity(peers: Iterable<Peer>, identity: string | undefined): Peer | undefined {
  if (identity === undefined) return undefined;
  return [...peers].find((peer) => peer.identity === identity);
}

/**
 * Whether a peer of the same identity on another node takes the place of this one: whoever came last stays, but before
 * anybody who is only forwarded. The same on both nodes, which may hear of each other's peer at the same time.
 */
export function isReplacedBy(peer: Peer, { joinedAt, peerId, forwarded }: PeerInfo): boolean {
  if (peer.isForwarded !== (forwarded ?? false)) return peer.isForwarded;
  return joinedAt === peer.joinedAt ? peerId > peer.id : joinedAt > peer.joinedAt;
}

/**
 * Whoever is forwarded takes nobody's place but its own, as it was on another node.
 *
 * @throws ParleyError `conflict`
 */
export function assertNobodyOf(
  { forwarded, identity, moved }: Pick<PeerOptions, 'forwarded' | 'identity' | 'moved'>,
  peers: Iterable<Peer>,
  elsewhere: Pick<RoomElsewhere, 'peerOfIdentity'>,
): void {
  if (!forwarded) return;
  const there = elsewhere.peerOfIdentity(identity);
  const isItself = there !== undefined && there.info.peerId === moved?.peerId;
  if (peerOfIdentity(peers, identity) || (there && !isItself))
    throw conflict('a participant of this identity is in that room');
}
