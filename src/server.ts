import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { AccessTokens } from './access/AccessTokens.ts';
import type { Cluster } from './cluster/cluster.ts';
import { ClientPlacement } from './cluster/ClientPlacement.ts';
import { Drain } from './cluster/Drain.ts';
import { PeerOrders } from './cluster/PeerOrders.ts';
import { RecordingNodes } from './cluster/RecordingNodes.ts';
import { SharedRooms } from './cluster/SharedRooms.ts';
import type { Config } from './config.ts';
import { openDoors } from './doors.ts';
import { createHttpApp } from './http/createHttpApp.ts';
import { createServer, listen, readTlsFiles, type TlsMaterial } from './http/listen.ts';
import { selfSignedCertificate } from './http/selfSigned.ts';
import { PlainRtp } from './ingest/PlainRtp.ts';
import { RoomService } from './livekit/RoomService.ts';
import { nodeIdentity, openCluster, openNodeMedia } from './openCluster.ts';
import { openStore, ServerEvents } from './openEvents.ts';
import { openMetrics } from './openMetrics.ts';
import { openTurn } from './openTurn.ts';
import { readIndexEntry } from './recording/RecordingIndex.ts';
import { Recordings } from './recording/Recordings.ts';
import { restoreRooms } from './restoreRooms.ts';
import { ServerHealth } from './ServerHealth.ts';
import { forwardingOf, placementOf, plainRtpOf, recordingOf } from './settingGroups.ts';
import { DefinedRooms } from './sfu/DefinedRooms.ts';
import { NetworkTests } from './sfu/networkTest/NetworkTests.ts';
import type { RoomDefinition } from './sfu/RoomDefinition.ts';
import { RoomRegistry } from './sfu/RoomRegistry.ts';
import { isOriginAllowed } from './signaling/origins.ts';
import { SignalingServer } from './signaling/SignalingServer.ts';
import { StoredRecordings } from './store/StoredRecordings.ts';
import { StoredRoomDefinitions } from './store/StoredRoomDefinitions.ts';
import type { Logger } from './support/logger.ts';
import { Opened } from './support/Opened.ts';
import { lanAddresses } from './workers/listenAddresses.ts';
import { forwardMediasoupLogs } from './workers/mediasoupLogs.ts';
import { WorkerPool } from './workers/WorkerPool.ts';

export interface ServerOptions {
  config: Config;
  /** The client's build. */
  staticDir: string;
  logger: Logger;
}

/** What of the server somebody asks for once it runs, or tells to end. */
interface Parts {
  readonly pool: WorkerPool;
  readonly rooms: RoomRegistry;
  readonly drain: Drain;
  readonly cluster: Cluster;
  readonly recordings: Recordings;
  readonly metricsUrl: string | undefined;
  readonly port: number;
}

/** The whole server: workers, rooms, sockets, pages and doors, put together. */
export class ParleyServer {
  /** Where a person on this machine finds it. */
  readonly url: string;
  /** Where others on the same network find it; empty when it listens on one address only. */
  readonly lanUrls: readonly string[];
  /** Where Prometheus reads; undefined where nothing is served. */
  readonly metricsUrl: string | undefined;
  /** Its end with notice; whoever owns the server closes it when that is over. */
  readonly drain: Drain;
  readonly #parts: Parts;
  readonly #opened: Opened;
  readonly #lifecycle: Lifecycle;

  private constructor(
    parts: Parts,
    opened: Opened,
    lifecycle: Lifecycle,
    { scheme, host }: { scheme: string; host: string | undefined },
  ) {
    this.#parts = parts;
    this.#opened = opened;
    this.#lifecycle = lifecycle;
    this.drain = parts.drain;
    this.metricsUrl = parts.metricsUrl;
    const at = (name: string) => `${scheme}://${name.includes(':') ? `[${name}]` : name}:${parts.port}`;
    const isAnywhere = host === undefined || host === '0.0.0.0' || host === '::';
    this.url = at(isAnywhere ? 'localhost' : host);
    this.lanUrls = isAnywhere ? lanAddresses().map(at) : [];
  }

  /**
   * Starts everything; what was started is closed again when something else cannot be.
   *
   * @throws ConfigError when this node's address is not known; ParleyError for a port in use, an unreadable certificate,
   * a worker that does not start, a store that another server has open.
   */
  static async start(options: ServerOptions): Promise<ParleyServer> {
    const { config } = options;
    const opened = new Opened();
    const lifecycle = { closing: false };
    try {
      const tls = await tlsMaterial(config);
      const parts = await openParts({ ...options, tls, opened, lifecycle });
      const scheme = tls ? 'https' : 'http';
      return new ParleyServer(parts, opened, lifecycle, { scheme, host: config.host });
    } catch (error) {
      await opened
        .close()
        .catch((cause: unknown) => options.logger.error({ error: cause }, 'closing failed'));
      throw error;
    }
  }

  /** Ports that media travels on, UDP and TCP. */
  get mediaPorts(): number[] {
    return this.#parts.pool.status().map(({ port }) => port);
  }

  /** This node and the others, as far as they are known. */
  get cluster(): Pick<Cluster, 'nodes' | 'connected'> {
    return this.#parts.cluster;
  }

