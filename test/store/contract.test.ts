import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LmdbStore } from '../../src/store/LmdbStore.ts';
import type { Migration } from '../../src/store/migrations.ts';
import { RedisStore } from '../../src/store/RedisStore.ts';
import { StoredRoomDefinitions } from '../../src/store/StoredRoomDefinitions.ts';
import {
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  type Collection,
  type Json,
  type Store,
} from '../../src/store/store.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';

/* What durable state promises, wherever it is kept. */

const people: Collection = { name: 'people', limit: 5 };
const others: Collection = { name: 'others', limit: 100 };
const log = { name: 'story', limit: 4 };

let redis: RedisServer;
let directory: string;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.close());
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-store-'));
  await redis.flush();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Open = (migrations?: readonly Migration[]) => Promise<Store>;
const openers: [string, Open][] = [
  ['in a directory', (migrations) => LmdbStore.open(directory, migrations)],
  [
    'in Redis',
    async (migrations) => {
      const store = new RedisStore({
        url: redis.url,
        name: 'store',
        logger: silentLogger,
        ...(migrations ? { migrations } : {}),
      });
      let refusal: unknown;
      await until('the store is there, or refuses', () =>
        store.get(others, 'x').then(
          () => true,
          (error: unknown) => ((refusal = error), (error as { code: string }).code !== 'unavailable'),
        ),
      );
      if ((refusal as { code?: string } | undefined)?.code !== 'invalidState') return store;
      await store.close();
      throw refusal;
    },
  ],
];

