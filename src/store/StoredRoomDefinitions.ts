import type { Collection, Document, Json, Store } from './store.ts';

/** Room definitions that are kept. */
const MAX_DEFINITIONS = 100_000;
const COLLECTION: Collection = { name: 'room-definitions', limit: MAX_DEFINITIONS };

/** What rooms are to be like that are made by the API, by their names, also after a restart. */
export class StoredRoomDefinitions {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(name: string): Promise<Json | undefined> {
    return this.#store.get(COLLECTION, name);
  }

  /** @throws ParleyError `limitExceeded` when there are too many; as `Store` does. */
  async put(name: string, definition: Json): Promise<void> {
    await this.#store.write([{ put: [{ in: COLLECTION, key: name, value: definition }] }]);
  }

  /** Idempotent. Returns whether it was there. */
  async delete(name: string): Promise<boolean> {
    const gone = { when: [{ in: COLLECTION, key: name, is: undefined }] };
    const [wasGone] = await this.#store.write([gone, { remove: [{ in: COLLECTION, key: name }] }]);
    return wasGone === undefined;
  }

  /** In order of their names. @param options As of `Store.list`. */
  list(options: { after?: string; limit?: number } = {}): Promise<Document[]> {
    return this.#store.list(COLLECTION, '', options);
  }
}
