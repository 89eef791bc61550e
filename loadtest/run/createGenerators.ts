import { availableParallelism } from 'node:os';
import { AgentConnection } from '../agent/AgentConnection.ts';
import { MAX_PROCESSES } from '../agent/wire.ts';
import type { RunOptions } from '../cli/runOptions.ts';
import { expectedPackets } from '../scenario/planBots.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { AgentGenerator } from './AgentGenerator.ts';
import { ForkedGenerator, type GeneratorLink } from './GeneratorLink.ts';

/** Packets a second, sent and received, that one process is given at most if there are cores left. */
const PACKETS_PER_PROCESS = 25_000;

/**
 * The generators of a run: those of its agents, and processes on this machine when there are none or so many were asked
 * for. `log` is told how exact the clocks of agents are.
 *
 * @throws ParleyError when an agent cannot be reached or refuses; then there are none.
 */
export async function createGenerators(
  { processes, agents, agentsKey }: Pick<RunOptions, 'processes' | 'agents' | 'agentsKey'>,
  scenario: Scenario,
  log: (text: string) => void,
): Promise<GeneratorLink[]> {
  const wanted = wantedProcesses(scenario);
  const { url } = scenario;
  const tried = await Promise.allSettled(
    agents.map((address) =>
      AgentConnection.open({
        ...address,
        key: agentsKey ?? '',
        processes: Math.min(MAX_PROCESSES, Math.ceil(wanted / agents.length)),
        ...(url === null ? {} : { url }),
      }),
    ),
  );
  const connections = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = tried.find((one) => one.status === 'rejected');
  if (failed) {
    for (const connection of connections) connection.close();
    throw failed.reason;
  }
  for (const { name, host, processes: offered, clock } of connections) {
    const error = (clock.roundTrip / 2).toFixed(2);
    log(`${name} (${host}): ${offered} process${offered === 1 ? '' : 'es'}, clock known to ${error} ms`);
  }
  const remote = connections.flatMap((connection) =>
    Array.from({ length: connection.processes }, (_, index) => new AgentGenerator(connection, index)),
  );
  const local = processes ?? (remote.length > 0 ? 0 : Math.min(availableParallelism(), wanted));
  return [
    ...remote,
    ...Array.from({ length: local }, (_, index) => new ForkedGenerator(`generator ${index + 1}`)),
  ];
}

function wantedProcesses(scenario: Scenario): number {
  const perBot = expectedPackets(scenario);
  const packets = scenario.groups.reduce(
    (sum, { name, count }) => sum + (perBot.get(name) ?? 0) * count * scenario.rooms,
    0,
  );
  return Math.max(1, Math.ceil(packets / PACKETS_PER_PROCESS));
}
