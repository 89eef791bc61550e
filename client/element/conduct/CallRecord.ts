import type { RoomState } from '../../lib/publicTypes.ts';
import { WEAK } from '../stage/tileLook.ts';

/** What is said of a call that is over. */
export interface CallSummary {
  /** ms from the first moment in the room to the last. */
  lasted: number;
  /** How many other people were there at some time. */
  others: number;
  /** Share of the time with a weak connection, 0 to 1; null: it was never known. */
  weak: number | null;
}

/** Remembers of one call what is told after it. */
export class CallRecord {
  readonly #now: () => number;
  readonly #others = new Set<string>();
  #began: number | null = null;
  #ended = 0;
  #known = 0;
  #weak = 0;
  /** The connection as it was seen last; null while it was not known. */
  #quality: number | null = null;

  /** @param now ms, from a clock that is never set. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes note of how the room is; before this client is in it, of nothing. */
  note(state: RoomState | null): void {
    const local = state?.peers.find(({ isLocal }) => isLocal);
    if (!state || !local || state.status === 'closed') return;
    const now = this.#now();
    this.#began ??= now;
    this.#pass(now);
    for (const { peerId, identity, isLocal } of state.peers) {
      // Whoever comes back by the same token is the same person.
      if (!isLocal) this.#others.add(identity ?? peerId);
    }
    this.#quality = state.status === 'connected' ? local.connectionQuality : 0;
  }

  /** Null where this client never was in the room. */
  end(): CallSummary | null {
    if (this.#began === null) return null;
    this.#pass(this.#now());
    return {
      lasted: this.#ended - this.#began,
      others: this.#others.size,
      weak: this.#known === 0 ? null : this.#weak / this.#known,
    };
  }

  #pass(now: number): void {
    const passed = this.#ended === 0 ? 0 : now - this.#ended;
    this.#ended = now;
    if (this.#quality === null) return;
    this.#known += passed;
    if (this.#quality <= WEAK) this.#weak += passed;
  }
}
