import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { conflict } from '../support/errors.ts';

/** Bytes of a socket's path that every kernel takes (sun_path). */
const LONGEST_PATH = 100;
const SOCKET = /^owner-[0-9a-f]{16}\.sock$/;

/** Where the id of the owner is kept; `replace` does nothing and answers false where another one is there by now. */
export interface OwnerRecord {
  read: () => string | undefined;
  replace: (former: string | undefined, owner: string) => boolean;
}

/**
 * A directory that one process at a time has. Who has it is written down in it, and listens on a socket there for as long
 * as it lives: a process that was killed listens no more, whatever process has its number now, in whichever container.
 */
export class DirectoryOwner {
  readonly id: string;
  readonly #server: Server;
  readonly #path: SocketPath;

  private constructor(server: Server, path: SocketPath, id: string) {
    this.#server = server;
    this.#path = path;
    this.id = id;
  }

  /** @throws ParleyError `conflict` when another process has it. */
  static async take(directory: string, record: OwnerRecord): Promise<DirectoryOwner> {
    const id = randomBytes(8).toString('hex');
    const path = new SocketPath(directory, id);
    // Whoever asks only wants to know that somebody is there.
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path.text, resolve);
    });
    // The process does not stay for its sake.
    server.unref();
    const owner = new DirectoryOwner(server, path, id);
    try {
      for (;;) {
        const former = record.read();
        if (former !== undefined && (await isAlive(directory, former))) {
          throw conflict(
            `another process has the directory ${directory}: end it, or give this one a directory of its own (PARLEY_DATA_DIR)`,
          );
        }
        if (record.replace(former, id)) break;
      }
      // Whoever took it at the same time, and is gone again, may have cleared up.
      if (!existsSync(path.text)) throw conflict(`another process has the directory ${directory}`);
    } catch (error) {
      owner.release();
      throw error;
    }
    removeOthers(directory, id);
    return owner;
  }

  /** The next one need not ask whether this one is alive. Idempotent. */
  release(): void {
    this.#server.close();
    this.#path.close();
  }
}

/** Of a socket in a directory whose own path may be too long for one. */
class SocketPath {
  readonly text: string;
  readonly #directory: number | undefined;

  constructor(directory: string, id: string) {
    const name = `owner-${id}.sock`;
    const path = join(directory, name);
    const isShort = Buffer.byteLength(path) <= LONGEST_PATH;
    this.#directory = isShort ? undefined : openSync(directory, 'r');
    this.text = isShort ? path : `/proc/self/fd/${this.#directory}/${name}`;
  }

  close(): void {
    if (this.#directory !== undefined) closeSync(this.#directory);
  }
}

async function isAlive(directory: string, id: string): Promise<boolean> {
  const path = new SocketPath(directory, id);
  try {
    return await new Promise<boolean>((resolve) => {
      const socket = connect(path.text);
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      // Only these two say that nobody listens; who may not even ask must not take it.
      socket.once('error', ({ code }: NodeJS.ErrnoException) =>
        resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED'),
      );
    });
  } finally {
    path.close();
  }
}

/** What processes left behind that were killed. */
function removeOthers(directory: string, id: string): void {
  for (const name of readdirSync(directory)) {
    if (!SOCKET.test(name) || name === `owner-${id}.sock`) continue;
    try {
      unlinkSync(join(directory, name));
    } catch {
      // Somebody else did.
    }
  }
}
