import { z } from 'zod';
import { badRequest, conflict, ParleyError, unavailable } from '../support/errors.ts';
import type { Cluster } from './cluster.ts';

const ORDER = 'recording.order';
/** ms for which a node that is gone still has a room to record. */
const LEASE = 10_000;
/** ms that another node has to end a recording: all of it goes to its disk. */
const DEADLINE = 30_000;

const order = z.object({ what: z.enum(['stop', 'remove']), room: z.string(), recordingId: z.string() });

type Order = z.output<typeof order>;

/** Who of the nodes records a room, and what they ask of each other about it. */
export class RecordingNodes {
  readonly #cluster: Pick<Cluster, 'bus' | 'leases' | 'nodes'>;

  constructor(cluster: Pick<Cluster, 'bus' | 'leases' | 'nodes'>) {
    this.#cluster = cluster;
  }

  /**
   * Nobody else records that room until the returned function is called. While Redis is away each node is alone, and may.
   *
   * @throws ParleyError `conflict` when another node does.
   */
  async claim(room: string): Promise<() => void> {
    try {
      const lease = await this.#cluster.leases.acquire(`recording/${room}`, { ttl: LEASE });
      if (!lease) throw conflict('the room is being recorded by another node');
      return () => void lease.release();
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'unavailable') return () => undefined;
      throw error;
    }
  }

  /** @param node Its id, or the name that all its ids begin with. @throws ParleyError `unavailable`, or what it answers. */
  async order(node: string, what: Order['what'], recording: Omit<Order, 'what'>): Promise<void> {
    const { bus, nodes } = this.#cluster;
    const id = [...nodes.others.keys()].find((other) => other === node || nameOf(other) === node);
    if (id === undefined) throw unavailable(`the node ${node}, which has the recording, is not there`);
    const { room, recordingId } = recording;
    await bus.request(id, ORDER, { what, room, recordingId }, { timeout: DEADLINE });
  }

  /** Does what others ask of this node. */
  obey(doIt: (what: Order['what'], recording: Omit<Order, 'what'>) => Promise<void>): void {
    this.#cluster.bus.answer(ORDER, async (data) => {
      const request = order.safeParse(data).data;
      if (!request) throw badRequest('this is not understood');
      await doIt(request.what, request);
      return {};
    });
  }
}

/** Without what is different at each start. */
const nameOf = (id: string): string => id.replace(/-[0-9a-f]{8}$/, '');
