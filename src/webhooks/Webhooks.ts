import type { ClusterLeases, Lease } from '../cluster/cluster.ts';
import { ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import type { Receiver, ReceiverStatus } from './Receiver.ts';

/** ms for which a node that is gone still has the task to deliver. */
const LEASE = 10_000;
/** ms between two attempts to get it. */
const RETRY = 2000;

/** Who delivers to each receiver: one node at a time, whichever has the lease. */
export class Webhooks {
  readonly #turns: readonly Turn[];

  constructor(options: { receivers: readonly Receiver[]; leases: ClusterLeases; logger: Logger }) {
    const { leases, logger } = options;
    this.#turns = options.receivers.map((receiver) => new Turn(receiver, leases, logger));
  }

  get status(): ReceiverStatus[] {
    return this.#turns.map(({ receiver }) => receiver.status);
  }

  /** @param within ms that receivers have to take what waits. Idempotent. */
  async close(within: number): Promise<void> {
    await Promise.all(this.#turns.map((turn) => turn.close(within)));
  }
}

/** One receiver, and whether it is this node's turn. */
class Turn {
  readonly receiver: Receiver;
  readonly #leases: ClusterLeases;
  readonly #logger: Logger;
  #lease: Lease | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(receiver: Receiver, leases: ClusterLeases, logger: Logger) {
    this.receiver = receiver;
    this.#leases = leases;
    this.#logger = logger;
    void this.#acquire();
  }

  async close(within: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await atMost(within, this.receiver.idle());
    await atMost(within, this.receiver.close());
    await this.#lease?.release();
  }

  /** Never rejects. */
  async #acquire(): Promise<void> {
    try {
      const lease = await this.#leases.acquire(`webhooks/${this.receiver.key}`, { ttl: LEASE });
      if (lease) this.#begin(lease);
    } catch (error) {
      if (!(error instanceof ParleyError && error.code === 'unavailable') && !this.#closed)
        this.#logger.error({ error }, 'no lease for a receiver of webhooks');
    }
    if (!this.#lease && !this.#closed) this.#tryAgain();
  }

  #begin(lease: Lease): void {
    if (this.#closed) {
      void lease.release();
      return;
    }
    this.#lease = lease;
    lease.once('lost', () => {
      this.#lease = undefined;
      if (this.#closed) return;
      this.receiver.stop();
      this.#tryAgain();
    });
    this.receiver.start();
  }

  #tryAgain(): void {
    this.#retry = setTimeout(() => void this.#acquire(), RETRY).unref();
  }
}

/** Resolves with it, or after so many ms without it. */
async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
