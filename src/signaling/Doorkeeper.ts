import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RoomOrders } from '../cluster/RoomOrders.ts';
import type { Knock } from '../sfu/conduct/Lobby.ts';
import { isPassword } from '../sfu/conduct/password.ts';
import type { Comer } from '../sfu/conduct/RoomConduct.ts';
import type { Room } from '../sfu/Room.ts';
import { ParleyError } from '../support/errors.ts';
import { networkOf } from '../support/networkOf.ts';

/** Passwords that one address may try for a room: this many in this many seconds. */
const PASSWORDS = { points: 10, duration: 60 };
/** The same of knocks at all doors; a class may come from behind one address. */
const KNOCKS = { points: 120, duration: 60 };

/** What somebody says to be let in. */
export interface Said {
  password?: string | undefined;
  /** Of an answer to `knock`. */
  knock?: string | undefined;
}

/** Looks who may come into a room: whoever is welcome, was admitted, or finds it open and knows the password. */
export class Doorkeeper {
  readonly #orders: RoomOrders;
  readonly #passwords = new RateLimiterMemory(PASSWORDS);
  readonly #knocks = new RateLimiterMemory(KNOCKS);

  constructor(orders: RoomOrders) {
    this.#orders = orders;
  }

  /**
   * Resolves when somebody may come in.
   *
   * @param address Of the client.
   * @throws ParleyError `locked`, `passwordRequired`, `wrongPassword`, `rateLimited`, `waitingRoom`.
   */
  async admit(room: Room, comer: Comer, { password, knock }: Said, address: string): Promise<void> {
    const { conduct } = room;
    if (conduct.isWelcome(comer)) return;
    // It said the password when it knocked.
    if (knock !== undefined && (await this.#orders.takeKnock(room, knock))) return;
    await this.#pass(room, password, address);
    if (conduct.hasToWait(comer))
      throw new ParleyError('waitingRoom', 'a host has to let people in here: knock');
  }

  /**
   * Lets somebody wait for a host; it is admitted at once where it need not wait.
   *
   * @throws ParleyError as `admit`, and `limitExceeded` when too many wait.
   */
  async knock(room: Room, comer: Comer & { name: string }, said: Said, address: string): Promise<Knock> {
    const own = said.knock === undefined ? undefined : this.#orders.ownToken(said.knock);
    const known = own === undefined ? undefined : room.conduct.lobby.find(own);
    if (known) return known;
    await limited(this.#knocks, networkOf(address));
    if (!room.conduct.isWelcome(comer)) await this.#pass(room, said.password, address);
    const { name, identity } = comer;
    const knock = room.conduct.lobby.knock({ name, identity });
    if (room.conduct.isWelcome(comer) || !room.conduct.hasToWait(comer)) knock.answer('admitted');
    return knock;
  }

  async #pass(room: Room, password: string | undefined, address: string): Promise<void> {
    const { settings } = room.conduct;
    if (settings.locked) throw new ParleyError('locked', 'the room is locked');
    if (!settings.hasPassword) return;
    if (password === undefined) throw new ParleyError('passwordRequired', 'the room has a password');
    const key = `${networkOf(address)} ${room.name}`;
    // Before it is looked at, so that many at once count as well.
    await limited(this.#passwords, key);
    if (!(await isPassword(password, room.definition.passwordHash ?? '')))
      throw new ParleyError('wrongPassword', 'this is not the password of the room');
    await this.#passwords.reward(key);
  }
}

async function limited(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch {
    throw new ParleyError('rateLimited', 'too many tries; try again in a minute');
  }
}
