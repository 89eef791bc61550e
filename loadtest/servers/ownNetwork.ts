import { spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { unavailable } from '../../src/support/errors.ts';

/** The address inside; it exists nowhere else, so it can be in nobody's way. */
const ADDRESS = '10.213.99.1';
/** Tells a process that it runs inside, and by which address it is reached. */
const VARIABLE = 'PARLEY_LOADTEST_OWN_NETWORK';
/** Where `ip` is, which not every PATH has. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** One end of a cable that leads nowhere, where the kernel has no dummy interfaces. */
const BUILD = [
  'set -e',
  'ip link set lo up',
  'ip link add media0 type dummy 2>/dev/null || { ip link add media0 type veth peer name media1; ip link set media1 up; }',
  `ip address add ${ADDRESS}/24 dev media0`,
  'ip link set media0 up',
].join('\n');

/** The address of the own network that this process is in; undefined when it is in the machine's. */
export function ownNetworkAddress(): string | undefined {
  return process.env[VARIABLE];
}

/**
 * The words that run a command in a network namespace of its own, with loopback and one interface that is not, as
 * servers want it which never gather loopback addresses (Janus). The namespace ends with the last process in it.
 */
export function inOwnNetwork(command: string, args: readonly string[]): [string, ...string[]] {
  const script = `${BUILD}\n${VARIABLE}=${ADDRESS} exec "$@"`;
  return ['unshare', '--net', '--', '/bin/sh', '-c', script, 'sh', command, ...args];
}

/** @throws ParleyError `unavailable` when this machine or this user has no network namespaces. */
export function requireOwnNetwork(): void {
  const [command, ...args] = inOwnNetwork('true', []);
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH, LC_ALL: 'C' },
  });
  if (status === 0) return;
  const why = (error?.message ?? stderr).trim();
  throw unavailable(
    `this run needs a network namespace with an interface of its own, which takes root and the programs unshare and ip (Debian: util-linux, iproute2): ${why}`,
  );
}

/**
 * Runs a command inside to its end, and resolves with its exit status (128 and the signal's number, as a shell has
 * it, is not told apart: 1). Signals to this process are passed on.
 *
 * @throws ParleyError `unavailable` as `requireOwnNetwork` does.
 */
export async function runInOwnNetwork(
  command: string,
  args: readonly string[],
  { stdio = 'inherit', env = process.env }: { stdio?: StdioOptions; env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  requireOwnNetwork();
  const [program, ...words] = inOwnNetwork(command, args);
  const child = spawn(program, words, { stdio, env: { ...env, PATH } });
  const signals = ['SIGTERM', 'SIGHUP'] as const;
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  // A Ctrl-C reaches the child by itself, being in the same process group.
  const wait = (): void => undefined;
  for (const signal of signals) process.on(signal, pass);
  process.on('SIGINT', wait);
  try {
    const [status] = (await once(child, 'exit')) as [number | null];
    return status ?? 1;
  } finally {
    for (const signal of signals) process.removeListener(signal, pass);
    process.removeListener('SIGINT', wait);
  }
}
