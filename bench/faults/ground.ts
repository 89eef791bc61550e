import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { TestNetwork, type TestHost } from '../../test/support/testNetwork.ts';

export const NODES = ['north', 'south', 'east'] as const;
export type NodeName = (typeof NODES)[number];

/** Where the parts run: each on a host of its own, or all on the loopback interface of this machine. */
export type Ground = Record<NodeName | 'redis', TestHost> | undefined;

/** Tells the process inside which hosts there are. */
const VARIABLE = 'PARLEY_BENCH_GROUND';

/** Whether this process is to make the network and start itself in it: as root, the first time. */
export function isOutside(): boolean {
  return process.getuid?.() === 0 && process.env[VARIABLE] === undefined;
}

/** Runs this program again, on a host of a network whose other hosts are for the servers. Resolves with its status. */
export async function runInside(): Promise<number> {
  const network = TestNetwork.create(['bots', 'redis', ...NODES]);
  try {
    const hosts = Object.fromEntries(
      (['redis', ...NODES] as const).map((name) => [name, network.host(name)]),
    );
    const [command, ...words] = network.host('bots').command;
    const child = spawn(command, [...words, process.execPath, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
        [VARIABLE]: JSON.stringify(hosts),
      },
    });
    const [status] = (await once(child, 'exit')) as [number | null];
    return status ?? 1;
  } finally {
    network.close();
  }
}

export function ground(): Ground {
  const told = process.env[VARIABLE];
  return told === undefined ? undefined : (JSON.parse(told) as Ground);
}

/** Drops whatever goes between a host and the others, or nothing any more (null), without holding up this process. */
export async function cutOff(host: TestHost, others: readonly TestHost[] | null): Promise<void> {
  const rules = (others ?? []).flatMap(({ address }) => [
    `-A INPUT -s ${address} -j DROP`,
    `-A OUTPUT -d ${address} -j DROP`,
  ]);
  const [command, ...words] = host.command;
  const child = spawn(command, [...words, 'iptables-restore'], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.end(['*filter', ...rules, 'COMMIT', ''].join('\n'));
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`iptables-restore ended with status ${status ?? 'none'}`);
}
