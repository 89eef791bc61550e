import type { Server } from 'node:http';
import { AccessTokens } from '../../../src/access/AccessTokens.ts';
import type { PlacementPolicy } from '../../../src/cluster/chooseNode.ts';
import { ClientPlacement } from '../../../src/cluster/ClientPlacement.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { Drain } from '../../../src/cluster/Drain.ts';
import { NodeMedia } from '../../../src/cluster/media/NodeMedia.ts';
import { SharedRooms } from '../../../src/cluster/SharedRooms.ts';
import { openDoors, type DoorsOptions } from '../../../src/doors.ts';
import { createHttpApp } from '../../../src/http/createHttpApp.ts';
import { createServer, listen } from '../../../src/http/listen.ts';
import type { Limits } from '../../../src/sfu/limits.ts';
import type { Room } from '../../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../../src/sfu/RoomRegistry.ts';
import { silentLogger } from '../../../src/support/logger.ts';
import { PIPE_PORTS, pipeListenInfo } from '../../../src/workers/listenAddresses.ts';
import type { WorkerPool } from '../../../src/workers/WorkerPool.ts';
import { API_KEY, API_SECRET } from '../../support/signalingHarness.ts';
import { doorsOptions } from '../../support/testDoors.ts';
import { aloneCluster } from '../../support/roomService.ts';
import { createRegistry } from '../../support/testRooms.ts';

export interface WhipHarnessOptions extends Partial<Pick<DoorsOptions, 'iceServersFor' | 'publicUrl'>> {
  limits?: Partial<Limits>;
  open?: boolean;
  drainDeadline?: number;
  placement?: PlacementPolicy;
  cluster?: Cluster;
}

/** The doors on a port of their own, over real workers. */
export class WhipHarness {
  readonly url: string;
  readonly rooms: RoomRegistry;
  readonly drain: Drain;
  readonly #server: Server;
  readonly #nodeMedia: NodeMedia;
  readonly #cluster: Cluster;

  private constructor(
    url: string,
    rooms: RoomRegistry,
    drain: Drain,
    server: Server,
    nodeMedia: NodeMedia,
    cluster: Cluster,
  ) {
    this.url = url;
    this.rooms = rooms;
    this.drain = drain;
    this.#server = server;
    this.#nodeMedia = nodeMedia;
    this.#cluster = cluster;
  }

  static async start(pool: WorkerPool, options: WhipHarnessOptions = {}): Promise<WhipHarness> {
    const rooms = createRegistry(pool, options.limits);
    const drain = new Drain({ rooms, deadline: options.drainDeadline ?? 60_000, logger: silentLogger });
    const cluster = options.cluster ?? aloneCluster();
    const listenInfo = pipeListenInfo(cluster.nodes.self.address, PIPE_PORTS);
    const nodeMedia = new NodeMedia({ cluster, listenInfo, logger: silentLogger });
    const shared = new SharedRooms(cluster, nodeMedia, rooms);
    const placement = new ClientPlacement({
      cluster,
      policy: options.placement ?? 'off',
      logger: silentLogger,
    });
    const doors = openDoors(
      doorsOptions({
        rooms,
        drain,
        tokens: new AccessTokens({ apiKey: API_KEY, apiSecret: API_SECRET, open: options.open ?? true }),
        entrance: () => ({ shared, placement }),
        cluster,
        isOriginAllowed: (origin) => origin === 'https://good.example',
        ...options,
      }),
    );
    const app = createHttpApp({
      staticDir: '/nowhere',
      secure: false,
      trustProxy: 0,
      health: () => ({ ready: true }),
      doors: doors.routes,
      logger: silentLogger,
    });
    const server = createServer(app);
    const port = await listen(server, 0, '127.0.0.1');
    return new WhipHarness(`http://127.0.0.1:${port}`, rooms, drain, server, nodeMedia, cluster);
  }

  /** @throws Error when there is no such room. */
  room(name: string): Room {
    const room = this.rooms.rooms.get(name);
    if (!room) throw new Error(`no room ${name}`);
    return room;
  }

  async close(): Promise<void> {
    this.drain.cutShort();
    this.rooms.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#nodeMedia.close();
    await this.#cluster.close();
  }
}
