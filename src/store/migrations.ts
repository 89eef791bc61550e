import { invalidState } from '../support/errors.ts';
import type { Change, Collection, Store } from './store.ts';

/** What a step needs to look at. */
export type Before = Pick<Store, 'get' | 'list' | 'read' | 'bounds'>;

/** Brings state from the version before to the next one; all its changes are made together with the new number. */
export type Migration = (before: Before) => Promise<Change[]>;

/**
 * The steps from version 1 on: the first makes version 2 of it, and so forth. A step is never changed once it was released.
 */
export const MIGRATIONS: readonly Migration[] = [];

const META: Collection = { name: 'meta', limit: 8 };
const SCHEMA = 'schema';

/**
 * Makes what is kept as new as this program.
 *
 * @param where Names the state for a person, without secrets.
 * @throws ParleyError `invalidState` when a newer program wrote it.
 */
export async function bringUpToDate(
  store: Before & Pick<Store, 'write'>,
  where: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const newest = migrations.length + 1;
  for (;;) {
    const found = await store.get(META, SCHEMA);
    if (found === newest) return;
    if (typeof found === 'number' && found > newest) {
      throw invalidState(
        `${where} was written by a newer version of Parley (schema ${found}; this one knows ${newest}); start that one, or restore a backup that was made before`,
      );
    }
    if (found === undefined) {
      await set(store, undefined, newest, []);
      continue;
    }
    const migration = typeof found === 'number' ? migrations[found - 1] : undefined;
    if (typeof found !== 'number' || !migration) throw invalidState(`${where} has no known schema`);
    await set(store, found, found + 1, await migration(store));
  }
}

/** Of several nodes one does it; the others find it done. */
async function set(
  store: Pick<Store, 'write'>,
  from: number | undefined,
  to: number,
  changes: readonly Change[],
): Promise<void> {
  const whole: Change = {
    when: [{ in: META, key: SCHEMA, is: from }],
    put: [{ in: META, key: SCHEMA, value: to }, ...changes.flatMap(({ put = [] }) => put)],
    remove: changes.flatMap(({ remove = [] }) => remove),
    append: changes.flatMap(({ append = [] }) => append),
  };
  await store.write([whole]);
}
