import { conflict, invalidState } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { ClusterLeases, Lease, LeaseEvents } from '../cluster.ts';
import { assertLease } from '../leaseTime.ts';

/** A lease that nobody else could take. */
class LocalLease extends TypedEmitter<LeaseEvents> implements Lease {
  readonly name: string;
  readonly token: number;
  readonly #onRelease: () => void;
  #held = true;

  constructor(name: string, token: number, onRelease: () => void) {
    super();
    this.name = name;
    this.token = token;
    this.#onRelease = onRelease;
  }

  get held(): boolean {
    return this.#held;
  }

  release(): Promise<void> {
    if (this.#held) {
      this.#held = false;
      this.#onRelease();
    }
    return Promise.resolve();
  }
}

/** Leases among one. */
export class LocalLeases implements ClusterLeases {
  readonly #held = new Map<string, LocalLease>();
  #last = 0;
  #closed = false;

  async acquire(name: string, { ttl }: { ttl: number }): Promise<Lease | undefined> {
    // Its arguments are refused as everywhere, by a promise that rejects.
    await Promise.resolve();
    if (this.#closed) throw invalidState('this node has left the cluster');
    assertLease(name, ttl);
    if (this.#held.has(name)) throw conflict(`this node has the lease ${name}`);
    // By the clock, so that it goes on growing when the process starts anew, or becomes one of many.
    this.#last = Math.max(Date.now() * 1000, this.#last + 1);
    const lease = new LocalLease(name, this.#last, () => this.#held.delete(name));
    this.#held.set(name, lease);
    return lease;
  }

  /** Releases all. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#held.values()].map((lease) => lease.release()));
  }
}
