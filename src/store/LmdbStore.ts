import { resolve } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { internal, invalidState, unavailable, type ParleyError } from '../support/errors.ts';
import { DirectoryOwner } from './DirectoryOwner.ts';
import { makeDirectory, openFile } from './lmdbFile.ts';
import { bringUpToDate, type Migration } from './migrations.ts';
import { Plan, type Held } from './Plan.ts';
import {
  assertChange,
  assertKey,
  assertLimit,
  assertName,
  assertPrefix,
  MAX_LIST,
  type Change,
  type Collection,
  type Document,
  type Entry,
  type Json,
  type Log,
  type Outcome,
  type Store,
} from './store.ts';

/** Behind every character that there is. */
const LAST = '\u{10ffff}';
const OWNER = 'owner';

interface Waiting {
  readonly changes: readonly Change[];
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Durable state in one file of this machine, which one process at a time writes. */
export class LmdbStore implements Store {
  readonly #root: RootDatabase<string, string>;
  readonly #documents: Database<string, string>;
  readonly #entries: Database<string, [string, number]>;
  readonly #owner: DirectoryOwner;
  /** How many documents a collection has. */
  readonly #counts = new Map<string, number>();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(root: RootDatabase<string, string>, owner: DirectoryOwner) {
    this.#root = root;
    this.#documents = root.openDB<string, string>('documents', { encoding: 'string' });
    this.#entries = root.openDB<string, [string, number]>('entries', { encoding: 'string' });
    this.#owner = owner;
  }

  /**
   * Opens the state in a directory, which is made where it is not there.
   *
   * @throws ParleyError `unavailable` when the directory cannot be used, `conflict` when another process has it,
   * `invalidState` when a newer version wrote it or it is damaged.
   */
  static async open(path: string, migrations?: readonly Migration[]): Promise<LmdbStore> {
    const directory = resolve(path);
    makeDirectory(directory);
    const root = openFile(directory, false);
    let owner: DirectoryOwner;
    try {
      const owners = root.openDB<string, string>('owner', { encoding: 'string' });
      owner = await DirectoryOwner.take(directory, {
        read: () => {
          owners.resetReadTxn();
          return owners.get(OWNER);
        },
        replace: (former, id) =>
          owners.transactionSync(() => {
            if (owners.get(OWNER) !== former) return false;
            owners.putSync(OWNER, id);
            return true;
          }),
      });
    } catch (error) {
      await root.close();
      throw error;
    }
    const store = new LmdbStore(root, owner);
    try {
      await bringUpToDate(store, directory, migrations);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refuses as everywhere, by a promise that rejects
  async get(collection: Collection, key: string): Promise<Json | undefined> {
    this.#assertOpen();
    assertName(collection);
    assertKey(key);
    const text = this.#documents.get(`${collection.name}/${key}`);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async list(
    collection: Collection,
    prefix = '',
    { after, limit = MAX_LIST }: { after?: string; limit?: number } = {},
  ): Promise<Document[]> {
    this.#assertOpen();
    assertName(collection);
    assertPrefix(prefix);
    assertLimit(limit);
    const begin = `${collection.name}/`;
    const start = after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0;
    const found: Document[] = [];
    const range = { start: begin + (start ? after : prefix), end: begin + prefix + LAST, limit: limit + 1 };
    for (const { key, value } of this.#documents.getRange(range)) {
      const name = key.slice(begin.length);
      if (name !== after && found.length < limit) found.push({ key: name, value: JSON.parse(value) as Json });
    }
    return found;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async read(log: Log, after: number, limit = MAX_LIST): Promise<Entry[]> {
    this.#assertOpen();
    assertName(log);
    assertLimit(limit);
    const range = { start: [log.name, after + 1], end: [log.name, Infinity], limit } as const;
    return [...this.#entries.getRange(range as unknown as object)].map(({ key: [, seq], value }) => ({
      seq,
      value: JSON.parse(value) as Json,
    }));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async bounds(log: Log): Promise<{ first: number; last: number }> {
    this.#assertOpen();
    assertName(log);
    return { first: this.#seqAt(log, false), last: this.#seqAt(log, true) };
  }

  async write(changes: readonly Change[]): Promise<Outcome[]> {
    this.#assertOpen();
    for (const change of changes) assertChange(change);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject });
      this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Whatever waits goes to disk together, so that many who write wait for few flushes. */
  async #writeAll(): Promise<void> {
    // Those of the same turn come along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const plan = new Plan(this.#held());
      const done: (() => void)[] = [];
      const planned: Waiting[] = [];
      for (const waiting of this.#waiting.splice(0)) {
        try {
          const outcomes = plan.add(waiting.changes);
          planned.push(waiting);
          done.push(() => waiting.resolve(outcomes));
        } catch (error) {
          waiting.reject(error);
        }
      }
      try {
        await this.#commit(plan);
        for (const tell of done) tell();
      } catch (error) {
        for (const { reject } of planned) reject(failed(error));
      }
    }
  }