describe.each(openers)('a store %s', (_, open) => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const put = (key: string, value: Json, collection = people) =>
    store.write([{ put: [{ in: collection, key, value }] }]);
  const append = (value: Json, lost = 0) => store.write([{ append: [{ to: log, value, lost }] }]);

  it('gives back what it was given, also after it was closed', async () => {
    const value = { a: [1, 'zwei', null, { b: false }], empty: {}, none: [], text: '\u2028 "\\ 😀' };
    await put('ann', value);
    await put('ann', 'elsewhere', others);
    await append({ first: true });
    await store.close();
    store = await open();
    expect(await store.get(people, 'ann')).toEqual(value);
    expect(await store.get(others, 'ann')).toBe('elsewhere');
    expect(await store.get(people, 'bob')).toBeUndefined();
    expect(await store.read(log, 0)).toEqual([{ seq: 1, value: { first: true } }]);
  });

  it('removes what is there, and what is not', async () => {
    await put('ann', 1);
    await store.write([{ remove: [{ in: people, key: 'ann' }] }, { remove: [{ in: people, key: 'bob' }] }]);
    expect(await store.get(people, 'ann')).toBeUndefined();
    expect(await store.list(people)).toEqual([]);
  });

  it('lists by prefix, in order of bytes, and goes on where it stopped', async () => {
    const keys = ['a/1', 'a/10', 'a/2', 'a/é', 'a/\u{ffee}', 'a/😀', 'a', 'b/1', 'A/1'];
    for (const key of keys) await put(key, key, others);
    const inOrder = (list: string[]) => list.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    const wanted = inOrder(keys.filter((key) => key.startsWith('a/')));
    const names = async (...args: [string?, { after?: string; limit?: number }?]) =>
      (await store.list(others, ...args)).map(({ key }) => key);
    expect(await names('a/')).toEqual(wanted);
    expect(await names('a/', { limit: 2 })).toEqual(wanted.slice(0, 2));
    expect(await names('a/', { limit: 3, after: wanted[1]! })).toEqual(wanted.slice(2, 5));
    expect(await names('a/', { after: wanted.at(-1)! })).toEqual([]);
    expect(await names('a/', { after: 'A' })).toEqual(wanted);
    expect(await names()).toEqual(inOrder([...keys]));
    expect(await store.list(people, 'a/')).toEqual([]);
  });

  it('numbers entries in order, and keeps the newest', async () => {
    expect(await store.bounds(log)).toEqual({ first: 0, last: 0 });
    const all = Array.from({ length: 10 }, (_, index) => index + 1);
    const numbers = await Promise.all(all.map((value) => append(value)));
    expect(numbers.flat(2)).toEqual(all);
    expect(await store.bounds(log)).toEqual({ first: 7, last: 10 });
    expect(await store.read(log, 0)).toEqual([7, 8, 9, 10].map((seq) => ({ seq, value: seq })));
    expect((await store.read(log, 7, 2)).map(({ seq }) => seq)).toEqual([8, 9]);
    expect(await store.read(log, 10)).toEqual([]);
    expect(await store.read(log, 1000)).toEqual([]);
  });

  it('appends more at a time than it keeps', async () => {
    const many = Array.from({ length: 9 }, (_, value) => ({ to: log, value }));
    expect(await store.write([{ append: many }])).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    expect((await store.read(log, 0)).map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
  });

  it('leaves a gap where entries were lost', async () => {
    await append('one');
    expect(await append('two', 2)).toEqual([[4]]);
    expect((await store.read(log, 0)).map(({ seq }) => seq)).toEqual([1, 4]);
    await append('three', 100);
    expect(await store.bounds(log)).toEqual({ first: 105, last: 105 });
  });

  it('changes something only where the conditions hold, each after the changes before it', async () => {
    const start = (node: string) => [
      {
        when: [{ in: people, prefix: 'room/', count: 0 }],
        put: [{ in: people, key: `room/${node}`, value: { node } }],
        append: [{ to: log, value: 'started' }],
      },
      {
        when: [{ in: people, key: `room/${node}`, is: undefined }],
        put: [{ in: people, key: `room/${node}`, value: { node } }],
      },
    ];
    const finish = (node: string) => [
      {
        when: [
          { in: people, key: `room/${node}`, is: { node } },
          { in: people, prefix: 'room/', count: 1 },
        ],
        remove: [{ in: people, key: `room/${node}` }],
        append: [{ to: log, value: 'finished' }],
      },
      {
        when: [{ in: people, key: `room/${node}`, is: { node } }],
        remove: [{ in: people, key: `room/${node}` }],
      },
    ];
    expect(await store.write([...start('a'), ...start('b')])).toEqual([[1], undefined, undefined, []]);
    expect(await store.write(start('a'))).toEqual([undefined, undefined]);
    expect(await store.write(finish('a'))).toEqual([undefined, []]);
    expect(await Promise.all([store.write(finish('a')), store.write(finish('b'))])).toEqual([
      [undefined, undefined],
      [[2], undefined],
    ]);
    expect((await store.read(log, 0)).map(({ value }) => value)).toEqual(['started', 'finished']);
  });

  it('makes all changes or none when a collection is full, and others that wait all the same', async () => {
    for (const key of ['1', '2', '3', '4']) await put(key, 'before');
    const tooMuch = store.write([
      {
        remove: [{ in: people, key: '1' }],
        put: [{ in: people, key: '2', value: 'after' }],
        append: [{ to: log, value: 'told' }],
      },
      { put: ['5', '6', '7'].map((key) => ({ in: people, key, value: 'after' })) },
    ]);
    const fits = put('9', 'after');
    await expect(tooMuch).rejects.toMatchObject({ code: 'limitExceeded' });
    await fits;
    expect((await store.list(people)).map(({ key, value }) => [key, value])).toEqual([
      ['1', 'before'],
      ['2', 'before'],
      ['3', 'before'],
      ['4', 'before'],
      ['9', 'after'],
    ]);
    await expect(put('10', 0)).rejects.toMatchObject({ code: 'limitExceeded' });
    await put('9', 'again');
    await store.write([{ remove: [{ in: people, key: '9' }], put: [{ in: people, key: '10', value: 0 }] }]);
    expect(await append('next')).toEqual([[1]]);
  });

  it.each([
    ['no key', ''],
    ['a control character', 'a\nb'],
    ['half a character', '\ud800'],
    ['a long key', 'é'.repeat(MAX_KEY_BYTES / 2 + 1)],
  ])('refuses %s', async (_what, key) => {
    await expect(put(key, 1)).rejects.toMatchObject({ code: 'badRequest' });
    await expect(store.get(people, key)).rejects.toMatchObject({ code: 'badRequest' });
  });

  it('refuses values that are too large, names that cannot be, and lists without an end', async () => {
    await put('x'.repeat(MAX_KEY_BYTES), 'x'.repeat(MAX_VALUE_BYTES - 2));
    const bad = [
      put('ann', 'x'.repeat(MAX_VALUE_BYTES - 1)),
      put('ann', undefined as unknown as Json),
      put('ann', 1, { name: 'a/b', limit: 1 }),
      store.list(people, '', { limit: 0 }),
      store.read(log, 0, 1001),
      append('x', -1),
    ];
    for (const request of await Promise.allSettled(bad))
      expect(request).toMatchObject({ status: 'rejected', reason: { code: 'badRequest' } });
  });

  it('does nothing more once it is closed', async () => {
    await store.close();
    await store.close();
    await expect(put('ann', 1)).rejects.toMatchObject({ code: 'invalidState' });
    await expect(store.get(people, 'ann')).rejects.toMatchObject({ code: 'invalidState' });
  });

  it('is brought to a newer schema step by step, once', async () => {
    await put('ann', 1);
    await store.close();
    const steps: Migration[] = [
      async (before) => [
        { put: [{ in: people, key: 'ann', value: Number(await before.get(people, 'ann')) + 10 }] },
      ],
      async (before) => [
        {
          put: [{ in: people, key: 'bob', value: (await before.get(people, 'ann')) ?? null }],
          append: [{ to: log, value: 'migrated' }],
        },
      ],
    ];
    for (let times = 0; times < 2; times++) {
      store = await open(steps);
      expect(await store.list(people)).toEqual([
        { key: 'ann', value: 11 },
        { key: 'bob', value: 11 },
      ]);
      expect(await store.read(log, 0)).toHaveLength(1);
      await store.close();
    }
    await expect(open(steps.slice(0, 1))).rejects.toMatchObject({
      code: 'invalidState',
      message: expect.stringMatching(/newer version of Parley \(schema 3; this one knows 2\)/),
    });
    await expect(open()).rejects.toMatchObject({ code: 'invalidState' });
    store = await open(steps);
    expect(await store.get(people, 'bob')).toBe(11);
  });

  it('has room definitions', async () => {
    const definitions = new StoredRoomDefinitions<{ name: string; emptyTimeout: number }>(store);
    await definitions.put({ name: 'standup', emptyTimeout: 60 });
    await definitions.put({ name: 'lobby', emptyTimeout: 10 });
    await definitions.put({ name: 'standup', emptyTimeout: 30 });
    expect(await definitions.get('standup')).toEqual({ name: 'standup', emptyTimeout: 30 });
    expect((await definitions.list()).map(({ name }) => name)).toEqual(['lobby', 'standup']);
    await definitions.delete('standup');
    await definitions.delete('standup');
    expect(await definitions.get('standup')).toBeUndefined();
    expect(await definitions.list()).toHaveLength(1);
  });
});

describe('a store in Redis', () => {
  it('refuses everything while Redis is away, and gives no number twice when Redis forgot them', async () => {
    const [, open] = openers[1]!;
    const store = await open();
    const append = () => store.write([{ append: [{ to: log, value: 'x' }] }]);
    for (let seq = 1; seq <= 3; seq++) expect(await append()).toEqual([[seq]]);
    await redis.kill();
    await expect(append()).rejects.toMatchObject({ code: 'unavailable' });
    await redis.restart();
    let numbers: unknown;
    await until('it is back', async () => {
      numbers = await append().catch(() => undefined);
      return numbers !== undefined;
    });
    expect(numbers).toEqual([[4]]);
    await store.close();
  });

  it('leaves no key that grows without end', async () => {
    const [, open] = openers[1]!;
    const store = await open();
    for (let i = 0; i < 50; i++) await store.write([{ append: [{ to: log, value: i }] }]);
    expect([...(await redis.keys()).keys()].sort()).toEqual([
      'parley:store:documents:meta',
      'parley:store:keys:meta',
      'parley:store:log:story',
      'parley:store:seq:story',
    ]);
    expect(await redis.ask((client) => client.xlen('parley:store:log:story'))).toBe(log.limit);
    await store.close();
  });
});
