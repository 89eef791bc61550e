import type { PeerInfo } from '../protocol/models.ts';

/** A peer of the room that is on another node: what that node tells of it. */
export interface RemotePeer {
  readonly node: string;
  readonly info: PeerInfo;
}

/** On which other nodes each peer is: on two at a time while it moves from one to the other. */
export class PeerHomes {
  /** By peer id, and there by node; the latest comes last. */
  readonly #homes = new Map<string, Map<string, PeerInfo>>();

  /** As one node tells of it. */
  on(node: string, peerId: string): PeerInfo | undefined {
    return this.#homes.get(peerId)?.get(node);
  }

  set(node: string, info: PeerInfo): void {
    const homes = this.#homes.get(info.peerId) ?? new Map<string, PeerInfo>();
    this.#homes.set(info.peerId, homes.set(node, info));
  }

  delete(node: string, peerId: string): void {
    const homes = this.#homes.get(peerId);
    homes?.delete(node);
    if (homes?.size === 0) this.#homes.delete(peerId);
  }

  /** The peer where it came last, with what it publishes on all of them; undefined where it is on none. */
  all(peerId: string): RemotePeer | undefined {
    const homes = [...(this.#homes.get(peerId) ?? [])];
    const last = homes.at(-1);
    if (!last || homes.length === 1) return last && { node: last[0], info: last[1] };
    const producers = homes.flatMap(([, info]) => info.producers);
    return { node: last[0], info: { ...last[1], producers } };
  }

  /** Peers that are on a node. */
  peersOn(node: string): string[] {
    return [...this.#homes].flatMap(([peerId, homes]) => (homes.has(node) ? peerId : []));
  }

  /** The node on which a peer publishes something. */
  nodeOf(peerId: string, producerId: string): string | undefined {
    const homes = [...(this.#homes.get(peerId) ?? [])];
    return homes.find(([, { producers }]) => producers.some((one) => one.producerId === producerId))?.[0];
  }
}
