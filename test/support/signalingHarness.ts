import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { PlacementPolicy } from '../../src/cluster/chooseNode.ts';
import { ClientPlacement } from '../../src/cluster/ClientPlacement.ts';
import { Drain } from '../../src/cluster/Drain.ts';
import { NodeMedia } from '../../src/cluster/media/NodeMedia.ts';
import { PeerOrders } from '../../src/cluster/PeerOrders.ts';
import { SharedRooms } from '../../src/cluster/SharedRooms.ts';
import type { IceServer } from '../../src/protocol/models.ts';
import { openDoors } from '../../src/doors.ts';
import { createHttpApp } from '../../src/http/createHttpApp.ts';
import type { RequestPayload } from '../../src/protocol/requests.ts';
import { DefinedRooms } from '../../src/sfu/DefinedRooms.ts';
import { NetworkTests } from '../../src/sfu/networkTest/NetworkTests.ts';
import type { Limits } from '../../src/sfu/limits.ts';
import type { OverloadThresholds } from '../../src/sfu/ServerLoad.ts';
import { MemoryRoomDefinitions } from '../../src/sfu/RoomDefinition.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { AccessTokens } from '../../src/access/AccessTokens.ts';
import { SignalingServer } from '../../src/signaling/SignalingServer.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { PIPE_PORTS, pipeListenInfo } from '../../src/workers/listenAddresses.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { aloneCluster, testRoomService } from './roomService.ts';
import { doorsOptions } from './testDoors.ts';
import { SignalingPeer } from './signalingPeer.ts';
import { createRegistry } from './testRooms.ts';

export const API_KEY = 'test-key';
export const API_SECRET = 'a secret of thirty-two bytes, or more';

/** An access token in LiveKit's shape; `video` replaces the default grant. */
export function accessToken(
  claims: { sub?: string; name?: string; metadata?: string; video?: Record<string, unknown> } = {},
  options: { secret?: string; issuer?: string; expires?: string | number } = {},
): Promise<string> {
  return new SignJWT({ video: { roomJoin: true }, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(options.issuer ?? API_KEY)
    .setNotBefore('0s')
    .setExpirationTime(options.expires ?? '1h')
    .sign(new TextEncoder().encode(options.secret ?? API_SECRET));
}

/** The signaling server on a port of its own, over real workers. */
export class SignalingHarness {
  readonly registry: RoomRegistry;
  readonly signaling: SignalingServer;
  readonly drain: Drain;
  readonly url: string;
  readonly nodeMedia: NodeMedia;
  readonly networkTests: NetworkTests;
  readonly #cluster: Cluster;
  readonly #peers: SignalingPeer[] = [];

  private constructor(
    registry: RoomRegistry,
    signaling: SignalingServer,
    drain: Drain,
    cluster: Cluster,
    nodeMedia: NodeMedia,
    networkTests: NetworkTests,
    port: number,
  ) {
    this.registry = registry;
    this.signaling = signaling;
    this.drain = drain;
    this.#cluster = cluster;
    this.nodeMedia = nodeMedia;
    this.networkTests = networkTests;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(
    pool: WorkerPool,
    options: {
      limits?: Partial<Limits>;
      overload?: Partial<OverloadThresholds>;
      open?: boolean;
      /** Whether the first who comes is host. */
      firstIsHost?: boolean;
      requestDeadline?: number;
      drainDeadline?: number;
      /** What the node is part of; closed with it. Default: one node alone. */
      cluster?: Cluster;
      placement?: PlacementPolicy;
      networkTests?: { atOnce?: number; lifetime?: number };
      /** What clients are told besides a STUN server. */
      iceServersFor?: (peerId: string) => IceServer[];
      /** Default: any free one. */
      port?: number;
    } = {},
  ): Promise<SignalingHarness> {
    const registry = createRegistry(pool, options.limits, options.overload, {}, options.firstIsHost);
    const deadline = options.drainDeadline ?? 60_000;
    const drain = new Drain({ rooms: registry, deadline, logger: silentLogger });
    const cluster = options.cluster ?? aloneCluster();
    const listenInfo = pipeListenInfo(cluster.nodes.self.address, PIPE_PORTS);
    const nodeMedia = new NodeMedia({ cluster, listenInfo, logger: silentLogger });
    const defined = new DefinedRooms(registry, new MemoryRoomDefinitions());
    const shared = new SharedRooms(cluster, nodeMedia, registry, (name) => defined.open(name));
    const tokens = new AccessTokens({ apiKey: API_KEY, apiSecret: API_SECRET, open: options.open ?? true });
    const policy = options.placement ?? 'off';
    const placement = new ClientPlacement({ cluster, policy, logger: silentLogger });
    const orders = new PeerOrders(cluster, registry, (name) => shared.enter(name));
    const roomService = testRoomService(registry, tokens, cluster, defined, orders);
    const app = createHttpApp({
      staticDir: '/nowhere',
      secure: false,
      trustProxy: 0,
      health: () => ({ ready: true }),
      doors: openDoors(
        doorsOptions({
          ...{ rooms: registry, drain, tokens, roomService, defined },
          entrance: () => ({ shared, placement }),
          apiOrigins: ['https://good.example'],
        }),
      ).routes,
      logger: silentLogger,
    });
    const networkTests = new NetworkTests({ pool, logger: silentLogger, ...options.networkTests });
    const httpServer: Server = createServer(app);
    const signaling = new SignalingServer({
      httpServer,
      rooms: registry,
      shared,
      defined,
      orders,
      cluster,
      placement,
      drain,
      networkTests,
      tokens,
      iceServersFor: (id) => [{ urls: 'stun:stun.example.org' }, ...(options.iceServersFor?.(id) ?? [])],
      isOriginAllowed: (origin) => origin === 'https://good.example',
      ...(options.requestDeadline === undefined ? {} : { requestDeadline: options.requestDeadline }),
      logger: silentLogger,
    });
    await new Promise<void>((resolve) => httpServer.listen(options.port ?? 0, '127.0.0.1', resolve));
    const { port } = httpServer.address() as AddressInfo;
    return new SignalingHarness(registry, signaling, drain, cluster, nodeMedia, networkTests, port);
  }

  peer(options?: ConstructorParameters<typeof SignalingPeer>[1]): SignalingPeer {
    const peer = new SignalingPeer(this.url, options);
    this.#peers.push(peer);
    return peer;
  }

  /** A connected peer that has joined. */
  async joined(
    room = 'standup',
    payload: JoinOptions = {},
  ): Promise<{ peer: SignalingPeer; answer: Awaited<ReturnType<typeof join>> }> {
    const peer = await this.peer().connected();
    return { peer, answer: await join(peer, room, payload) };
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    this.drain.cutShort();
    this.registry.close();
    this.networkTests.close();
    await this.signaling.close();
    this.nodeMedia.close();
    await this.#cluster.close();
  }
}

type JoinOptions = Omit<RequestPayload<'join'>, 'room'>;

const join = (peer: SignalingPeer, room: string, payload: JoinOptions) =>
  peer.request('join', { room, ...payload });
