import type { Drain } from '../cluster/Drain.ts';
import type { EventPayloads } from '../protocol/events.ts';
import type { AccessTokens } from '../access/AccessTokens.ts';
import type { Seat, Sessions } from './Sessions.ts';

/** ms of a server's time that one join takes, with room to spare: see `bench:servers`. */
const PER_JOIN = 20;
/** ms after which everybody has come back, however many there are; a socket has 30 s to join. */
const EVERYBODY_WITHIN = 20_000;
/** s for which a renewed token holds after the end: longer than the SDK looks for a server. */
const TOKEN_HOLDS = 600;
/** s of a token of somebody who came without one. */
const A_DAY = 86_400;

export interface FarewellsOptions {
  drain: Drain;
  sessions: Sessions;
  tokens: Pick<AccessTokens, 'issue'>;
}

/** Tells each peer of a node that drains how long calls go on, and when it is its turn to come back. */
export class Farewells {
  readonly #drain: Drain;
  readonly #sessions: Sessions;
  readonly #tokens: Pick<AccessTokens, 'issue'>;
  #turns = 0;
  /** ms between two turns. */
  #spacing = PER_JOIN;

  constructor({ drain, sessions, tokens }: FarewellsOptions) {
    this.#drain = drain;
    this.#sessions = sessions;
    this.#tokens = tokens;
    drain.on('began', () => this.#tellAll());
  }

  /** What a peer is told that takes its seat meanwhile; undefined while nothing ends. */
  async forSeat(seat: Seat): Promise<EventPayloads['draining'] | undefined> {
    if (!this.#drain.begun) return undefined;
    const comeBackAfter = Math.min(this.#turns * this.#spacing, EVERYBODY_WITHIN);
    this.#turns += 1;
    const token = await this.#renewedToken(seat);
    return {
      endsIn: this.#drain.endsIn,
      comeBackAfter: Math.round(comeBackAfter),
      ...(token === undefined ? {} : { token }),
    };
  }

  #tellAll(): void {
    // Room after room, so that those of one call come back together.
    const seats = [...this.#sessions.seats()].sort((a, b) => a.room.createdAt - b.room.createdAt);
    this.#spacing = Math.min(PER_JOIN, EVERYBODY_WITHIN / Math.max(1, seats.length));
    for (const seat of seats) seat.session?.farewell();
  }

  /** A token with which a peer joins anew, here or another room, as who it is and with what it may do now. */
  async tokenFor({ peer, grant }: Seat, room: string): Promise<string> {
    const { name, metadata, attributes } = peer.info();
    // A role is no grant: with it the bearer could use the server's API.
    const { identity, granted: permissions } = peer;
    const said = { ...(metadata === undefined ? {} : { metadata }), ...(attributes ? { attributes } : {}) };
    const now = { ...(identity === undefined ? {} : { identity }), name, ...said, permissions };
    const holds = (grant?.expiresAt ?? Date.now() / 1000 + A_DAY) - Date.now() / 1000;
    return this.#tokens.issue(room, now, Math.max(TOKEN_HOLDS, holds));
  }

  /** The token that it came with may have run out by now, and the call goes on. */
  async #renewedToken({ peer, room, grant }: Seat): Promise<string | undefined> {
    if (!grant) return undefined;
    const { name, metadata } = peer.info();
    const { metadata: granted, ...rest } = grant;
    const isAsGranted = granted !== undefined && granted === metadata;
    const { granted: permissions } = peer;
    const renewed = { ...rest, name, permissions, ...(isAsGranted ? { metadata: granted } : {}) };
    return this.#tokens.issue(room.name, renewed, this.#drain.endsIn / 1000 + TOKEN_HOLDS);
  }
}
