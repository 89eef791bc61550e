import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../src/exitStatus.ts';
import { STORE_FILE } from '../../src/store/lmdbFile.ts';
import { LmdbStore } from '../../src/store/LmdbStore.ts';
import { parleyCommand } from '../support/parleyCommand.ts';

/* The directory of a store: who has it, what is in it after a crash, and copies of it. */

const log = { name: 'story', limit: 1_000_000 };
const documents = { name: 'documents', limit: 1_000_000 };
const writer = resolve(import.meta.dirname, '../support/storeWriter.mjs');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Writes until this many writes were answered, and is killed in the middle of the next ones; returns what was answered. */
async function writeAndKill(answers: number): Promise<number[]> {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > answers) child.kill('SIGKILL');
  });
  await closed;
  return said.split('\n').slice(0, -1).map(Number);
}

async function everything(store: LmdbStore): Promise<{ seqs: number[]; keys: string[] }> {
  const [seqs, keys]: [number[], string[]] = [[], []];
  for (let after = 0; ; after = seqs.at(-1)!) {
    const page = await store.read(log, after);
    if (page.length === 0) break;
    seqs.push(...page.map(({ seq }) => seq));
  }
  for (let after = ''; ; after = keys.at(-1)!) {
    const page = await store.list(documents, '', { after });
    if (page.length === 0) break;
    keys.push(...page.map(({ key }) => key));
  }
  return { seqs, keys };
}

describe('a store whose process is killed', () => {
  it('has lost nothing that it answered to have done, and has no half of anything', async () => {
    let before = 0;
    for (const answers of [40, 150, 400, 90]) {
      const answered = await writeAndKill(answers);
      expect(answered.length).toBeGreaterThanOrEqual(answers);
      const store = await LmdbStore.open(directory);
      const { seqs, keys } = await everything(store);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
      for (const seq of answered) expect(seq <= seqs.length).toBe(true);
      expect(seqs.length).toBeGreaterThanOrEqual(before + answered.length);
      // Each entry was written together with a document; later runs put the same documents again.
      const entries = await store.read(log, before);
      for (const { value } of entries) {
        const { i, part } = value as { i: number; part: number };
        expect(await store.get(documents, `${i}-${part}`)).toBeDefined();
      }
      expect(keys.length).toBeLessThanOrEqual(seqs.length);
      before = seqs.length;
      await store.close();
    }
  });
});

describe('a directory', () => {
  it('is one process’s at a time, and the next one’s once that has ended', async () => {
    const store = await LmdbStore.open(directory);
    await expect(LmdbStore.open(directory)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('PARLEY_DATA_DIR'),
    });
    await store.write([{ append: [{ to: log, value: 'still there' }] }]);
    await store.close();
    const next = await LmdbStore.open(directory);
    expect(await next.read(log, 0)).toHaveLength(1);
    await next.close();
    expect(readdirSync(directory).filter((name) => name.endsWith('.sock'))).toEqual([]);
  });

  it('goes to one of those that want it at the same time', async () => {
    const wishes = await Promise.allSettled(Array.from({ length: 6 }, () => LmdbStore.open(directory)));
    const open = wishes.flatMap((wish) => (wish.status === 'fulfilled' ? [wish.value] : []));
    expect(open).toHaveLength(1);
    for (const wish of wishes)
      if (wish.status === 'rejected') expect(wish.reason).toMatchObject({ code: 'conflict' });
    await open[0]!.close();
  });

  it('may have a path that is longer than that of a socket', async () => {
    directory = join(directory, 'x'.repeat(120));
    const store = await LmdbStore.open(directory);
    await expect(LmdbStore.open(directory)).rejects.toMatchObject({ code: 'conflict' });
    await store.close();
    await (await LmdbStore.open(directory)).close();
  });

  it('that cannot be used, or holds something else, is refused with the reason', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    await expect(LmdbStore.open(join(file, 'below'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('PARLEY_DATA_DIR'),
    });
    for (const content of ['garbage '.repeat(4000), 'short']) {
      writeFileSync(join(directory, STORE_FILE), content);
      await expect(LmdbStore.open(directory)).rejects.toMatchObject({ code: 'invalidState' });
    }
  });
});

describe('parley backup', () => {
  const backup = (target: string, env: Record<string, string> = {}) =>
    parleyCommand(['backup', target], { PARLEY_DATA_DIR: directory, ...env });

  it('copies what is kept at one moment while a server writes, and the copy is restored by putting it in place', async () => {
    const store = await LmdbStore.open(directory);
    const copies = mkdtempSync(join(tmpdir(), 'parley-copies-'));
    try {
      let isOver = false;
      const writing = (async () => {
        for (let i = 0; !isOver; i++) {
          const put = [{ in: documents, key: String(i).padStart(8, '0'), value: 'x'.repeat(500) }];
          await store.write([{ put, append: [{ to: log, value: i }] }]);
        }
      })();
      const { status, stdout, stderr } = await backup(copies);
      isOver = true;
      await writing;
      expect({ status, stderr }).toEqual({ status: EXIT.ended, stderr: '' });
      const copy = stdout.trim();
      expect(readdirSync(copies)).toEqual([copy.slice(copies.length + 1)]);
      expect(statSync(copy).mode & 0o777).toBe(0o600);
      const restored = join(copies, 'restored');
      mkdirSync(restored);
      copyFileSync(copy, join(restored, STORE_FILE));
      const again = await LmdbStore.open(restored);
      const { seqs, keys } = await everything(again);
      expect(seqs.length).toBeGreaterThan(0);
      expect(keys).toHaveLength(seqs.length);
      await again.write([{ append: [{ to: log, value: 'goes on' }] }]);
      await again.close();
    } finally {
      await store.close();
      rmSync(copies, { recursive: true });
    }
  });

  it('takes no file’s place, and says what it cannot do', async () => {
    const target = join(directory, 'copy.mdb');
    expect((await backup(target)).stderr).toMatch(/cannot be read \(ENOENT\)/);
    await (await LmdbStore.open(directory)).close();
    expect(await backup(target)).toMatchObject({ status: EXIT.ended, stdout: `${target}\n` });
    expect(await backup(target)).toMatchObject({
      status: EXIT.badConfiguration,
      stderr: expect.stringContaining('is there already'),
    });
    expect(await backup(join(target, 'below'))).toMatchObject({ status: EXIT.failed });
    expect(await backup(target, { PARLEY_REDIS_URL: 'redis://localhost' })).toMatchObject({
      status: EXIT.badConfiguration,
      stderr: expect.stringContaining('Redis'),
    });
    expect(readdirSync(directory).sort()).toEqual(['copy.mdb', STORE_FILE, `${STORE_FILE}-lock`]);
  });
});
