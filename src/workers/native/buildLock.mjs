// @ts-check
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a waiting process tries again, in ms. */
const RETRY_EVERY = 300;

/**
 * Runs `action` while no other process of this machine does so for the same directory, and waits for its turn.
 *
 * The lock is a name in the kernel (an abstract Unix socket) rather than a file: it goes with the process that holds
 * it, however that dies, so there is no stale lock to find out about and to break. Where the kernel has no such names
 * (not Linux), `action` runs without a lock; it is to be safe against that, if not economical.
 *
 * @template T
 * @param {string} directory What the lock is about. It has to be there.
 * @param {() => Promise<T>} action
 * @param {{ signal?: AbortSignal, onWait?: () => void }} [options] `onWait` is called once if the lock is taken.
 * @returns {Promise<T>}
 */
export async function withBuildLock(directory, action, { signal, onWait } = {}) {
  if (process.platform !== 'linux') return action();
  // Not by its path, which in containers may stand for different directories, or differ for the same one.
  const { dev, ino } = await stat(directory);
  const name = `\0parley-build-${dev}-${ino}`;
  let release = await tryLock(name);
  if (!release) onWait?.();
  while (!release) {
    await delay(RETRY_EVERY, undefined, { signal });
    release = await tryLock(name);
  }
  try {
    return await action();
  } finally {
    release();
  }
}

/**
 * @param {string} name
 * @returns {Promise<(() => void) | undefined>} What gives the lock back, or undefined when it is taken.
 */
function tryLock(name) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    // Whatever happens to the holder, the lock must not be what keeps its process alive.
    server.listen({ path: name }, () => resolve(() => void server.close())).unref();
  });
}
