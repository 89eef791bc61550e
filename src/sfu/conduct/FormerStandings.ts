import type { Standing } from '../../protocol/conduct.ts';
import type { PeerCloseReason, PeerInfo } from '../../protocol/models.ts';

/** Peers that are remembered of a room. */
const MOST = 500;
/** ms for which somebody is remembered who left. */
const REMEMBERED = 3_600_000;

/** Somebody who was in the room: by its identity, or by the id that it had. */
export interface Former {
  readonly key: string;
  readonly standing: Standing;
  /** It did not go by its own will, so it is no stranger. */
  readonly wasLost: boolean;
  /** ms since the epoch. */
  readonly leftAt: number;
}

/** What those were who are not in the room any more, for when they return. Whoever was removed is forgotten. */
export class FormerStandings {
  /** Oldest first. */
  readonly #former = new Map<string, Former>();

  get all(): Former[] {
    const now = Date.now();
    return [...this.#former.values()].filter(({ leftAt }) => now - leftAt < REMEMBERED);
  }

  left({ peerId, identity, role, handRaisedAt, spotlightAt }: PeerInfo, reason: PeerCloseReason): void {
    const key = keyOf(peerId, identity);
    // The one that took its place stands for it.
    if (reason === 'replaced') return;
    this.#former.delete(key);
    if (reason === 'removed') return;
    const wasLost = reason !== 'left';
    const standing: Standing = {
      ...(role === undefined ? {} : { role }),
      ...(wasLost && handRaisedAt !== undefined ? { handRaisedAt } : {}),
      ...(wasLost && spotlightAt !== undefined ? { spotlightAt } : {}),
    };
    this.#put({ key, standing, wasLost, leftAt: Date.now() });
  }

  /** What another node remembers. */
  merge(former: readonly Former[]): void {
    for (const one of [...former].sort((a, b) => a.leftAt - b.leftAt)) {
      const known = this.#former.get(one.key);
      if (!known || known.leftAt < one.leftAt) this.#put(one);
    }
  }

  /** Who it was that returns; undefined for a stranger. @param peerId That it had, if it can show so. */
  find(identity: string | undefined, peerId: string | undefined): Former | undefined {
    const former = this.#former.get(keyOf(peerId ?? '', identity));
    return former && Date.now() - former.leftAt < REMEMBERED ? former : undefined;
  }

  /** It is here again. */
  returned(identity: string | undefined, peerId: string | undefined): void {
    this.#former.delete(keyOf(peerId ?? '', identity));
  }

  #put(one: Former): void {
    this.#former.delete(one.key);
    this.#former.set(one.key, one);
    for (const key of this.#former.keys()) {
      if (this.#former.size <= MOST) return;
      this.#former.delete(key);
    }
  }
}

const keyOf = (peerId: string, identity: string | undefined): string =>
  identity === undefined ? `peer ${peerId}` : `identity ${identity}`;
