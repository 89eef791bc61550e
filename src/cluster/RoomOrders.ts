import { z } from 'zod';
import type { ChatMessage } from '../protocol/models.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { badRequest, notFound, ParleyError } from '../support/errors.ts';
import type { Cluster } from './cluster.ts';
import { readWhisper } from './sharedState.ts';

const MUTE = 'room.muteEveryone';
const WHISPER = 'room.whisper';
const ANSWER_KNOCKS = 'lobby.answer';
const TAKE_KNOCK = 'lobby.take';

const muting = z.object({ room: z.string(), except: z.string() });
const answering = z.object({
  room: z.string(),
  knockIds: z.array(z.string()).exactOptional(),
  admit: z.boolean(),
});
const answered = z.object({ answered: z.number().int() });
const taking = z.object({ room: z.string(), token: z.string() });

/** What is done on every node that has somebody whom it concerns: to everybody, to those who wait, between two. */
export class RoomOrders {
  readonly #cluster: Pick<Cluster, 'bus' | 'nodes'>;

  constructor(cluster: Pick<Cluster, 'bus' | 'nodes'>, rooms: Pick<RoomRegistry, 'rooms'>) {
    this.#cluster = cluster;
    const roomOf = (name: string): Room => {
      const room = rooms.rooms.get(name);
      if (!room) throw notFound('no such room');
      return room;
    };
    const { bus } = cluster;
    bus.answer(MUTE, async (data) => {
      const { room, except } = understood(muting.safeParse(data).data);
      await muteHere(roomOf(room), except);
      return {};
    });
    bus.answer(WHISPER, (data) => {
      const { room, message, to } = understood(readWhisper(data));
      if (!roomOf(room).peers.has(to)) throw notFound('no such peer');
      roomOf(room).whispers.add(message, to);
      return {};
    });
    bus.answer(ANSWER_KNOCKS, (data) => {
      const { room, knockIds, admit } = understood(answering.safeParse(data).data);
      return { answered: answerHere(roomOf(room), knockIds, admit) };
    });
    bus.answer(TAKE_KNOCK, (data) => {
      const { room, token } = understood(taking.safeParse(data).data);
      return { isAdmitted: roomOf(room).conduct.lobby.take(token) };
    });
  }

  /** Mutes all microphones but one peer's. @throws ParleyError when not all nodes could be asked; the others did it. */
  async muteEveryone(room: Room, except: string): Promise<void> {
    const nodes = new Set([...room.elsewhere.peers.values()].map(({ node }) => node));
    const elsewhere = [...nodes].map((node) =>
      this.#cluster.bus.request(node, MUTE, { room: room.name, except }),
    );
    await allOf([muteHere(room, except), ...elsewhere]);
  }

  /** Hands a message to the one peer that it is for. @throws ParleyError `notFound`; `unavailable`, `timeout`. */
  async whisper(room: Room, message: ChatMessage, to: string): Promise<void> {
    const node = room.elsewhere.peers.get(to)?.node;
    if (node === undefined && !room.peers.has(to)) throw notFound('no such peer');
    if (node !== undefined) await this.#cluster.bus.request(node, WHISPER, { room: room.name, message, to });
    room.whispers.add(message, to);
  }

  /**
   * Admits or turns away those who wait, wherever they do. Returns how many did.
   *
   * @param knockIds Absent: everybody.
   */
  async answerKnocks(room: Room, knockIds: readonly string[] | undefined, admit: boolean): Promise<number> {
    const request = { room: room.name, admit, ...(knockIds ? { knockIds: [...knockIds] } : {}) };
    const elsewhere = room.conduct.lobby.nodes.map(async (node) => {
      const answer = await this.#cluster.bus.request(node, ANSWER_KNOCKS, request);
      return answered.safeParse(answer).data?.answered ?? 0;
    });
    const counts = await allOf([Promise.resolve(answerHere(room, knockIds, admit)), ...elsewhere]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What somebody is given who knocks here: it tells whom to ask. */
  knockOf(token: string): string {
    return `${this.#cluster.nodes.self.id}.${token}`;
  }

  /** The part of it that is told apart on this node; undefined for a knock on another one. */
  ownToken(knock: string): string | undefined {
    const [node, token] = partsOf(knock);
    return node === this.#cluster.nodes.self.id ? token : undefined;
  }

  /** Uses up an admission. Returns whether there was one; also where its node cannot be asked there was none. */
  async takeKnock(room: Room, knock: string): Promise<boolean> {
    const own = this.ownToken(knock);
    if (own !== undefined) return room.conduct.lobby.take(own);
    const [node, token] = partsOf(knock);
    if (!this.#cluster.nodes.others.has(node)) return false;
    try {
      const answer = await this.#cluster.bus.request(node, TAKE_KNOCK, { room: room.name, token });
      return z.object({ isAdmitted: z.boolean() }).safeParse(answer).data?.isAdmitted ?? false;
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'notFound') return false;
      throw error;
    }
  }
}

function partsOf(knock: string): [node: string, token: string] {
  const end = Math.max(0, knock.lastIndexOf('.'));
  return [knock.slice(0, end), knock.slice(end + 1)];
}

async function muteHere(room: Room, except: string): Promise<void> {
  const microphones = [...room.peers.values()].flatMap(({ id, producers }) =>
    id === except
      ? []
      : producers
          .list()
          .flatMap(({ producerId, source, paused }) =>
            source === 'microphone' && !paused ? [producers.mute(producerId)] : [],
          ),
  );
  const results = await Promise.allSettled(microphones);
  // What is gone by now is silent.
  const failed = results.find((one) => one.status === 'rejected' && !isGone(one.reason));
  if (failed?.status === 'rejected') throw failed.reason;
}

const isGone = (error: unknown): boolean => error instanceof ParleyError && error.code === 'notFound';

const answerHere = ({ conduct }: Room, knockIds: readonly string[] | undefined, admit: boolean): number =>
  conduct.lobby.answer(knockIds, admit ? 'admitted' : 'denied');

/** All is done before one that failed is told of. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

function understood<T>(request: T | undefined): T {
  if (request === undefined) throw badRequest('this is not understood');
  return request;
}
