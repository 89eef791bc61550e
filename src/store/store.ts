import { badRequest } from '../support/errors.ts';

/*
 * What must survive a restart: documents by name, and logs in order. `LmdbStore` keeps it in a directory of this machine,
 * `RedisStore` where the nodes of a cluster share it.
 */

/** Anything that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Documents of a kind, each by its key. */
export interface Collection {
  /** Small letters and dashes. */
  readonly name: string;
  /** Documents that it holds at most. */
  readonly limit: number;
}

/** Entries in order, of which the oldest make place for new ones. */
export interface Log {
  /** Small letters and dashes. */
  readonly name: string;
  /** Entries that are kept, the newest. */
  readonly limit: number;
}

export interface Document {
  readonly key: string;
  readonly value: Json;
}

export interface Entry {
  /** Grows by one with each entry of its log, and by more where some are missing; no number comes twice. */
  readonly seq: number;
  readonly value: Json;
}

/** What must hold of the documents before a change. */
export type Condition =
  /** One is exactly this, or (undefined) is not there. */
  | { readonly in: Collection; readonly key: string; readonly is: Json | undefined }
  /** So many have a key that begins like this. */
  | { readonly in: Collection; readonly prefix: string; readonly count: number };

/** Changes that are made together, or not at all. */
export interface Change {
  /** Without, it is always made. */
  readonly when?: readonly Condition[];
  readonly put?: readonly { readonly in: Collection; readonly key: string; readonly value: Json }[];
  readonly remove?: readonly { readonly in: Collection; readonly key: string }[];
  readonly append?: readonly {
    readonly to: Log;
    readonly value: Json;
    /** Numbers that are left out before it, for entries that were lost; 0 by default. */
    readonly lost?: number;
  }[];
}

/** Numbers of the entries that a change appended; undefined: its conditions did not hold. */
export type Outcome = readonly number[] | undefined;

/**
 * Durable state. What it answered to have done is still there after the process, or for `LmdbStore` the machine, was cut off.
 *
 * All methods throw ParleyError: `unavailable` while the state cannot be reached, `badRequest` for names, keys and values
 * that cannot be, `invalidState` once closed.
 */
export interface Store {
  get(collection: Collection, key: string): Promise<Json | undefined>;
  /**
   * Documents whose key begins with `prefix`, in order of the bytes of their keys in UTF-8.
   *
   * @param options `after`: the key after which to go on; `limit`: 1 to 1000, the latter by default.
   */
  list(
    collection: Collection,
    prefix?: string,
    options?: { after?: string; limit?: number },
  ): Promise<Document[]>;
  /** Entries after that number, in order. @param limit 1 to 1000, the latter by default. */
  read(log: Log, after: number, limit?: number): Promise<Entry[]>;
  /** The oldest and the newest entry that are kept; both 0 for a log that never had any. */
  bounds(log: Log): Promise<{ first: number; last: number }>;
  /**
   * Makes changes, one after the other and all at a time: nobody sees some of them without the others.
   *
   * @throws ParleyError also `limitExceeded` where a collection is full; then nothing was changed.
   */
  write(changes: readonly Change[]): Promise<Outcome[]>;
  /** What was asked before is still done. Idempotent. */
  close(): Promise<void>;
}

/** Bytes of a key in UTF-8. */
export const MAX_KEY_BYTES = 512;
/** Bytes of a value as JSON. */
export const MAX_VALUE_BYTES = 262_144;
/** Documents and entries in one answer. */
export const MAX_LIST = 1000;

// eslint-disable-next-line no-control-regex -- control characters are what it is about
const KEY = /^[^\u0000-\u001f\ud800-\udfff]+$/u;
const NAME = /^[a-z][a-z-]{0,31}$/;

/** @throws ParleyError `badRequest`. */
export function assertName({ name, limit }: Collection | Log): void {
  if (!NAME.test(name) || !Number.isSafeInteger(limit) || limit < 1) {
    throw badRequest('a collection or log needs a name of small letters, and a limit');
  }
}

/** @throws ParleyError `badRequest`. */
export function assertKey(key: string): void {
  if (!KEY.test(key) || Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw badRequest(`a key is text of 1 to ${MAX_KEY_BYTES} bytes`);
  }
}

/** A value as it is kept. @throws ParleyError `badRequest` for what JSON cannot carry, or is too large. */
export function toText(value: Json): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw badRequest('a value must be something that JSON can carry');
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES) {
    throw badRequest(`a value has at most ${MAX_VALUE_BYTES} bytes`);
  }
  return text;
}

/** @throws ParleyError `badRequest`. */
export function assertLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIST) {
    throw badRequest(`a list has 1 to ${MAX_LIST} parts`);
  }
}

/** @throws ParleyError `badRequest`. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '') assertKey(prefix);
}

/** @throws ParleyError `badRequest`. */
export function assertChange({ when = [], put = [], remove = [], append = [] }: Change): void {
  for (const condition of when) {
    assertName(condition.in);
    if ('key' in condition) assertKey(condition.key);
    else assertPrefix(condition.prefix);
  }
  for (const { in: collection, key } of put) {
    assertName(collection);
    assertKey(key);
  }
  for (const { in: collection, key } of remove) {
    assertName(collection);
    assertKey(key);
  }
  for (const { to, lost = 0 } of append) {
    assertName(to);
    if (!Number.isSafeInteger(lost) || lost < 0) throw badRequest('lost entries are counted');
  }
}
