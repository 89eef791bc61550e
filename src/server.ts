import type { IncomingMessage, Server } from 'node:http';
import { hostname } from 'node:os';
import type { Cluster } from './cluster/cluster.ts';
import { ClientPlacement } from './cluster/ClientPlacement.ts';
import { Drain } from './cluster/Drain.ts';
import type { NodeMedia } from './cluster/media/NodeMedia.ts';
import { SharedRooms } from './cluster/SharedRooms.ts';
import type { Config } from './config.ts';
import { openDoors } from './doors.ts';
import type { ForwardingSettings } from './protocol/models.ts';
import { defaultForwarding } from './sfu/forwarding/forwardingSettings.ts';
import { createHttpApp } from './http/createHttpApp.ts';
import { HealthChecks } from './http/HealthChecks.ts';
import { createServer, listen, readTlsFiles, type TlsMaterial } from './http/listen.ts';
import { selfSignedCertificate } from './http/selfSigned.ts';
import { openStore, ServerEvents } from './openEvents.ts';
import { nodeIdentity, openCluster, openNodeMedia } from './openCluster.ts';
import { openTurn, type Turn } from './openTurn.ts';
import { Recordings } from './recording/Recordings.ts';
import type { MetricsServer } from './metrics/MetricsServer.ts';
import { nodeIdentity, openCluster, openNodeMedia } from './openCluster.ts';
import { openMetrics } from './openMetrics.ts';
import type { PlacementSettings } from './sfu/placement.ts';
import { RoomRegistry } from './sfu/RoomRegistry.ts';
import { AccessTokens } from './access/AccessTokens.ts';
import { isOriginAllowed } from './signaling/origins.ts';
import { SignalingServer } from './signaling/SignalingServer.ts';
import type { Store } from './store/store.ts';
import { unavailable } from './support/errors.ts';
import type { Logger } from './support/logger.ts';
import type { Entrance } from './whip/WhipSessions.ts';
import { lanAddresses } from './workers/listenAddresses.ts';
import { forwardMediasoupLogs } from './workers/mediasoupLogs.ts';
import { WorkerPool } from './workers/WorkerPool.ts';

export interface ServerOptions {
  config: Config;
  /** The client's build. */
  staticDir: string;
  logger: Logger;
}

/** The whole server: workers, rooms, sockets and pages, put together. */
export class ParleyServer {
  /** Where a person on this machine finds it. */
  readonly url: string;
  /** Where others on the same network find it; empty when it listens on one address only. */
  readonly lanUrls: readonly string[];
  /** Its end with notice; whoever owns the server closes it when that is over. */
  readonly drain: Drain;
  /** Where Prometheus reads; undefined where nothing is served. */
  readonly metricsUrl: string | undefined;
  readonly #http: Server;
  readonly #pool: WorkerPool;
  readonly #rooms: RoomRegistry;
  readonly #signaling: SignalingServer;
  readonly #cluster: Cluster;
  readonly #nodeMedia: NodeMedia;
  readonly #store: Store;
  readonly #events: ServerEvents;
  readonly #turn: Turn;
  readonly #recordings: Recordings;
  readonly #metrics: MetricsServer | undefined;
  readonly #lifecycle: { closing: boolean };

  private constructor(parts: {
    http: Server;
    pool: WorkerPool;
    rooms: RoomRegistry;
    signaling: SignalingServer;
    drain: Drain;
    cluster: Cluster;
    nodeMedia: NodeMedia;
    store: Store;
    events: ServerEvents;
    turn: Turn;
    recordings: Recordings;
    metrics: MetricsServer | undefined;
    lifecycle: { closing: boolean };
    scheme: string;
    host: string | undefined;
    port: number;
  }) {
    this.#http = parts.http;
    this.#pool = parts.pool;
    this.#rooms = parts.rooms;
    this.#signaling = parts.signaling;
    this.drain = parts.drain;
    this.#cluster = parts.cluster;
    this.#nodeMedia = parts.nodeMedia;
    this.#store = parts.store;
    this.#events = parts.events;
    this.#turn = parts.turn;
    this.#recordings = parts.recordings;
    this.#metrics = parts.metrics;
    this.metricsUrl = parts.metrics?.url;
    this.#lifecycle = parts.lifecycle;
    const at = (host: string) => `${parts.scheme}://${host.includes(':') ? `[${host}]` : host}:${parts.port}`;
    const isAnywhere = parts.host === undefined || parts.host === '0.0.0.0' || parts.host === '::';
    this.url = at(isAnywhere ? 'localhost' : (parts.host ?? ''));
    this.lanUrls = isAnywhere ? lanAddresses().map(at) : [];
  }

