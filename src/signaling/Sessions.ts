import { randomBytes } from 'node:crypto';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import { invalidState } from '../support/errors.ts';
import type { Grant } from '../access/AccessTokens.ts';
import type { PeerSession } from './PeerSession.ts';

/** A peer in its room, and the socket that speaks for it at the moment. */
export interface Seat {
  readonly peer: Peer;
  readonly room: Room;
  readonly sessionToken: string;
  /** What the access token that it came with said; undefined without one. */
  readonly grant: Grant | undefined;
  session: PeerSession | undefined;
}

/** Which session token stands for which peer, for as long as the peer lives. */
export class Sessions {
  readonly #seats = new Map<string, Seat>();

  get size(): number {
    return this.#seats.size;
  }

  /**
   * Gives a peer its session token: 256 random bits. Its grace period runs until a socket sits down, so that a peer
   * whose client never heard of it does not stay.
   *
   * @throws ParleyError `invalidState` for a peer that is closed, such as one that another of its identity replaced
   * in the very turn in which it joined: it would never give its seat up.
   */
  create(peer: Peer, room: Room, grant?: Grant): Seat {
    if (peer.closed) throw invalidState('removed while joining');
    const sessionToken = randomBytes(32).toString('base64url');
    const seat: Seat = { peer, room, sessionToken, grant, session: undefined };
    this.#seats.set(sessionToken, seat);
    peer.once('closed', () => this.#seats.delete(sessionToken));
    peer.disconnected();
    return seat;
  }

  seats(): Iterable<Seat> {
    return this.#seats.values();
  }

  find(sessionToken: string): Seat | undefined {
    return this.#seats.get(sessionToken);
  }
}
