import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '../../src/support/errors.ts';
import { JanusConnection } from '../targets/janus/JanusConnection.ts';
import { ChildServer } from './ChildServer.ts';
import { findProgram } from '../../src/support/findProgram.ts';
import { janusConfiguration } from './janusConfiguration.ts';
import { ownNetworkAddress } from './ownNetwork.ts';
import { namedTree } from './processUsage.ts';
import type { ServerUnderTest } from './ServerUnderTest.ts';

export interface JanusOptions {
  /** Threads that share all PeerConnections; absent: a thread for each, as Janus is shipped. */
  eventLoops?: number;
  /** Default: full ICE, as Janus is shipped. */
  iceLite?: boolean;
  /** Address of this machine for signaling and media, not of loopback. Default: that of the own network. */
  address?: string;
}

/**
 * Starts Debian's Janus with the VideoRoom plugin and the WebSocket transport alone, on a free port.
 *
 * @throws ParleyError `unavailable` when it is not installed or does not come up, or there is no address for it: Janus
 *   never gathers loopback, so the run has to be in a network of its own (`runInOwnNetwork`).
 */
export async function startJanus(options: JanusOptions = {}): Promise<ServerUnderTest> {
  const { eventLoops, iceLite = false, address = ownNetworkAddress() } = options;
  const program = findProgram('janus');
  if (program === undefined) {
    throw unavailable('Janus is not installed; on Debian: apt-get install janus');
  }
  if (address === undefined) {
    throw unavailable('Janus takes no loopback address: this run has to be in a network of its own');
  }
  const directory = mkdtempSync(join(tmpdir(), 'parley-janus-'));
  const port = await freePort(address);
  const files = janusConfiguration({ directory, address, port, eventLoops, iceLite });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const child = await ChildServer.start({
    name: 'Janus',
    command: program,
    args: ['--configs-folder', directory, '--disable-colors'],
    env: process.env,
    directory,
  });
  const url = `ws://${address}:${port}`;
  const version = await child.answers(() => versionAt(url));
  return {
    target: 'janus',
    url,
    versions: {
      janus: version,
      'janus event loops': eventLoops === undefined ? 'a thread per handle, as shipped' : String(eventLoops),
      'janus ICE': iceLite ? 'lite' : 'full, as shipped',
    },
    pids: () => namedTree(child.pid).map(({ pid }) => ({ name: 'janus', pid })),
    stop: () => child.stop(),
  };
}

async function versionAt(url: string): Promise<string> {
  const connection = await JanusConnection.open(url, new AbortController().signal);
  try {
    return await connection.version();
  } finally {
    connection.terminate();
  }
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