  /**
   * Sockets and workers close. Peers are told `removed`, which is final, but for those whom a drain has told to come back.
   * Idempotent.
   */
  async close(): Promise<void> {
    if (this.#lifecycle.closing) return;
    this.#lifecycle.closing = true;
    const { recordings, drain, rooms } = this.#parts;
    // Before what it records goes.
    const recorded = recordings.close();
    drain.cutShort();
    if (!drain.begun) rooms.close();
    await Promise.all([recorded, this.#opened.close()]);
  }
}

interface Lifecycle {
  closing: boolean;
}

/** Opens one part after the other, those first on which others lean. */
async function openParts(
  options: ServerOptions & { tls: TlsMaterial | undefined; opened: Opened; lifecycle: Lifecycle },
): Promise<Parts> {
  const { config, staticDir, logger, tls, opened, lifecycle } = options;
  const identity = await nodeIdentity(config);
  forwardMediasoupLogs(logger);
  const store = opened.add(await openStore(config, logger), (it) => it.close());
  // It closes after the workers, so that what they say goodbye with still gets through it.
  const turn = opened.add(await openTurn({ config, tls, logger }), (it) => it.close());
  const { iceServersFor } = turn;
  const { workers: count, rtcPort, announcedAddresses } = config;
  const addresses = announcedAddresses ? { announcedAddresses } : {};
  const pool = opened.add(await WorkerPool.create({ count, rtcPort, ...addresses, logger }), (it) => {
    it.close();
    return it.terminated();
  });
  const rooms = new RoomRegistry({
    pool,
    limits: config,
    forwarding: forwardingOf(config),
    placement: placementOf(config),
    firstIsHost: config.open,
    logger,
  });
  opened.add(rooms, (it) => it.close());
  const networkTests = opened.add(new NetworkTests({ pool, logger }), (it) => it.close());
  const tokens = new AccessTokens(config);
  const events = new ServerEvents({ config, store, logger });
  const plainRtp = new PlainRtp({ rooms, ...plainRtpOf(config), logger });
  const drain = new Drain({ rooms, deadline: config.drainDeadline, logger });
  const isClosing = (): boolean => lifecycle.closing || drain.begun;
  const cluster = opened.add(openCluster({ config, identity, pool, rooms, isClosing, logger }), (it) =>
    it.close(),
  );
  const recordings = new Recordings({
    ...{ rooms, ...recordingOf(config), logger },
    index: new StoredRecordings(store, readIndexEntry),
    others: new RecordingNodes(cluster),
  });
  // First of all who follow the rooms: it looks who is in them as they end.
  const defined = new DefinedRooms(rooms, new StoredRoomDefinitions<RoomDefinition>(store));
  events.start(cluster, rooms, recordings);
  // What it delivers is a task that it holds in the cluster.
  opened.add(events, (it) => it.close());
  const nodeMedia = opened.add(openNodeMedia({ config, cluster, logger }), (it) => it.close());
  const shared = new SharedRooms(cluster, nodeMedia, rooms, (name) => defined.open(name));
  const placement = new ClientPlacement({ cluster, policy: config.placement, logger });
  const orders = new PeerOrders(cluster, rooms, (name) => shared.enter(name));
  const roomService = new RoomService({ rooms, defined, cluster, orders, tokens });
  const health = new ServerHealth({
    ...{ config, pool, rooms, drain, turn, cluster },
    isClosing: () => lifecycle.closing,
  });
  const originAllowed = (origin: string, request: IncomingMessage): boolean =>
    isOriginAllowed(origin, request, {
      allowed: [...(config.allowedOrigins ?? (config.production ? [] : ['*'])), ...originsOf(cluster)],
      behindProxy: config.trustProxy > 0,
    });
  const doors = openDoors({
    ...{
      rooms,
      drain,
      tokens,
      defined,
      roomService,
      events,
      recordings,
      plainRtp,
      health,
      iceServersFor,
      logger,
    },
    entrance: () => ({ shared, placement }),
    cluster,
    isOriginAllowed: originAllowed,
    apiOrigins: config.apiOrigins,
    publicUrl: config.publicUrl,
  });
  const app = createHttpApp({
    ...{ staticDir, logger },
    secure: tls !== undefined,
    trustProxy: config.trustProxy,
    embedOrigins: config.embedOrigins ?? config.allowedOrigins ?? ['*'],
    health: () => health.report(),
    doors: doors.routes,
  });
  const http = createServer(app, tls);
  const port = await listen(http, config.port, config.host, logger);
  opened.add(http, (it) => {
    it.close();
    it.closeAllConnections();
  });
  const signaling = new SignalingServer({
    ...{
      rooms,
      shared,
      defined,
      orders,
      cluster,
      placement,
      tokens,
      drain,
      iceServersFor,
      networkTests,
      recordings,
      logger,
    },
    trustProxy: config.trustProxy,
    httpServer: http,
    isOriginAllowed: originAllowed,
  });
  opened.add(signaling, (it) => {
    const closed = it.close();
    // Those who are to come back were told by their sockets' end; now nobody is left to tell.
    rooms.close();
    http.closeAllConnections();
    return closed;
  });
  const hasRedis = config.redisUrl !== undefined;
  const metrics = await openMetrics({
    ...{ config, pool, rooms, signaling, cluster, hasRedis, nodeMedia, drain, logger },
    isReady: () => health.ready,
  });
  opened.add(metrics, (it) => it?.close());
  await Promise.all([recordings.recover(), restoreRooms({ defined, isClosing, logger })]);
  return { pool, rooms, drain, cluster, recordings, metricsUrl: metrics?.url, port };
}

/** Of pages that other nodes serve, whose people may be sent here. */
function originsOf({ nodes }: Cluster): string[] {
  return [...nodes.others.values()].flatMap(({ url }) => url ?? []);
}

async function tlsMaterial(config: Config): Promise<TlsMaterial | undefined> {
  if (config.tlsCert !== undefined && config.tlsKey !== undefined) {
    return readTlsFiles(config.tlsCert, config.tlsKey);
  }
  if (!config.https) return undefined;
  return selfSignedCertificate(['localhost', hostname(), '127.0.0.1', '::1', ...lanAddresses()]);
}
