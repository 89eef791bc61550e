import type { Facts, PortFact } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

/** Whether the server's ports can be had; where it runs, whether it has those of the settings. */
export function ports(
  facts: Pick<Facts, 'ports' | 'running' | 'isHere' | 'settings'>,
): Omit<Finding, 'check'>[] {
  if (!facts.isHere) return [skipped('the server is another machine’s')];
  if (facts.running) return [besideServer(facts.running.mediaPorts, facts.settings)];
  // One sentence for all addresses of a port.
  const first = facts.ports.filter((fact, i, all) => all.findIndex((other) => isSamePort(fact, other)) === i);
  if (first.length === 0) return [ok('the ports of pages, signaling and media are free')];
  return first.map((fact) => fault(...saying(fact)));
}

function besideServer(
  running: readonly number[],
  { rtcPort, workers }: Facts['settings'],
): Omit<Finding, 'check'> {
  const configured = Array.from({ length: workers }, (_, i) => rtcPort + i);
  const isOther = rtcPort > 0 && running.some((port) => !configured.includes(port));
  if (!isOther) return ok('the server has its ports');
  return warning(
    `the server takes media on port ${running.join(', ')}, and the settings that the doctor reads say ${rtcPort}`,
    'run the doctor with the settings of the server: the same --config and PARLEY_* variables',
  );
}

function saying({ use, protocol, port, address, problem, owner }: PortFact): [string, string] {
  const variable = use === 'pages' ? 'PARLEY_PORT' : 'PARLEY_RTC_PORT';
  const name = `${protocol.toUpperCase()} port ${port}, of ${use === 'pages' ? 'pages and signaling' : 'media'},`;
  switch (problem) {
    case 'inUse':
      return [
        `${name} is in use by ${owner ?? 'another program'}`,
        `end ${owner ?? 'that program'}, or choose another port with ${variable}`,
      ];
    case 'denied':
      return [
        `${name} is not allowed to this user`,
        `choose one above 1023 with ${variable}, or give the service the capability CAP_NET_BIND_SERVICE`,
      ];
    case 'noAddress':
      return [
        `${name} cannot be had: this machine does not have the address ${address}`,
        `mend ${use === 'pages' ? 'PARLEY_HOST' : 'PARLEY_ANNOUNCED_ADDRESS'}`,
      ];
  }
}

function isSamePort(a: PortFact, b: PortFact): boolean {
  return a.use === b.use && a.port === b.port && a.problem === b.problem;
}