  /**
   * Starts everything; what was started is closed again when something else cannot be.
   *
   * @throws ConfigError when this node's address is not known; ParleyError for a port in use, an unreadable certificate,
   * a worker that does not start.
   */
  static async start({ config, staticDir, logger }: ServerOptions): Promise<ParleyServer> {
    const tls = await tlsMaterial(config);
    const identity = await nodeIdentity(config);
    forwardMediasoupLogs(logger);
    const store = await openStore(config, logger);
    const pool = await WorkerPool.create({
      count: config.workers,
      rtcPort: config.rtcPort,
      ...(config.announcedAddresses ? { announcedAddresses: config.announcedAddresses } : {}),
      logger,
    }).catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
    const lifecycle = { closing: false };
    const rooms = new RoomRegistry({
      pool,
      limits: config,
      forwarding: forwardingOf(config),
      placement: placementOf(config),
      logger,
    });
    const tokens = new AccessTokens(config);
    const events = new ServerEvents({ config, store, logger });
    const recordings = new Recordings({ rooms, ...recordingOf(config), logger });
    const drain = new Drain({ rooms, deadline: config.drainDeadline, logger });
    let cluster: Cluster | undefined;
    let turn: Turn | undefined;
    let entrance: Entrance | undefined;
    const originAllowed = (origin: string, request: IncomingMessage): boolean =>
      isOriginAllowed(origin, request, {
        allowed: [
          ...(config.allowedOrigins ?? (config.production ? [] : ['*'])),
          ...(cluster ? originsOf(cluster) : []),
        ],
        behindProxy: config.trustProxy > 0,
      });
    const health = (): Health => {
      const workers = pool.status();
      return {
        ready: !lifecycle.closing && !drain.begun && workers.some(({ alive }) => alive),
        draining: drain.begun,
        rooms: rooms.rooms.size,
        peers: rooms.peerCount,
        workers,
        ...(turn?.managed ? { turn: turn.managed.state } : {}),
        ...(config.redisUrl === undefined || !cluster ? {} : { cluster: clusterHealth(cluster) }),
      };
    };
    const hasRedis = config.redisUrl !== undefined;
    const health = new HealthChecks(() => ({
      draining: drain.begun,
      rooms: rooms.rooms.size,
      peers: rooms.peerCount,
      workers: pool.status(),
      ...(hasRedis && cluster ? { cluster: clusterHealth(cluster) } : {}),
    }));
    health.add('lifecycle', { problem: () => endOf(lifecycle.closing, drain.begun) });
    health.add('workers', { problem: () => (pool.ready ? undefined : 'no media worker runs') });
    // Without Redis a node serves its own rooms.
    if (hasRedis) {
      const problem = (): string | undefined => (cluster?.connected ? undefined : 'Redis cannot be reached');
      health.add('redis', { problem, optional: true });
    }
    const app = createHttpApp({
      staticDir,
      secure: tls !== undefined,
      trustProxy: config.trustProxy,
      health,
      doors: openDoors({
        rooms,
        drain,
        tokens,
        events,
        entrance: () => {
          if (!entrance) throw unavailable('the server is starting');
          return entrance;
        },
        iceServersFor: (id) => turn?.iceServersFor(id) ?? [],
        isOriginAllowed: originAllowed,
        publicUrl: config.publicUrl,
        logger,
      }).routes,
      doors: openDoors({ rooms, drain, tokens, recordings }).routes,
      health: () => health.report(),
      doors: openDoors({ rooms, drain, tokens, health }).routes,
      logger,
    });
    let signaling: SignalingServer | undefined;
    let nodeMedia: NodeMedia | undefined;
    try {
      turn = await openTurn({ config, tls, logger });
      const http = createServer(app, tls);
      const port = await listen(http, config.port, config.host, logger);
      const isClosing = (): boolean => lifecycle.closing || drain.begun;
      cluster = openCluster({ config, identity, pool, rooms, isClosing, logger });
      events.start(cluster, rooms);
      const nodeMedia = openNodeMedia({ config, cluster, logger });
      const shared = new SharedRooms(cluster, nodeMedia, rooms);
      const placement = new ClientPlacement({ cluster, policy: config.placement, logger });
      entrance = { shared, placement };
      const signaling = new SignalingServer({
      nodeMedia = openNodeMedia({ config, cluster, logger });
      signaling = new SignalingServer({
        httpServer: http,
        rooms,
        shared,
        cluster,
        placement,
        tokens,
        drain,
        iceServersFor: turn.iceServersFor,
        isOriginAllowed: originAllowed,
        iceServers: config.iceServers,
        recordings,
        isOriginAllowed: (origin: string, request: IncomingMessage) =>
          isOriginAllowed(origin, request, {
            allowed: [
              ...(config.allowedOrigins ?? (config.production ? [] : ['*'])),
              ...(cluster ? originsOf(cluster) : []),
            ],
            behindProxy: config.trustProxy > 0,
          }),
        logger,
      });
      await recordings.recover();
      const metrics = await openMetrics({
        config,
        pool,
        rooms,
        signaling,
        cluster,
        hasRedis,
        nodeMedia,
        drain,
        isReady: () => health.ready,
        logger,
      });
      const scheme = tls ? 'https' : 'http';
      const { host } = config;
      return new ParleyServer({
        http,
        pool,
        rooms,
        signaling,
        drain,
        cluster,
        nodeMedia,
        store,
        events,
        turn,
        recordings,
        metrics,
        lifecycle,
        scheme,
        host,
        port,
      });
    } catch (error) {
      rooms.close();
      await signaling?.close();
      nodeMedia?.close();
      pool.close();
      await events.close();
      await cluster?.close();
      await store.close();
      await Promise.all([turn?.close(), pool.terminated()]);
      throw error;
    }
  }

  /** Ports that media travels on, UDP and TCP. */
  get mediaPorts(): number[] {
    return this.#pool.status().map(({ port }) => port);
  }

  /** This node and the others, as far as they are known. */
  get cluster(): Pick<Cluster, 'nodes' | 'connected'> {
    return this.#cluster;
  }

  /**
   * Sockets and workers close. Peers are told `removed`, which is final, but for those whom a drain has told to come back.
   * Idempotent.
   */
  async close(): Promise<void> {
    if (this.#lifecycle.closing) return;
    this.#lifecycle.closing = true;
    const recorded = this.#recordings.close();
    this.drain.cutShort();
    if (!this.drain.begun) this.#rooms.close();
    const signalingClosed = this.#signaling.close();
    this.#rooms.close();
    this.#http.closeAllConnections();
    this.#metrics?.close();
    this.#nodeMedia.close();
    this.#pool.close();
    // The task to deliver is let go in the cluster, so that comes last.
    await this.#events.close();
    // Last, so that what the workers say goodbye with still gets through it.
    const turnClosed = this.#pool.terminated().then(() => this.#turn.close());
    await Promise.all([signalingClosed, this.#cluster.close(), turnClosed, this.#store.close()]);
    await Promise.all([recorded, signalingClosed, this.#cluster.close(), this.#pool.terminated()]);
  }
}

/** Of pages that other nodes serve, whose people may be sent here. */
function originsOf({ nodes }: Cluster): string[] {
  return [...nodes.others.values()].flatMap(({ url }) => url ?? []);
}

function forwardingOf({ loudest, lastN, dynacast, videoCodecs, audioBitrate }: Config): ForwardingSettings {
  return { ...defaultForwarding, loudest, lastN, dynacast, videoCodecs, audioBitrate };
}

function recordingOf(config: Config) {
  const { recordingsDir, record, maxRecordings, recordingMaxBytes, recordingMaxDuration } = config;
  const limits = { maxRecordings, maxBytes: recordingMaxBytes, maxDuration: recordingMaxDuration };
  return { directory: recordingsDir, automatic: record === 'all', limits };
}

function placementOf({ spreadRooms, spillCpu, spillConsumers }: Config): PlacementSettings {
  return { spreadRooms, spillCpu, spillConsumers };
}

function endOf(isClosing: boolean, isDraining: boolean): string | undefined {
  if (isClosing) return 'the server ends';
  return isDraining ? 'the server is about to end' : undefined;
}

function clusterHealth({ connected, nodes }: Cluster) {
  const { id, region } = nodes.self;
  return { node: id, region, connected, nodes: nodes.others.size + 1 };
}

async function tlsMaterial(config: Config): Promise<TlsMaterial | undefined> {
  if (config.tlsCert !== undefined && config.tlsKey !== undefined) {
    return readTlsFiles(config.tlsCert, config.tlsKey);
  }
  if (!config.https) return undefined;
  return selfSignedCertificate(['localhost', hostname(), '127.0.0.1', '::1', ...lanAddresses()]);
}
