import { limitExceeded } from '../support/errors.ts';
import type { Change, Collection, Condition, Log, Outcome } from './store.ts';
import { toText } from './store.ts';

/** What a store holds, before a plan is carried out. */
export interface Held {
  /** The text of a document. */
  document: (collection: Collection, key: string) => string | undefined;
  /** How many documents have a key that begins like this. */
  count: (collection: Collection, prefix: string) => number;
  /** The last number of a log. */
  last: (log: Log) => number;
}

interface PlannedDocument {
  readonly collection: Collection;
  readonly key: string;
  /** Undefined: it goes. */
  readonly text: string | undefined;
}

/**
 * What several writes come to, over what is held: which conditions hold, in turn, and what is to be put, removed and
 * appended.
 */
export class Plan {
  readonly #held: Held;
  #documents = new Map<string, PlannedDocument>();
  readonly #lasts = new Map<string, number>();
  readonly #entries: { log: Log; seq: number; text: string }[] = [];

  constructor(held: Held) {
    this.#held = held;
  }

  get documents(): Iterable<PlannedDocument> {
    return this.#documents.values();
  }

  get entries(): readonly { readonly log: Log; readonly seq: number; readonly text: string }[] {
    return this.#entries;
  }

  /** Adds changes, all or none. @throws ParleyError `limitExceeded`, `badRequest`; nothing was added then. */
  add(changes: readonly Change[]): Outcome[] {
    const before = new Map(this.#documents);
    const lastsBefore = new Map(this.#lasts);
    const entriesBefore = this.#entries.length;
    try {
      return changes.map((change) => this.#change(change));
    } catch (error) {
      this.#documents = before;
      this.#lasts.clear();
      for (const [name, last] of lastsBefore) this.#lasts.set(name, last);
      this.#entries.length = entriesBefore;
      throw error;
    }
  }

  #change({ when = [], put = [], remove = [], append = [] }: Change): Outcome {
    if (!when.every((condition) => this.#holds(condition))) return undefined;
    for (const { in: collection, key } of remove) this.#set({ collection, key, text: undefined });
    for (const { in: collection, key, value } of put) {
      const isNew = this.#document(collection, key) === undefined;
      if (isNew && this.#count(collection, '') >= collection.limit) {
        throw limitExceeded(`there is no place for more ${collection.name}`);
      }
      this.#set({ collection, key, text: toText(value) });
    }
    return append.map(({ to, value, lost = 0 }) => {
      const seq = (this.#lasts.get(to.name) ?? this.#held.last(to)) + lost + 1;
      this.#lasts.set(to.name, seq);
      this.#entries.push({ log: to, seq, text: toText(value) });
      return seq;
    });
  }

  #holds(condition: Condition): boolean {
    if ('prefix' in condition) return this.#count(condition.in, condition.prefix) === condition.count;
    const text = this.#document(condition.in, condition.key);
    return condition.is === undefined ? text === undefined : text === toText(condition.is);
  }

  #set(document: PlannedDocument): void {
    this.#documents.set(nameOf(document.collection, document.key), document);
  }

  #document(collection: Collection, key: string): string | undefined {
    const planned = this.#documents.get(nameOf(collection, key));
    return planned ? planned.text : this.#held.document(collection, key);
  }

  #count(collection: Collection, prefix: string): number {
    let count = this.#held.count(collection, prefix);
    for (const { collection: other, key, text } of this.#documents.values()) {
      if (other.name !== collection.name || !key.startsWith(prefix)) continue;
      const wasThere = this.#held.document(collection, key) !== undefined;
      count += Number(text !== undefined) - Number(wasThere);
    }
    return count;
  }
}

const nameOf = ({ name }: Collection, key: string): string => `${name}/${key}`;
