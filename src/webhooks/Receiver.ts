import { createHash } from 'node:crypto';
import type { Logger } from '../support/logger.ts';
import type { Store } from '../store/store.ts';
import { backoff, type BackoffTimes } from './backoff.ts';
import { Delivery } from './Delivery.ts';
import type { EventLog } from './EventLog.ts';
import type { NumberedEvent } from './events.ts';
import { Position } from './Position.ts';
import type { Attempt, WebhookClient } from './WebhookClient.ts';

/** Refusals of one event after which the next one of its room has its turn: an hour and a quarter. */
const MAX_REFUSALS = 20;
/** ms that the answers on their way have when it is closed. */
const LAST_ANSWERS = 500;
const BACKOFF: BackoffTimes = { first: 1000, longest: 300_000 };

export interface ReceiverStatus {
  /** Without path and query, which may hold a secret. */
  readonly origin: string;
  /** Whether this node delivers to it; in a cluster one node does. */
  readonly active: boolean;
  /** Events that wait; null where another node delivers. */
  readonly pending: number | null;
  /** Since this node started. */
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Events that it will not get: they were refused too often, or thrown away before it was back. */
  readonly dropped: number;
  /** Why the last attempt failed; null after one that did not. */
  readonly problem: string | null;
}

/** Delivers events to one address: at least once, in order for each room, and for as long as they are kept. */
export class Receiver {
  /** Names it in the store, without its address. */
  readonly key: string;
  readonly #origin: string;
  readonly #client: WebhookClient;
  readonly #log: EventLog;
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #times: BackoffTimes;
  readonly #maxRefusals: number;
  #run: Delivery | undefined;
  readonly #counts = { delivered: 0, failed: 0, dropped: 0 };
  #problem: string | null = null;
  #failures = 0;

  constructor(options: {
    url: string;
    client: WebhookClient;
    log: EventLog;
    store: Store;
    times?: BackoffTimes;
    maxRefusals?: number;
    logger: Logger;
  }) {
    this.key = createHash('sha256').update(options.url).digest('hex').slice(0, 32);
    this.#origin = new URL(options.url).origin;
    this.#client = options.client;
    this.#log = options.log;
    this.#store = options.store;
    this.#times = options.times ?? BACKOFF;
    this.#maxRefusals = options.maxRefusals ?? MAX_REFUSALS;
    this.#logger = options.logger.child({ receiver: this.#origin });
  }

  get status(): ReceiverStatus {
    return {
      origin: this.#origin,
      active: this.#run !== undefined,
      pending: this.#run?.pending ?? null,
      ...this.#counts,
      problem: this.#problem,
    };
  }

  /** Delivers from where it, or another node, had come to. Idempotent. */
  start(): void {
    this.#run ??= new Delivery({
      log: this.#log,
      position: new Position(this.#store, this.key),
      post: (event) => this.#post(event),
      refusal: (event, times, reason) => this.#refusal(event, times, reason),
      lost: (count) => this.#lost(count),
      overtaken: () => {
        this.stop();
        this.start();
      },
      logger: this.#logger,
    });
  }

  /** Another node delivers from here on. Idempotent. */
  stop(): void {
    this.#run?.close();
    this.#run = undefined;
  }

  /** Resolves once nothing waits, or when that will take longer because the receiver is away. */
  async idle(): Promise<void> {
    await this.#run?.idle();
  }

  /** Waits 500 ms for answers on their way; what was delivered is written down, as far as the store is there. Idempotent. */
  async close(): Promise<void> {
    const run = this.#run;
    this.stop();
    const late = setTimeout(() => this.#client.close(), LAST_ANSWERS);
    await run?.ended();
    clearTimeout(late);
    this.#client.close();
    await run?.written();
  }

  async #post(event: NumberedEvent): Promise<Attempt & { wait?: number }> {
    const attempt = await this.#client.post(JSON.stringify(event));
    if (attempt.is === 'delivered') {
      if (this.#problem !== null) this.#logger.info('the receiver of webhooks takes events again');
      this.#counts.delivered += 1;
      this.#failures = 0;
      this.#problem = null;
      return attempt;
    }
    this.#counts.failed += 1;
    if (this.#problem !== attempt.reason && this.#run) {
      this.#logger.warn(
        { reason: attempt.reason },
        'a receiver of webhooks does not take an event; trying again',
      );
    }
    this.#problem = attempt.reason;
    if (attempt.is === 'refused') return attempt;
    this.#failures += 1;
    const wait = backoff(this.#failures, this.#times);
    return { ...attempt, wait: Math.min(Math.max(wait, attempt.after ?? 0), this.#times.longest) };
  }

  /** ms after which it is tried again; undefined: it is not. */
  #refusal({ event, id, seq }: NumberedEvent, times: number, reason: string): number | undefined {
    if (times < this.#maxRefusals) return backoff(times, this.#times);
    this.#counts.dropped += 1;
    this.#logger.error({ event, id, seq, reason }, 'an event is given up: its receiver refused it too often');
    return undefined;
  }

  #lost(count: number): void {
    this.#counts.dropped += count;
    this.#logger.error(
      { count },
      'a receiver of webhooks was away for so long that events are not kept any more',
    );
  }
}
