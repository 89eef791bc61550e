import { MAX_LIST, type Collection, type Json, type Store } from './store.ts';

/** Room definitions that are kept. */
const MAX_DEFINITIONS = 100_000;
const COLLECTION: Collection = { name: 'room-definitions', limit: MAX_DEFINITIONS };

/** What rooms were defined to be, by their names, also after a restart. All methods throw as `Store` does. */
export class StoredRoomDefinitions<Definition extends { readonly name: string }> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async get(name: string): Promise<Definition | undefined> {
    return (await this.#store.get(COLLECTION, name)) as unknown as Definition | undefined;
  }

  /** @throws ParleyError also `limitExceeded` when there are too many. */
  async put(definition: Definition): Promise<void> {
    const value = definition as unknown as Json;
    await this.#store.write([{ put: [{ in: COLLECTION, key: definition.name, value }] }]);
  }

  /** Nothing happens for one that there is not. */
  async delete(name: string): Promise<void> {
    await this.#store.write([{ remove: [{ in: COLLECTION, key: name }] }]);
  }

  /** In order of their names. */
  async list(): Promise<Definition[]> {
    const found: Definition[] = [];
    for (let after = ''; ;) {
      const page = await this.#store.list(COLLECTION, '', { after });
      found.push(...page.map(({ value }) => value as unknown as Definition));
      after = page.at(-1)?.key ?? '';
      if (page.length < MAX_LIST) return found;
    }
  }
}
