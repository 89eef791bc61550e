import { Redis } from 'ioredis';
import { internal, invalidState, unavailable, type ParleyError } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Script } from './Script.ts';
import { shownUrl } from './redisUrl.ts';
import { COMMAND_TIMEOUT, CONNECT_TIMEOUT, RETRY } from './times.ts';

interface RedisConnectionEvents {
  up: [];
  down: [];
  /** Of a script: ms, and whether Redis did it. */
  commandEnded: [ms: number, isAnswered: boolean];
}

/** Refusals of a Redis which is there but cannot serve now: it loads, follows another one, or is full. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|BUSY|OOM|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN)\b/;

/** What a refused log-in looks like. */
const NO_ACCESS = /^(WRONGPASS|NOAUTH|NOPERM)\b|invalid password/i;

/**
 * One connection to Redis, which comes back by itself for as long as it is open.
 *
 * Nothing waits in it: a command is refused at once while Redis is away, and fails when the connection does. Whoever
 * wants it done nevertheless waits for `up`.
 */
export class RedisConnection extends TypedEmitter<RedisConnectionEvents> {
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #isQuiet: boolean;
  readonly #shownUrl: string;
  #runId = '';
  #isUp = false;
  #closed = false;
  /** Whether the log has this outage. */
  #reported = false;

  /**
   * @param timeout ms after which an answer will not come.
   * @param isQuiet Whether another connection tells the log of outages.
   */
  constructor(options: { url: string; name: string; timeout?: number; isQuiet?: boolean; logger: Logger }) {
    super();
    this.#logger = options.logger;
    this.#isQuiet = options.isQuiet ?? false;
    this.#shownUrl = shownUrl(options.url);
    this.#redis = new Redis(options.url, {
      connectionName: options.name,
      protocol: 2,
      retryStrategy: (times) => Math.min(times * 50, RETRY),
      connectTimeout: CONNECT_TIMEOUT,
      // One that loads what it kept is asked again as soon as one that is not there.
      maxLoadingRetryTime: RETRY,
      disconnectTimeout: RETRY,
      commandTimeout: options.timeout ?? COMMAND_TIMEOUT,
      // What was on its way when the connection broke fails then; it is not sent a second time behind our back.
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      // After a failover the old primary is a replica: its name leads to another one now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.#redis.on('ready', () => void this.#greet());
    this.#redis.on('close', () => this.#lost('the connection closed'));
    // The error's other properties may have the password: they are those of the command which failed.
    this.#redis.on('error', ({ message }: Error) => this.#report(message));
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The id that this Redis took when it started; another one after a restart or a failover. */
  get runId(): string {
    return this.#runId;
  }

  /** @throws ParleyError `unavailable` while Redis is away, `internal` when it refuses, `invalidState` once closed. */
  async run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    return this.#ask(async () => {
      const startedAt = performance.now();
      let isAnswered = false;
      try {
        const answer = await this.#evaluate(script, args);
        isAnswered = true;
        return answer;
      } finally {
        this.emit('commandEnded', performance.now() - startedAt, isAnswered);
      }
    });
  }

  /**
   * Entries of a stream after an id; waits for them up to `block` ms.
   *
   * @throws ParleyError as `run` does.
   */
  async read(stream: string, after: string, count: number, block: number): Promise<[string, string[]][]> {
    const answer = await this.#ask(() =>
      this.#redis.xread('COUNT', count, 'BLOCK', block, 'STREAMS', stream, after),
    );
    return answer?.[0]?.[1] ?? [];
  }

  /** Idempotent. What is on its way fails. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lost('');
    this.#redis.disconnect();
  }

  async #evaluate(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#redis.evalsha(script.sha, 0, ...args);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return await this.#redis.eval(script.source, 0, ...args);
    }
  }

  async #ask<T>(command: () => Promise<T>): Promise<T> {
    if (this.#closed) throw invalidState('this node has left the cluster');
    if (!this.#isUp) throw unavailable('Redis is away');
    try {
      return await command();
    } catch (error) {
      throw this.#explain(error as Error);
    }
  }

  #explain(error: Error): ParleyError {
    if (this.#closed) return invalidState('this node has left the cluster');
    if (error.name === 'ReplyError') {
      if (PASSING.test(error.message)) return unavailable(`Redis is not ready: ${error.message}`);
      return internal(`Redis refused: ${error.message}`);
    }
    // A Redis that is silent keeps the connection open; only a new one tells whether it is there.
    if (error.message === 'Command timed out') {
      this.#lost('it does not answer');
      this.#redis.disconnect(true);
    }
    return unavailable('Redis is away');
  }

  /** It is up once it has said which Redis this is. */
  async #greet(): Promise<void> {
    try {
      const info = await this.#redis.info('server');
      if (this.#closed || this.#redis.status !== 'ready') return;
      this.#runId = /^run_id:(\S+)/m.exec(info)?.[1] ?? '';
    } catch (error) {
      this.#report((error as Error).message);
      this.#redis.disconnect(true);
      return;
    }
    this.#isUp = true;
    if (this.#reported) this.#logger.info({ redis: this.#shownUrl }, 'Redis is back');
    this.#reported = false;
    this.emit('up');
  }

  #lost(reason: string): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    if (!this.#closed) this.#report(reason);
    this.emit('down');
  }

  #report(reason: string): void {
    if (this.#reported || this.#closed || this.#isQuiet) return;
    this.#reported = true;
    const hint = NO_ACCESS.test(reason) ? '; look at user and password in PARLEY_REDIS_URL' : '';
    this.#logger.warn(
      { redis: this.#shownUrl, reason: `${reason}${hint}` },
      'Redis cannot be reached: this node works by itself and tries again',
    );
  }
}
