import type { ClusterMessage, ClusterRoom, NodeStatus } from '../../src/cluster/cluster.ts';
import { RedisCluster } from '../../src/cluster/redis/RedisCluster.ts';
import { silentLogger, type Logger } from '../../src/support/logger.ts';
import { until } from './processes.ts';

let count = 0;

/** One node, over connections of its own, and what it says of itself. */
export class TestNode {
  readonly id: string;
  readonly cluster: RedisCluster;
  status: NodeStatus = { peers: 0, cpu: 0, accepting: true };

  constructor(redisUrl: string, options: { region?: string; url?: string; logger?: Logger } = {}) {
    count += 1;
    this.id = `node-${count}`;
    this.cluster = new RedisCluster({
      url: redisUrl,
      identity: {
        id: this.id,
        address: '127.0.0.1',
        region: options.region ?? null,
        capacity: 100,
        url: options.url ?? null,
      },
      status: () => this.status,
      logger: options.logger ?? silentLogger,
    });
  }

  /** Enters a room, and keeps what is heard in it. */
  enter(name: string): HeardRoom {
    return new HeardRoom(this.cluster.rooms.enter(name));
  }

  /** Resolves once it sees these nodes, and no others. */
  async sees(...nodes: TestNode[]): Promise<void> {
    const wanted = nodes.map(({ id }) => id).sort();
    await until(`${this.id} sees ${wanted.join(', ')}`, () => {
      return [...this.cluster.nodes.others.keys()].sort().join() === wanted.join();
    });
  }

  async close(): Promise<void> {
    await this.cluster.close();
  }
}

/** A room and everything that was told of it, in order. */
export class HeardRoom {
  readonly room: ClusterRoom;
  readonly heard: string[] = [];
  readonly messages: ClusterMessage[] = [];

  constructor(room: ClusterRoom) {
    this.room = room;
    room.on('memberJoined', (id) => this.heard.push(`joined ${id}`));
    room.on('memberLeft', (id) => this.heard.push(`left ${id}`));
    room.on('resync', (from) => this.heard.push(`resync ${from ?? 'all'}`));
    room.on('message', (message) => {
      this.messages.push(message);
      this.heard.push(`${message.type} ${JSON.stringify(message.data)}`);
    });
  }

  async hears(line: string, ms?: number): Promise<void> {
    await until(
      `${line} (heard: ${this.heard.join('; ').slice(-2000)})`,
      () => this.heard.includes(line),
      ms,
    );
  }

  /** Resolves once these nodes are the other members. */
  async has(...nodes: TestNode[]): Promise<void> {
    const wanted = nodes.map(({ id }) => id).sort();
    await until(`${this.room.name} has ${wanted.join(', ')}`, () => {
      return [...this.room.members].sort().join() === wanted.join();
    });
  }

  /** What was received of a type, in order. */
  dataOf(type: string): unknown[] {
    return this.messages.filter((message) => message.type === type).map(({ data }) => data);
  }
}
