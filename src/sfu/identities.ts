import type { PeerInfo } from '../protocol/models.ts';
import type { Peer } from './Peer.ts';

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
