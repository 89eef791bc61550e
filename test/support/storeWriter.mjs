// Writes to a store for as long as it lives, and says on stdout what was answered to be done.
import { LmdbStore } from '../../dist/server/src/store/LmdbStore.js';

const log = { name: 'story', limit: 1_000_000 };
const documents = { name: 'documents', limit: 1_000_000 };
const store = await LmdbStore.open(process.argv[2]);
for (let i = 0; ; i++) {
  const value = { i, filling: 'x'.repeat(i % 3000) };
  const writes = Array.from({ length: 1 + (i % 4) }, (_, part) =>
    store.write([
      { put: [{ in: documents, key: `${i}-${part}`, value }], append: [{ to: log, value: { i, part } }] },
    ]),
  );
  for (const [[seq]] of await Promise.all(writes)) process.stdout.write(`${seq}\n`);
}
