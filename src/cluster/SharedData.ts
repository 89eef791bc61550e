import type { Room } from '../sfu/Room.ts';
import type { DataMessage } from '../sfu/RoomData.ts';
import type { Cluster, ClusterRoom } from './cluster.ts';
import { readData, type SharedData as Wire } from './sharedState.ts';

export const DATA = 'room.data';

/**
 * The data messages of a room, to and from its peers on other nodes.
 *
 * They go over the bus, which keeps their order and loses none of them while Redis is there. What need not arrive is not
 * kept for when it comes back.
 */
export class SharedData {
  readonly #room: Room;
  readonly #cluster: Cluster;
  readonly #shared: ClusterRoom;
  readonly #off: () => void;

  constructor(room: Room, cluster: Cluster, shared: ClusterRoom) {
    this.#room = room;
    this.#cluster = cluster;
    this.#shared = shared;
    this.#off = room.data.on('sent', (message) => this.#send(message));
  }

  /** Another node tells what one of its peers sent. */
  receive(data: unknown): void {
    const message = readData(data);
    if (!message) return;
    const { frame, reliable, to } = message;
    this.#room.data.receive({ frame: Buffer.from(frame, 'base64'), reliable, to: to && new Set(to) });
  }

  /** Idempotent. */
  close(): void {
    this.#off();
  }

  #send({ frame, reliable, to }: DataMessage): void {
    if (this.#shared.members.size === 0 || (!reliable && !this.#cluster.connected)) return;
    const wire = { frame: frame.toString('base64'), reliable };
    try {
      if (!to) this.#shared.publish(DATA, wire satisfies Wire);
      else if (this.#concernsOthers(to)) this.#shared.publish(DATA, { ...wire, to: [...to] } satisfies Wire);
    } catch (error) {
      this.#room.logger.error({ error }, 'a data message could not be sent to other nodes');
    }
  }

  #concernsOthers(to: ReadonlySet<string>): boolean {
    const { peers } = this.#room.elsewhere;
    return [...to].some((peerId) => peers.has(peerId));
  }
}
