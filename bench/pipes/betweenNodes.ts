import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Group } from '../../loadtest/scenario/scenario.ts';
import type { TestHost } from '../../test/support/testNetwork.ts';
import { Crowd } from '../faults/Crowd.ts';
import type { Ground } from '../faults/ground.ts';
import { TrialCluster } from '../faults/TrialCluster.ts';

const ROOM = 'pipes';

export interface BetweenNodes {
  viewers: number;
  /** Those of them that get both tracks. */
  watching: number;
  /** UDP packets/s from the node of the sender to that of the viewers, as the kernel of the former counts them. */
  crossed: number;
}

/** Somebody on one node, and so many viewers on another one, all on hosts of their own. */
export async function betweenNodes(
  hosts: NonNullable<Ground>,
  options: { stage: Group; viewer: Group; viewers: number; settle: number; counted: number },
): Promise<BetweenNodes> {
  const { stage, viewer, viewers, settle, counted } = options;
  const cluster = await TrialCluster.start(hosts);
  const crowd = await Crowd.create(cluster.url, ROOM, [stage]);
  try {
    await crowd.join(stage, cluster.node('north').url);
    for (let count = 0; count < viewers; count++) await crowd.join(viewer, cluster.node('south').url);
    await wait(settle);
    const count = countPackets(hosts.north, hosts.south.address);
    const startedAt = performance.now();
    crowd.restart();
    await wait(counted);
    const packets = count();
    const seconds = (performance.now() - startedAt) / 1000;
    const now = performance.now();
    const flowing = crowd.missed().filter(({ lastAt }) => lastAt !== null && now - lastAt < 1000);
    const watching = new Set(flowing.map(({ subscriber }) => subscriber)).size;
    return { viewers, watching: flowing.length === 2 * viewers ? watching : 0, crossed: packets / seconds };
  } finally {
    await crowd.leave();
    await cluster.close();
  }
}

/** Begins to count the UDP packets that a host sends to an address; the answer counts them so far. */
function countPackets(host: TestHost, address: string): () => number {
  const [command, ...words] = host.command;
  const iptables = (...rule: string[]): string =>
    execFileSync(command, [...words, 'iptables', '-w', ...rule], { encoding: 'utf8' });
  // The host is there from one run to the next.
  iptables('-F', 'OUTPUT');
  iptables('-A', 'OUTPUT', '-d', address, '-p', 'udp');
  return () => {
    const line = iptables('-nvxL', 'OUTPUT')
      .split('\n')
      .find((rule) => rule.includes(address));
    return Number(line?.trim().split(/\s+/)[0]);
  };
}
