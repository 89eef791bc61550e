import type { ClusterNodes } from '../cluster/cluster.ts';
import type { Collection, Document, Store } from '../store/store.ts';
import type { Logger } from '../support/logger.ts';
import type { EventLog } from './EventLog.ts';
import {
  NODES,
  participantLeaves,
  PRESENT,
  roomFinishes,
  ROOMS,
  type LiveRoom,
  type Presence,
} from './presence.ts';

/** Documents that are looked at in one go. */
const PAGE = 500;

/**
 * Tells the end of what was on nodes that are gone without telling it: of an earlier process here, or of other nodes.
 * Whichever node is the first to tell it does; it is told once.
 */
export class LostNodes {
  readonly #store: Store;
  readonly #log: EventLog;
  readonly #nodes: Pick<ClusterNodes, 'others'>;
  readonly #self: string;
  readonly #isReachable: () => boolean;
  readonly #logger: Logger;
  readonly #patience: number;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Those that were missing at the last look. */
  #missing = new Set<string>();
  #looking: Promise<void> | undefined;
  #closed = false;

  /**
   * @param options `patience`: ms between looks; nodes that are missing at two of them are gone. 0: nobody else can be there, and
   * one look is enough.
   */
  constructor(options: {
    store: Store;
    log: EventLog;
    nodes: Pick<ClusterNodes, 'others'>;
    self: string;
    isReachable: () => boolean;
    patience: number;
    logger: Logger;
  }) {
    this.#store = options.store;
    this.#log = options.log;
    this.#nodes = options.nodes;
    this.#self = options.self;
    this.#isReachable = options.isReachable;
    this.#patience = options.patience;
    this.#logger = options.logger;
    this.announce();
    if (this.#patience === 0) void this.look();
    else this.#timer = setInterval(() => void this.look(), this.#patience).unref();
  }

  /** This node may have something, of which others are to tell the end should it not do so itself. */
  announce(): void {
    this.#log.change({ put: [{ in: NODES, key: this.#self, value: 1 }] });
  }

  /** Looks for nodes that are gone. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => {
        if (!this.#closed && this.#isReachable())
          this.#logger.warn({ error }, 'looking for lost nodes failed');
      })
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** This node has nothing any more. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#log.change({ remove: [{ in: NODES, key: this.#self }] });
  }

  async #look(): Promise<void> {
    if (!this.#isReachable()) {
      this.#missing.clear();
      return;
    }
    const known = await this.#store.list(NODES);
    const missing = known
      .map(({ key }) => key)
      .filter((id) => id !== this.#self && !this.#nodes.others.has(id));
    const lost = new Set(missing.filter((id) => this.#patience === 0 || this.#missing.has(id)));
    this.#missing = new Set(missing);
    if (lost.size === 0 || this.#closed) return;
    this.#logger.info({ nodes: [...lost] }, 'telling the end of what was on nodes that are gone');
    for await (const { value } of this.#documents(PRESENT)) {
      const presence = value as unknown as Presence;
      if (lost.has(presence.node)) this.#leave(presence);
    }
    for await (const { value } of this.#documents(ROOMS)) {
      const live = value as unknown as LiveRoom;
      if (!lost.has(live.node)) continue;
      this.#log.change(
        ...roomFinishes(this.#log, live, { ...live.room, numParticipants: 0, numPublishers: 0 }),
      );
    }
    this.#log.change({ remove: [...lost].map((key) => ({ in: NODES, key })) });
  }

  #leave(presence: Presence): void {
    const { room, participant } = presence;
    const gone = { ...participant, state: 'DISCONNECTED', disconnectReason: 'SERVER_SHUTDOWN' } as const;
    this.#log.change(participantLeaves(this.#log, presence, { room, participant: gone }, true));
  }

  async *#documents(collection: Collection): AsyncGenerator<Document> {
    for (let after: string | undefined; !this.#closed;) {
      const page = await this.#store.list(collection, '', {
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      yield* page;
      after = page.at(-1)?.key;
      if (after === undefined) return;
    }
  }
}
