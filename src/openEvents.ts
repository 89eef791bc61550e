import type { Cluster } from './cluster/cluster.ts';
import type { Config } from './config.ts';
import type { Recordings } from './recording/Recordings.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import { LmdbStore } from './store/LmdbStore.ts';
import { RedisStore } from './store/RedisStore.ts';
import type { Store } from './store/store.ts';
import type { Logger } from './support/logger.ts';
import { AddressGuard } from './webhooks/AddressGuard.ts';
import { CONCURRENCY } from './webhooks/Delivery.ts';
import { EventLog } from './webhooks/EventLog.ts';
import { LostNodes } from './webhooks/LostNodes.ts';
import { Receiver } from './webhooks/Receiver.ts';
import { tellOfRecordings } from './webhooks/recordingEvents.ts';
import { RoomEvents } from './webhooks/RoomEvents.ts';
import { WebhookClient } from './webhooks/WebhookClient.ts';
import { Webhooks } from './webhooks/Webhooks.ts';

/** ms that a server which ends has to write its last events, and its receivers to take them. */
const FAREWELL = 1000;
/** ms between two looks for nodes that are gone, see `LostNodes`. */
const PATIENCE = 10_000;

type EventsConfig = Pick<
  Config,
  | 'dataDir'
  | 'redisUrl'
  | 'nodeId'
  | 'eventsKept'
  | 'webhookUrls'
  | 'webhookAllowPrivate'
  | 'apiKey'
  | 'apiSecret'
>;

/** Opens what survives a restart. @throws ParleyError as `LmdbStore.open` does. */
export async function openStore(config: EventsConfig, logger: Logger): Promise<Store> {
  const { dataDir, redisUrl: url, nodeId } = config;
  if (url === undefined) return LmdbStore.open(dataDir);
  return new RedisStore({ url, name: `${nodeId}-store`, logger });
}

/** What this server tells other systems, and how it gets there. */
export class ServerEvents {
  readonly log: EventLog;
  readonly #config: EventsConfig;
  readonly #store: Store;
  readonly #logger: Logger;
  #lost: LostNodes | undefined;
  #webhooks: Webhooks | undefined;

  constructor(options: { config: EventsConfig; store: Store; logger: Logger }) {
    this.#config = options.config;
    this.#store = options.store;
    this.#logger = options.logger;
    this.log = new EventLog({
      store: options.store,
      kept: options.config.eventsKept,
      logger: options.logger,
    });
  }

  /** How the receivers are doing. */
  get receivers() {
    return this.#webhooks?.status ?? [];
  }

  /** Events begin. */
  start(cluster: Cluster, rooms: RoomRegistry, recordings: Recordings): void {
    const { log } = this;
    const { nodes, leases } = cluster;
    const [store, logger] = [this.#store, this.#logger];
    const self = nodes.self.id;
    const isReachable = () => cluster.connected;
    const patience = this.#config.redisUrl === undefined ? 0 : PATIENCE;
    const lost = new LostNodes({ store, log, nodes, self, isReachable, patience, logger });
    this.#lost = lost;
    tellOfRecordings(recordings, log);
    const told = new RoomEvents({ rooms, log, node: self });
    cluster.on('connected', () => {
      lost.announce();
      told.retell();
    });
    this.#webhooks = new Webhooks({ receivers: this.#makeReceivers(), leases, logger });
  }

  /** What was told until now is written, and delivered where that is quick. Idempotent. */
  async close(): Promise<void> {
    this.#lost?.close();
    await this.log.close(FAREWELL);
    await this.#webhooks?.close(FAREWELL);
  }

  #makeReceivers(): Receiver[] {
    const { webhookUrls, webhookAllowPrivate: allow, apiKey, apiSecret } = this.#config;
    const guard = new AddressGuard({ allow });
    return webhookUrls.map((url) => {
      const client = new WebhookClient({ url, apiKey, apiSecret, guard, connections: CONCURRENCY });
      return new Receiver({ url, client, log: this.log, store: this.#store, logger: this.#logger });
    });
  }
}