  /** Resolves once it is on disk. */
  async #commit(plan: Plan): Promise<void> {
    for (const { collection } of plan.documents) this.#counts.delete(collection.name);
    await this.#root.batch(() => {
      for (const { collection, key, text } of plan.documents) {
        const name = `${collection.name}/${key}`;
        quietly(text === undefined ? this.#documents.remove(name) : this.#documents.put(name, text));
      }
      const logs = new Map<string, { log: Log; last: number }>();
      for (const { log, seq, text } of plan.entries) {
        quietly(this.#entries.put([log.name, seq], text));
        logs.set(log.name, { log, last: seq });
      }
      for (const { log, last } of logs.values()) this.#trim(log, last, plan);
    });
  }

  /** Entries go by their number, so that a gap makes place as well. */
  #trim(log: Log, last: number, plan: Plan): void {
    const end = last - log.limit + 1;
    const old = { start: [log.name, 0], end: [log.name, end] } as unknown as object;
    for (const key of [...this.#entries.getKeys(old)]) quietly(this.#entries.remove(key));
    for (const { log: other, seq } of plan.entries)
      if (other.name === log.name && seq < end) quietly(this.#entries.remove([log.name, seq]));
  }

  #held(): Held {
    return {
      document: ({ name }, key) => this.#documents.get(`${name}/${key}`),
      count: ({ name }, prefix) => {
        if (prefix !== '') return this.#countKeys(`${name}/${prefix}`);
        let count = this.#counts.get(name);
        if (count === undefined) this.#counts.set(name, (count = this.#countKeys(`${name}/`)));
        return count;
      },
      last: (log) => this.#seqAt(log, true),
    };
  }

  #countKeys(start: string): number {
    return this.#documents.getKeysCount({ start, end: start + LAST });
  }

  #seqAt({ name }: Log, isLast: boolean): number {
    const [from, to] = [
      [name, 0],
      [name, Infinity],
    ];
    const range = isLast ? { start: to, end: from, reverse: true } : { start: from, end: to };
    for (const [, seq] of this.#entries.getKeys({ ...range, limit: 1 })) return seq;
    return 0;
  }

  async #close(): Promise<void> {
    await this.#writing;
    await this.#root.close();
    this.#owner.release();
  }

  #assertOpen(): void {
    if (this.#closing) throw invalidState('the store is closed');
  }
}

/** Each part of a batch fails with it; that is told once, by the batch. */
function quietly(part: Promise<unknown>): void {
  part.catch(() => undefined);
}

function failed(error: unknown): ParleyError {
  const { message } = error as Error;
  return /MDB_MAP_FULL|ENOSPC|no space/i.test(message)
    ? unavailable('the disk is full', { cause: error })
    : internal('the state could not be written', { cause: error });
}
