import { z } from 'zod';
import type { Cluster } from '../cluster/cluster.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { ParleyError } from '../support/errors.ts';
import { roomInfo, type LiveKitRoom } from './infos.ts';

const LIST = 'livekit.rooms';

/** As another node, of another version maybe, tells of them. */
const told = z.array(z.looseObject({ sid: z.string(), name: z.string() }));

/** Lists the rooms of all nodes. */
export class RoomLists {
  readonly #cluster: Pick<Cluster, 'nodes' | 'bus'>;
  readonly #rooms: Pick<RoomRegistry, 'rooms'>;

  constructor(cluster: Pick<Cluster, 'nodes' | 'bus'>, rooms: Pick<RoomRegistry, 'rooms'>) {
    this.#cluster = cluster;
    this.#rooms = rooms;
    cluster.bus.answer(LIST, (names) => this.#own(z.array(z.string()).catch([]).parse(names)));
  }

  /**
   * Each room once, whatever the number of its nodes, oldest first.
   *
   * @param names Of these alone; empty: all.
   * @throws ParleyError `unavailable` or `timeout` when a node cannot be asked: a part is not the answer.
   */
  async all(names: readonly string[]): Promise<LiveKitRoom[]> {
    const { nodes } = this.#cluster;
    const lists = await Promise.all([...nodes.others.keys()].map((node) => this.#of(node, names)));
    const rooms = new Map<string, LiveKitRoom>();
    for (const room of [...this.#own(names), ...lists.flat()])
      if (!rooms.has(room.name)) rooms.set(room.name, room);
    return [...rooms.values()].sort((a, b) => Number(a.creationTimeMs) - Number(b.creationTimeMs));
  }

  async #of(node: string, names: readonly string[]): Promise<LiveKitRoom[]> {
    try {
      const answer = await this.#cluster.bus.request(node, LIST, names);
      return told.parse(answer) as unknown as LiveKitRoom[];
    } catch (error) {
      // A node that left meanwhile took its rooms with it.
      if (error instanceof ParleyError && !this.#cluster.nodes.others.has(node)) return [];
      throw error;
    }
  }

  #own(names: readonly string[]): LiveKitRoom[] {
    const wanted = new Set(names);
    const rooms = [...this.#rooms.rooms.values()];
    return rooms.filter(({ name }) => wanted.size === 0 || wanted.has(name)).map((room) => roomInfo(room));
  }
}
