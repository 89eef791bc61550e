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
import type { Health } from './http/healthRoutes.ts';
import { createServer, listen, readTlsFiles, type TlsMaterial } from './http/listen.ts';
import { selfSignedCertificate } from './http/selfSigned.ts';
import { nodeIdentity, openCluster, openNodeMedia } from './openCluster.ts';
import { PlainRtp } from './ingest/PlainRtp.ts';
import { Recordings } from './recording/Recordings.ts';
import type { PlacementSettings } from './sfu/placement.ts';
import { RoomRegistry } from './sfu/RoomRegistry.ts';
import { AccessTokens } from './access/AccessTokens.ts';
import { isOriginAllowed } from './signaling/origins.ts';
import { SignalingServer } from './signaling/SignalingServer.ts';
import type { Logger } from './support/logger.ts';
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
  readonly #http: Server;
  readonly #pool: WorkerPool;
  readonly #rooms: RoomRegistry;
  readonly #signaling: SignalingServer;
  readonly #cluster: Cluster;
  readonly #nodeMedia: NodeMedia;
  readonly #recordings: Recordings;
  readonly #lifecycle: { closing: boolean };

  private constructor(parts: {
    http: Server;
    pool: WorkerPool;
    rooms: RoomRegistry;
    signaling: SignalingServer;
    drain: Drain;
    cluster: Cluster;
    nodeMedia: NodeMedia;
    recordings: Recordings;
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
    this.#recordings = parts.recordings;
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
    const pool = await WorkerPool.create({
      count: config.workers,
      rtcPort: config.rtcPort,
      ...(config.announcedAddresses ? { announcedAddresses: config.announcedAddresses } : {}),
      logger,
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
    const recordings = new Recordings({ rooms, ...recordingOf(config), logger });
    const plainRtp = new PlainRtp({ rooms, ...plainRtpOf(config), logger });
    const drain = new Drain({ rooms, deadline: config.drainDeadline, logger });
    let cluster: Cluster | undefined;
    const health = (): Health => {
      const workers = pool.status();
      return {
        ready: !lifecycle.closing && !drain.begun && workers.some(({ alive }) => alive),
        draining: drain.begun,
        rooms: rooms.rooms.size,
        peers: rooms.peerCount,
        workers,
        ...(config.redisUrl === undefined || !cluster ? {} : { cluster: clusterHealth(cluster) }),
      };
    };
    const app = createHttpApp({
      staticDir,
      secure: tls !== undefined,
      trustProxy: config.trustProxy,
      health,
      doors: openDoors({ rooms, drain, tokens, recordings, plainRtp }).routes,
      logger,
    });
    try {
      const http = createServer(app, tls);
      const port = await listen(http, config.port, config.host, logger);
      const isClosing = (): boolean => lifecycle.closing || drain.begun;
      cluster = openCluster({ config, identity, pool, rooms, isClosing, logger });
      const nodeMedia = openNodeMedia({ config, cluster, logger });
      const signaling = new SignalingServer({
        httpServer: http,
        rooms,
        shared: new SharedRooms(cluster, nodeMedia, rooms),
        cluster,
        placement: new ClientPlacement({ cluster, policy: config.placement, logger }),
        tokens,
        drain,
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
        recordings,
        lifecycle,
        scheme,
        host,
        port,
      });
    } catch (error) {
      pool.close();
      await cluster?.close();
      await pool.terminated();
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
    this.#nodeMedia.close();
    this.#pool.close();
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

function plainRtpOf({ plainAddress, plainPorts, maxPlain, egressPrivate }: Config) {
  return { place: { ip: plainAddress, ports: plainPorts }, most: maxPlain, allowPrivate: egressPrivate };
}

function placementOf({ spreadRooms, spillCpu, spillConsumers }: Config): PlacementSettings {
  return { spreadRooms, spillCpu, spillConsumers };
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
