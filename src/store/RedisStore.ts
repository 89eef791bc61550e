import { RedisConnection } from '../cluster/redis/RedisConnection.ts';
import type { Script } from '../cluster/redis/Script.ts';
import { shownUrl } from '../cluster/redis/redisUrl.ts';
import { invalidState, limitExceeded, ParleyError, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { bringUpToDate, type Migration } from './migrations.ts';
import { BOUNDS, GET, LIST, READ, WRITE } from './redisScripts.ts';
import {
  assertChange,
  assertKey,
  assertLimit,
  assertName,
  assertPrefix,
  MAX_LIST,
  toText,
  type Change,
  type Collection,
  type Document,
  type Entry,
  type Json,
  type Log,
  type Outcome,
  type Store,
} from './store.ts';

/** ms between two looks at the schema that could not be taken for another reason than that Redis was away. */
const RETRY = 1000;

/** The methods without the question whether what is kept is known to be of this version. */
type Unguarded = Omit<Store, 'close'>;

/**
 * Durable state that the nodes of a cluster share. While Redis is away everything is refused with `unavailable`; what is done
 * survives as well as that Redis is told to keep it (`appendonly`).
 */
export class RedisStore implements Store {
  readonly #connection: RedisConnection;
  readonly #where: string;
  readonly #migrations: readonly Migration[] | undefined;
  readonly #logger: Logger;
  /** The greatest number of each log that was seen, so that one that Redis forgot is not given twice. */
  readonly #greatest = new Map<string, number>();
  readonly #unguarded: Unguarded;
  #isChecked = false;
  /** Why it cannot be used, however long one waits. */
  #refusal: ParleyError | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: { url: string; name: string; migrations?: readonly Migration[]; logger: Logger }) {
    this.#where = `the state in ${shownUrl(options.url)}`;
    this.#migrations = options.migrations;
    this.#logger = options.logger;
    this.#connection = new RedisConnection({ ...options, isQuiet: true });
    this.#unguarded = {
      get: (...args) => this.#get(...args),
      list: (...args) => this.#list(...args),
      read: (...args) => this.#read(...args),
      bounds: (...args) => this.#bounds(...args),
      write: (...args) => this.#write(...args),
    };
    this.#connection.on('up', () => void this.#check());
    this.#connection.on('down', () => {
      // The next one may be another Redis.
      this.#isChecked = false;
      clearTimeout(this.#retry);
    });
  }

  async get(...args: Parameters<Store['get']>): Promise<Json | undefined> {
    this.#assertUsable();
    return this.#get(...args);
  }

  async list(...args: Parameters<Store['list']>): Promise<Document[]> {
    this.#assertUsable();
    return this.#list(...args);
  }

  async read(...args: Parameters<Store['read']>): Promise<Entry[]> {
    this.#assertUsable();
    return this.#read(...args);
  }

  async bounds(...args: Parameters<Store['bounds']>): Promise<{ first: number; last: number }> {
    this.#assertUsable();
    return this.#bounds(...args);
  }

  async write(...args: Parameters<Store['write']>): Promise<Outcome[]> {
    this.#assertUsable();
    return this.#write(...args);
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#connection.close();
    return Promise.resolve();
  }

  async #get(collection: Collection, key: string): Promise<Json | undefined> {
    assertName(collection);
    assertKey(key);
    const text = (await this.#run(GET, [collection.name, key])) as string | null;
    return text === null ? undefined : (JSON.parse(text) as Json);
  }

  async #list(
    collection: Collection,
    prefix = '',
    { after = '', limit = MAX_LIST }: { after?: string; limit?: number } = {},
  ): Promise<Document[]> {
    assertName(collection);
    assertPrefix(prefix);
    assertLimit(limit);
    const pairs = (await this.#run(LIST, [collection.name, prefix, after, limit])) as string[];
    return inPairs(pairs).map(([key, text]) => ({ key, value: JSON.parse(text) as Json }));
  }

  async #read(log: Log, after: number, limit = MAX_LIST): Promise<Entry[]> {
    assertName(log);
    assertLimit(limit);
    const pairs = (await this.#run(READ, [log.name, after, limit])) as string[];
    return inPairs(pairs).map(([seq, text]) => ({
      seq: this.#seen(log, seq),
      value: JSON.parse(text) as Json,
    }));
  }

  async #bounds(log: Log): Promise<{ first: number; last: number }> {
    assertName(log);
    const [first = '0', last = '0'] = (await this.#run(BOUNDS, [log.name])) as string[];
    return { first: Number(first), last: this.#seen(log, last) };
  }

  async #write(changes: readonly Change[]): Promise<Outcome[]> {
    for (const change of changes) assertChange(change);
    const body = JSON.stringify(changes.map((change) => this.#wire(change)));
    const [what, ...rest] = (await this.#run(WRITE, [body])) as [string, ...(string[] | string | null)[]];
    if (what === 'full') throw limitExceeded(`there is no place for more ${rest[0] as string}`);
    return rest.map((numbers, index) =>
      numbers === null
        ? undefined
        : (numbers as string[]).map((seq, at) => this.#seen(changes[index]?.append?.[at]?.to, seq)),
    );
  }

  #wire({ when = [], put = [], remove = [], append = [] }: Change) {
    return [
      when.map((condition) => {
        if ('prefix' in condition) return [condition.in.name, condition.prefix, condition.count];
        const { is, key } = condition;
        return [condition.in.name, key, ...(is === undefined ? [] : [toText(is)])];
      }),
      remove.map(({ in: { name }, key }) => [name, key]),
      put.map(({ in: { name, limit }, key, value }) => [name, key, toText(value), limit]),
      append.map(({ to: { name, limit }, value, lost = 0 }) => [
        name,
        toText(value),
        lost,
        limit,
        this.#greatest.get(name) ?? 0,
      ]),
    ];
  }

  #seen(log: Log | undefined, seq: string): number {
    const number = Number(seq);
    if (log) this.#greatest.set(log.name, Math.max(number, this.#greatest.get(log.name) ?? 0));
    return number;
  }

  async #run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#connection.run(script, args);
    } catch (error) {
      if (this.#closed) throw invalidState('the store is closed');
      throw error;
    }
  }

  /** Whether what this Redis has is of this version; brings it there. */
  async #check(): Promise<void> {
    try {
      await bringUpToDate(this.#unguarded, this.#where, this.#migrations);
      this.#refusal = undefined;
      this.#isChecked = this.#connection.isUp;
    } catch (error) {
      if (this.#closed || !this.#connection.isUp) return;
      if (error instanceof ParleyError && error.code === 'invalidState') {
        this.#refusal = error;
        this.#logger.error({ error }, 'the state in Redis cannot be used');
        return;
      }
      this.#logger.warn({ error }, 'the state in Redis could not be looked at');
      this.#retry = setTimeout(() => void this.#check(), RETRY);
    }
  }

  #assertUsable(): void {
    if (this.#closed) throw invalidState('the store is closed');
    if (this.#refusal) throw this.#refusal;
    if (!this.#isChecked) throw unavailable('Redis is away');
  }
}

function inPairs(list: readonly string[]): [string, string][] {
  return Array.from({ length: list.length / 2 }, (_, index) => [
    list[2 * index] ?? '',
    list[2 * index + 1] ?? '',
  ]);
}
