import type { PeerInfo } from '../../protocol/models.ts';
import type { Peer } from '../Peer.ts';

export interface RoomHostsParts {
  /** Whether anybody becomes host whom no token made one. */
  isOn: () => boolean;
  /** Those on this node, by id. */
  peers: ReadonlyMap<string, Peer>;
  /** Everybody who can be seen and could be host, in order of arrival. */
  people: () => readonly PeerInfo[];
  /** ms for which a room goes without a host. */
  grace: number;
}

/**
 * Sees to it that a room without tokens has a host: the first who comes, and where no host is left, after a while, the
 * speaker who has been there for longest. Every node finds the same one, and the one that has it appoints it.
 */
export class RoomHosts {
  readonly #parts: RoomHostsParts;
  #timer: NodeJS.Timeout | undefined;
  /** Whom this node made host. */
  readonly #made = new WeakSet<Peer>();
  #closed = false;

  constructor(parts: RoomHostsParts) {
    this.#parts = parts;
  }

  /** Whether somebody who comes now is host for being the first. */
  get isFirst(): boolean {
    return this.#parts.isOn() && this.#parts.people().length === 0;
  }

  /** This one became host for being the first. */
  made(peer: Peer): void {
    this.#made.add(peer);
  }

  /** Somebody came, left, or is something else now. */
  look(): void {
    const hasHost = this.#parts.people().some(({ role }) => role === 'host');
    if (hasHost || this.#closed || !this.#parts.isOn() || this.#parts.peers.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else this.#timer ??= setTimeout(() => this.#appoint(), this.#parts.grace).unref();
  }

  /** On another node there is a host who came before: two nodes took theirs for the first one. */
  met({ peerId, role, joinedAt }: PeerInfo): void {
    if (role !== 'host') return;
    for (const peer of this.#parts.peers.values()) {
      const isLater = joinedAt < peer.joinedAt || (joinedAt === peer.joinedAt && peerId < peer.id);
      if (isLater && this.#made.has(peer) && peer.conduct.role === 'host') {
        this.#made.delete(peer);
        peer.conduct.stand({ role: 'speaker' });
      }
    }
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #appoint(): void {
    this.#timer = undefined;
    const candidates = this.#parts.people().filter(({ identity }) => identity === undefined);
    const next = candidates.find(({ role }) => role !== 'viewer') ?? candidates[0];
    const peer = next && this.#parts.peers.get(next.peerId);
    if (peer && peer.conduct.role !== 'host') {
      this.#made.add(peer);
      peer.conduct.stand({ role: 'host' });
    }
    // Another node may not have done its part.
    this.look();
  }
}
