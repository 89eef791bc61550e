import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Lease, LeaseEvents } from '../cluster.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { RELEASE_LEASE, RENEW_LEASE } from './scripts.ts';
import { KEEP_FENCE, RETRY } from './times.ts';

/** Part of its time by which a lease ends earlier for its holder than for Redis, whose clock is another one. */
const MARGIN = 0.05;

/** A lease that this node has for as long as it renews it in time, by the clock of this machine. */
export class RedisLease extends TypedEmitter<LeaseEvents> implements Lease {
  readonly name: string;
  readonly token: number;
  readonly #ttl: number;
  readonly #connection: RedisConnection;
  readonly #logger: Logger;
  readonly #onEnd: () => void;
  #validUntil: number;
  #renewal: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param askedAt `performance.now()` before it was asked for: Redis counts from later on. */
  constructor(options: {
    name: string;
    token: number;
    ttl: number;
    askedAt: number;
    connection: RedisConnection;
    logger: Logger;
    onEnd: () => void;
  }) {
    super();
    this.name = options.name;
    this.token = options.token;
    this.#ttl = options.ttl;
    this.#connection = options.connection;
    this.#logger = options.logger;
    this.#onEnd = options.onEnd;
    this.#validUntil = options.askedAt;
    this.#extend(options.askedAt);
  }

  get held(): boolean {
    return !this.#ended && performance.now() < this.#validUntil;
  }

  async release(): Promise<void> {
    if (!this.#end()) return;
    try {
      await this.#connection.run(RELEASE_LEASE, [this.name, this.token]);
    } catch (error) {
      this.#logger.debug({ error, lease: this.name }, 'a lease could not be released; it runs out');
    }
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      const isOurs =
        (await this.#connection.run(RENEW_LEASE, [this.name, this.token, this.#ttl, KEEP_FENCE])) === 1;
      if (this.#ended) return;
      if (isOurs) this.#extend(askedAt);
      else this.#lose();
    } catch {
      // It stays ours until it runs out.
      if (!this.#ended) this.#renewal = setTimeout(() => void this.#renew(), RETRY);
    }
  }

  #extend(askedAt: number): void {
    clearTimeout(this.#expiry);
    this.#validUntil = askedAt + this.#ttl * (1 - MARGIN);
    this.#renewal = setTimeout(() => void this.#renew(), this.#ttl / 3);
    this.#expiry = setTimeout(() => this.#lose(), Math.max(0, this.#validUntil - performance.now()));
  }

  #lose(): void {
    if (!this.#end()) return;
    this.#logger.warn({ lease: this.name }, 'a lease was lost');
    this.emit('lost');
  }

  /** Whether it was open. */
  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    clearTimeout(this.#renewal);
    clearTimeout(this.#expiry);
    this.#onEnd();
    return true;
  }
}
