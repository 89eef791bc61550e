import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '../../src/support/errors.ts';
import { ChildServer } from './ChildServer.ts';
import { killFirstWorker } from './killFirstWorker.ts';
import { packageJson, packageRoot } from '../packageRoot.ts';
import { namedTree } from './processUsage.ts';
import type { ServerUnderTest } from './ServerUnderTest.ts';

/** What a Parley server forwards; what is absent is its own default. */
export interface ForwardingOptions {
  /** `false`: everything to everybody, unless the numbers beside it say otherwise. */
  policies?: false;
  /** Microphones that a listener gets at a time; 0: all. */
  loudest?: number;
  /** Videos of those who do not say what they look at; 0: all. */
  lastN?: number;
}

export interface ParleyOptions {
  /** Media workers; default: one per core. */
  workers?: number;
  /** What bots reach its media ports by. */
  address?: string;
  forwarding?: ForwardingOptions;
  /** Further settings, by environment variable; they win. */
  env?: Record<string, string>;
}

/** What would stop a load before the server's own strength does. */
const LIMITS = {
  PARLEY_MAX_ROOMS: '100000',
  PARLEY_MAX_PEERS: '1000000',
  PARLEY_MAX_PRODUCERS: '1000000',
  PARLEY_MAX_PEERS_PER_ROOM: '10000',
  PARLEY_MAX_PRODUCERS_PER_ROOM: '100000',
  PARLEY_MAX_PRODUCERS_PER_PEER: '256',
};

/**
 * Starts the built server of this package on free ports, open to everybody.
 *
 * @throws ParleyError `unavailable` when it is not built or does not come up.
 */
export async function startParley(options: ParleyOptions = {}): Promise<ServerUnderTest> {
  const { workers, address = '127.0.0.1', forwarding = {}, env = {} } = options;
  const main = join(packageRoot, 'dist', 'server', 'src', 'main.js');
  if (!existsSync(main)) throw unavailable(`${main} is not there; npm start builds it`);
  const directory = mkdtempSync(join(tmpdir(), 'parley-data-'));
  const child = await ChildServer.start({
    name: 'Parley',
    directory,
    command: process.execPath,
    args: [main],
    env: {
      // None of the settings of whoever runs the load test.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'))),
      NODE_ENV: 'development',
      PARLEY_PORT: '0',
      PARLEY_RTC_PORT: '0',
      PARLEY_METRICS_PORT: 'off',
      PARLEY_ANNOUNCED_ADDRESS: address,
      PARLEY_HOST: address,
      PARLEY_LOG_LEVEL: 'warn',
      PARLEY_DATA_DIR: directory,
      // Bots that vanished are waited for in vain.
      PARLEY_DRAIN_DEADLINE: '0',
      ...LIMITS,
      ...(workers === undefined ? {} : { PARLEY_WORKERS: String(workers) }),
      ...forwardingEnv(forwarding),
      ...env,
    },
  });
  const url = await child.says(/^Parley is listening on (\S+)$/m);
  const { version, dependencies } = packageJson();
  return {
    target: 'parley',
    url,
    versions: {
      parley: version,
      mediasoup: dependencies['mediasoup'] ?? '',
      node: process.version,
      workers: String(namedTree(child.pid).length - 1),
    },
    pids: () => namedTree(child.pid),
    stop: () => child.stop(),
    killWorker: () => killFirstWorker(child.pid),
  };
}

function forwardingEnv({ policies, loudest, lastN }: ForwardingOptions): Record<string, string> {
  return {
    ...(policies === false ? { PARLEY_LOUDEST: '0', PARLEY_LAST_N: '0', PARLEY_DYNACAST: 'false' } : {}),
    ...(loudest === undefined ? {} : { PARLEY_LOUDEST: String(loudest) }),
    ...(lastN === undefined ? {} : { PARLEY_LAST_N: String(lastN) }),
  };
}
