import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withBuildLock } from '../../src/workers/native/buildLock.mjs';
import { findWorker, obtainWorker } from '../../src/workers/native/obtainWorker.mjs';
import { hashRecipe, recipeDir } from '../../src/workers/native/recipeHash.mjs';

const native = new URL('../../src/workers/native/', import.meta.url);
/** Set by `npm test`. */
const realWorker = process.env['MEDIASOUP_WORKER_BIN'] ?? '';

let dir: string;
let server: Server | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-native-test-'));
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

/** The base URL of a server for prebuilt workers. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function script(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

describe('the binary that MEDIASOUP_WORKER_BIN names', () => {
  it('is taken as it is', async () => {
    const env = { MEDIASOUP_WORKER_BIN: script('worker', 'exit 41') };
    await expect(obtainWorker({ env, cacheRoot: dir })).resolves.toBe(env.MEDIASOUP_WORKER_BIN);
  });

  it('is refused when it is no worker', async () => {
    const env = { MEDIASOUP_WORKER_BIN: script('other', 'exit 0') };
    await expect(obtainWorker({ env, cacheRoot: dir })).rejects.toThrow(/no mediasoup worker/);
    await expect(obtainWorker({ env: { MEDIASOUP_WORKER_BIN: join(dir, 'none') } })).rejects.toThrow(
      /MEDIASOUP_WORKER_BIN/,
    );
  });
});

describe('a prebuilt worker', () => {
  it('is downloaded, tested and kept, and thrown away once it is damaged', async () => {
    const archive = join(dir, 'worker.tgz');
    execFileSync('tar', [
      '-czf',
      archive,
      '--transform',
      's/.*/mediasoup-worker/',
      '-C',
      dirname(realWorker),
      'mediasoup-worker',
    ]);
    const requests: string[] = [];
    const base = await serve((request, response) => {
      requests.push(request.url ?? '');
      response.end(readFileSync(archive));
    });
    const options = {
      env: { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: base },
      cacheRoot: join(dir, 'cache'),
    };

    const path = await obtainWorker(options);
    expect(readFileSync(path).equals(readFileSync(realWorker))).toBe(true);
    await expect(findWorker(options)).resolves.toBe(path);
    await expect(obtainWorker(options)).resolves.toBe(path);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^\/[\d.]+\/mediasoup-worker-[\d.]+-linux-\w+-kernel\d+\.tgz$/);

    truncateSync(path, 100_000);
    await expect(findWorker(options)).resolves.toBeUndefined();
    expect(readdirSync(options.cacheRoot)).toEqual([]);
  });
});

describe('a worker that cannot be had', () => {
  it('leaves nothing but the log, which the error names', async () => {
    const base = await serve((_request, response) => response.writeHead(404).end());
    // Without a PATH there is no apt, so there is no build.
    const env = { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: base, PATH: '' };
    await expect(obtainWorker({ env, cacheRoot: dir })).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringContaining('MEDIASOUP_WORKER_BIN'),
      logFile: join(dir, 'failed-build.log'),
    });
    expect(readdirSync(dir)).toEqual(['failed-build.log']);
  });

  it('leaves nothing when it is interrupted', async () => {
    const abort = new AbortController();
    const base = await serve(() => abort.abort(new Error('interrupted')));
    const env = { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: base };
    await expect(obtainWorker({ env, cacheRoot: dir, signal: abort.signal })).rejects.toThrow('interrupted');
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('the recipe', () => {
  it('has another hash when any of its files changes', () => {
    cpSync(recipeDir, dir, { recursive: true });
    const before = hashRecipe(dir);
    expect(before).toBe(hashRecipe());
    const seen = new Set([before]);
    for (const file of ['worker.patch', 'subprojects/openssl-3.0.8/meson.build', 'options.mjs']) {
      appendFileSync(join(dir, file), '\n');
      seen.add(hashRecipe(dir));
    }
    expect(seen.size).toBe(4);
  });
});

describe('the build lock', () => {
  it('lets one in at a time', async () => {
    const order: string[] = [];
    let waited = false;
    let release = () => {};
    let entered = () => {};
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const first = withBuildLock(dir, async () => {
      order.push('first in');
      entered();
      await new Promise<void>((resolve) => (release = resolve));
      order.push('first out');
    });
    await inside;
    const second = withBuildLock(dir, () => Promise.resolve(order.push('second in')), {
      onWait: () => {
        waited = true;
        release();
      },
    });
    await Promise.all([first, second]);
    expect(waited).toBe(true);
    expect(order).toEqual(['first in', 'first out', 'second in']);
  });

  it('is given back when its action fails', async () => {
    await expect(withBuildLock(dir, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withBuildLock(dir, () => Promise.resolve('in'))).resolves.toBe('in');
  });

  it('goes with its holder, however that dies', async () => {
    const lock = new URL('buildLock.mjs', native).href;
    const code = `import { withBuildLock } from '${lock}';
      await withBuildLock(process.argv[1], () => { console.log('in'); return new Promise(() => setInterval(() => {}, 1000)); });`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    let waited = false;
    const mine = withBuildLock(dir, () => Promise.resolve('in'), {
      onWait: () => {
        waited = true;
        holder.kill('SIGKILL');
      },
    });
    await expect(mine).resolves.toBe('in');
    expect(waited).toBe(true);
  });
});
