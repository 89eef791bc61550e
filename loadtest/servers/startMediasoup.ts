import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unavailable } from '../../src/support/errors.ts';
import { ChildServer } from './ChildServer.ts';
import { packageJson, packageRoot } from '../packageRoot.ts';
import { namedTree } from './processUsage.ts';
import type { ServerUnderTest } from './ServerUnderTest.ts';

export interface MediasoupOptions {
  /** Default: one per core. */
  workers?: number;
  /** That signaling and media listen on. */
  address?: string;
}

/** Beside this file when it is compiled itself; elsewhere where the build puts it. */
const mains = [
  join(import.meta.dirname, 'bareMediasoup', 'main.js'),
  join(packageRoot, 'dist', 'loadtest', 'loadtest', 'servers', 'bareMediasoup', 'main.js'),
];

/**
 * Starts the bare mediasoup server, the floor that Parley's control plane is held against.
 *
 * @throws ParleyError `unavailable` when it is not built or does not come up.
 */
export async function startMediasoup(options: MediasoupOptions = {}): Promise<ServerUnderTest> {
  const { workers, address = '127.0.0.1' } = options;
  const main = mains.find((path) => existsSync(path));
  if (main === undefined) throw unavailable('the bare mediasoup server is not compiled');
  const child = await ChildServer.start({
    name: 'the bare mediasoup server',
    command: process.execPath,
    args: [main, '--address', address, ...(workers === undefined ? [] : ['--workers', String(workers)])],
    env: process.env,
  });
  const url = await child.says(/^listening on (\S+)$/m);
  return {
    target: 'mediasoup',
    url,
    versions: {
      mediasoup: packageJson().dependencies['mediasoup'] ?? '',
      node: process.version,
      workers: String(namedTree(child.pid).length - 1),
    },
    pids: () => namedTree(child.pid),
    stop: () => child.stop(),
  };
}
