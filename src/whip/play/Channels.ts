import type { Room } from '../../sfu/Room.ts';
import type { RoomRouter } from '../../sfu/RoomRouters.ts';
import { SharedCalls } from '../../support/SharedCalls.ts';
import { Channel } from './Channel.ts';
import type { Target } from './Selection.ts';

/** The channels of all rooms, one for each target and router on which it is played. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #opening = new SharedCalls<Channel>();

  get size(): number {
    return this.#channels.size;
  }

  /** The one that there is, or a new one, which whoever asks must hold in the same turn. @throws ParleyError. */
  async open(room: Room, place: RoomRouter, target: Target): Promise<Channel> {
    const key = JSON.stringify([room.id, place.router.id, target ?? null]);
    const known = this.#channels.get(key);
    if (known) return known;
    return this.#opening.run(key, async () => {
      const channel = await Channel.open(room, place, target);
      this.#channels.set(key, channel);
      channel.once('closed', () => this.#channels.delete(key));
      return channel;
    });
  }
}
