import { conflict, invalidState } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import type { ClusterLeases } from '../cluster.ts';
import { assertLease } from '../leaseTime.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { RedisLease } from './RedisLease.ts';
import { ACQUIRE_LEASE, RELEASE_LEASE } from './scripts.ts';
import { KEEP_FENCE } from './times.ts';

/** The leases that this node has. */
export class RedisLeases implements ClusterLeases {
  readonly #id: string;
  readonly #connection: RedisConnection;
  readonly #logger: Logger;
  readonly #held = new Map<string, RedisLease>();
  readonly #acquiring = new Set<string>();
  /** The greatest token that this node was given. */
  #greatest = 0;
  #closed = false;

  constructor(options: { id: string; connection: RedisConnection; logger: Logger }) {
    this.#id = options.id;
    this.#connection = options.connection;
    this.#logger = options.logger;
  }

  async acquire(name: string, { ttl }: { ttl: number }): Promise<RedisLease | undefined> {
    if (this.#closed) throw invalidState('this node has left the cluster');
    assertLease(name, ttl);
    if (this.#held.has(name) || this.#acquiring.has(name)) throw conflict(`this node has the lease ${name}`);
    this.#acquiring.add(name);
    const askedAt = performance.now();
    let token: number;
    try {
      const args = [name, this.#id, ttl, this.#greatest, KEEP_FENCE];
      token = Number(await this.#connection.run(ACQUIRE_LEASE, args));
    } finally {
      this.#acquiring.delete(name);
    }
    if (token === 0) return undefined;
    this.#greatest = Math.max(this.#greatest, token);
    if (this.#isClosed()) {
      // The connection may be gone as well; then it runs out.
      await this.#connection.run(RELEASE_LEASE, [name, token]).catch(() => undefined);
      throw invalidState('this node has left the cluster');
    }
    const lease = new RedisLease({
      name,
      token,
      ttl,
      askedAt,
      connection: this.#connection,
      logger: this.#logger,
      onEnd: () => this.#held.delete(name),
    });
    this.#held.set(name, lease);
    return lease;
  }

  /** Releases all. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#held.values()].map((lease) => lease.release()));
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
