import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Cluster, ClusterEvents, NodeIdentity, NodeStatus } from '../cluster.ts';
import { toBody } from '../messageBody.ts';
import type { Envelope } from './envelope.ts';
import { Heartbeat, type Announcement } from './Heartbeat.ts';
import { Inbox } from './Inbox.ts';
import type { NodeDirectory } from './NodeDirectory.ts';
import { INBOX_LENGTH, Outbox } from './Outbox.ts';
import { RedisBus } from './RedisBus.ts';
import { RedisConnection } from './RedisConnection.ts';
import { RedisLeases } from './RedisLeases.ts';
import { RedisRooms } from './RedisRooms.ts';
import { LEAVE } from './scripts.ts';
import { COMMAND_TIMEOUT, KEEP, READ_BLOCK, RENEWAL } from './times.ts';

/** ms that a leaving node has for what it still has to say. */
const FAREWELL = 1000;

export interface RedisClusterOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  identity: NodeIdentity;
  /** Asked with each sign of life. */
  status: () => NodeStatus;
  logger: Logger;
}

/**
 * One node of a cluster over Redis.
 *
 * It works from the start on, whether Redis is there or not, and shares what it has as soon as it can.
 */
export class RedisCluster extends TypedEmitter<ClusterEvents> implements Cluster {
  readonly nodes: NodeDirectory;
  readonly leases: RedisLeases;
  readonly rooms: RedisRooms;
  readonly bus: RedisBus;
  readonly #id: string;
  readonly #connection: RedisConnection;
  readonly #reading: RedisConnection;
  readonly #heartbeat: Heartbeat;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #logger: Logger;
  readonly #renewal: NodeJS.Timeout;
  #isRenewalDue = false;
  #closing: Promise<void> | undefined;

  constructor({ url, identity, status, logger }: RedisClusterOptions) {
    super();
    const { id } = identity;
    this.#id = id;
    this.#logger = logger;
    const connection = new RedisConnection({ url, name: id, logger });
    this.#connection = connection;
    this.#reading = new RedisConnection({
      url,
      name: `${id}-inbox`,
      timeout: READ_BLOCK + COMMAND_TIMEOUT,
      isQuiet: true,
      logger,
    });
    this.#heartbeat = new Heartbeat({
      connection,
      identity,
      status,
      progress: () => ({ read: this.#inbox.read, sent: this.#outbox.sent }),
      logger,
    });
    const parts = { id, connection, heartbeat: this.#heartbeat, logger };
    this.#outbox = new Outbox(parts);
    this.#inbox = new Inbox({ ...parts, connection: this.#reading });
    this.nodes = this.#heartbeat.nodes;
    this.leases = new RedisLeases(parts);
    this.rooms = new RedisRooms({ ...parts, outbox: this.#outbox });
    this.bus = new RedisBus({ ...parts, outbox: this.#outbox });
    this.#connect();
    this.#renewal = setInterval(() => this.#renew(), RENEWAL);
  }

  get connected(): boolean {
    return this.#connection.isUp;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Puts the parts together. */
  #connect(): void {
    this.#connection.on('up', () => {
      this.#isRenewalDue = true;
      this.emit('connected');
    });
    // Registrations may have expired meanwhile; when the node itself was forgotten they are made anew anyhow.
    this.#heartbeat.on('checked', () => {
      if (this.#isRenewalDue) this.#renew();
    });
    this.#connection.on('down', () => this.emit('disconnected'));
    this.#connection.on('commandEnded', (ms, isAnswered) => this.emit('commandEnded', ms, isAnswered));
    this.#heartbeat.on('announced', (why, generation) => this.#announced(why, generation));
    this.#inbox.on('received', (envelope, from, room) => this.#received(envelope, from, room));
    this.#inbox.on('gap', () => {
      this.rooms.refresh();
      this.bus.resync(null);
    });
    this.nodes.on('nodeLeft', (id) => this.#inbox.forget(id));
  }

  #announced(why: Announcement, generation: string): void {
    if (this.#closing) return;
    this.#inbox.restart(generation);
    this.#isRenewalDue = false;
    if (why === 'first') return;
    this.rooms.refresh();
    this.bus.resync(null);
    if (why !== 'older') return;
    // What Redis has forgotten may not have been read by those for whom it was.
    this.rooms.admitMissing();
    this.bus.admitMissing();
  }

  #received(envelope: Envelope, from: string, room: string): void {
    if (this.#closing) return;
    if (room !== '') this.rooms.received(envelope, from, room);
    else if (envelope.kind === 'nodeLeft') this.nodes.lose(from, { itself: true });
    else this.bus.received(envelope, from);
  }

  #renew(): void {
    this.#isRenewalDue = false;
    this.rooms.renew().catch((error: unknown) => {
      if (!this.#closing && this.connected) this.#logger.warn({ error }, 'renewing rooms failed');
    });
  }

  async #close(): Promise<void> {
    clearInterval(this.#renewal);
    const rooms = this.rooms.names;
    this.rooms.close();
    this.bus.close();
    if (this.connected) await this.#farewell(rooms);
    this.#heartbeat.close();
    this.#outbox.close();
    this.#inbox.close();
    this.#reading.close();
    this.#connection.close();
  }

  /** What waits is sent, and then the others are told that this node leaves. */
  async #farewell(rooms: readonly string[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, FAREWELL)));
    await Promise.race([Promise.all([this.leases.close(), this.#outbox.idle()]), tooLong]);
    clearTimeout(timer);
    // No beat must make it known again.
    this.#heartbeat.close();
    this.#outbox.close();
    const body = toBody({ kind: 'nodeLeft' } satisfies Envelope);
    try {
      await this.#connection.run(LEAVE, [
        this.#id,
        this.#outbox.nextNumber(),
        body,
        INBOX_LENGTH,
        KEEP,
        ...rooms,
      ]);
    } catch (error) {
      this.#logger.debug({ error }, 'the other nodes could not be told that this one leaves');
    }
  }
}
