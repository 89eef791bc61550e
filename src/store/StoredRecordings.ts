import { MAX_LIST, type Collection, type Json, type Store } from './store.ts';

/** Recordings that are kept in the index. */
const MAX_RECORDINGS = 100_000;
const COLLECTION: Collection = { name: 'recordings', limit: MAX_RECORDINGS };

interface Entry {
  readonly room: string;
  readonly recordingId: string;
}

/**
 * Where recordings are, by their rooms, also after a restart. Names of rooms have no slash, so that no key of a room
 * begins like those of another one. All methods throw as `Store` does.
 */
export class StoredRecordings<Recorded extends Entry> {
  readonly #store: Store;
  readonly #read: (value: unknown) => Recorded | undefined;

  /** @param read An entry as another version may have written it; undefined: it is passed over. */
  constructor(store: Store, read: (value: unknown) => Recorded | undefined) {
    this.#store = store;
    this.#read = read;
  }

  async get(room: string, recordingId: string): Promise<Recorded | undefined> {
    return this.#read(await this.#store.get(COLLECTION, keyOf({ room, recordingId })));
  }

  /** @throws ParleyError also `limitExceeded` when there are too many. */
  async put(entry: Recorded): Promise<void> {
    const value = entry as unknown as Json;
    await this.#store.write([{ put: [{ in: COLLECTION, key: keyOf(entry), value }] }]);
  }

  /** Nothing happens for one that there is not. */
  async remove(room: string, recordingId: string): Promise<void> {
    await this.#store.write([{ remove: [{ in: COLLECTION, key: keyOf({ room, recordingId }) }] }]);
  }

  /** Of a room, or of all. */
  async list(room?: string): Promise<Recorded[]> {
    const prefix = room === undefined ? '' : `${room}/`;
    const found: Recorded[] = [];
    for (let after = ''; ;) {
      const page = await this.#store.list(COLLECTION, prefix, { after });
      found.push(...page.flatMap(({ value }) => this.#read(value) ?? []));
      after = page.at(-1)?.key ?? '';
      if (page.length < MAX_LIST) return found;
    }
  }
}

const keyOf = ({ room, recordingId }: Entry): string => `${room}/${recordingId}`;
