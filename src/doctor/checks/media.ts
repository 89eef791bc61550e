import {
  operatorAdvice,
  outcomesText,
  type RouteOutcome,
  type RouteOutcomes,
} from '../../support/reachability.ts';
import type { Facts, WayFact } from '../facts.ts';
import { fault, ok, skipped, type Finding } from '../finding.ts';
import { doubtfulAddresses, type AddressFacts } from './addresses.ts';

type MediaFacts = AddressFacts & Pick<Facts, 'mediaFailure' | 'joinFailure' | 'workerFailure' | 'relays'>;

/** Whether each announced address answers ICE and DTLS, over UDP and over TCP, on each media port. */
export function media(facts: MediaFacts): Omit<Finding, 'check'>[] {
  const { mediaFailure, joinFailure, workerFailure, ways } = facts;
  const obstacle = joinFailure ?? workerFailure ?? mediaFailure;
  if (ways.length === 0) return [skipped(`no media port was tried: ${obstacle ?? 'the server named none'}`)];
  const doubtful = doubtfulAddresses(facts);
  const addresses = [...new Set(ways.map(({ address }) => address))];
  return addresses.flatMap((address) => {
    if (doubtful.has(address)) return [skipped(`${address}: see what is said of addresses`)];
    return aboutAddress(
      address,
      ways.filter((way) => way.address === address),
      relayOutcome(facts),
    );
  });
}

function aboutAddress(
  address: string,
  ways: readonly WayFact[],
  relay: RouteOutcome,
): Omit<Finding, 'check'>[] {
  const silent = ways.filter(({ failure }) => failure?.stage === 'ice');
  const outcomes: RouteOutcomes = { udp: outcomeOf(ways, 'udp'), tcp: outcomeOf(ways, 'tcp'), relay };
  const findings: Omit<Finding, 'check'>[] = [];
  if (silent.length > 0) {
    const ports = portsText(silent);
    // Relays are for those who reach nothing else: what is to be opened is the same with them.
    const advice = operatorAdvice(outcomes, ports) ?? operatorAdvice({ ...outcomes, udp: 'failed' }, ports);
    findings.push(
      fault(`${address}, port ${ports}: ${outcomesText(outcomes)} (${reasonsOf(silent)})`, advice ?? ''),
    );
  }
  const unsafe = ways.filter(({ failure }) => failure?.stage === 'dtls');
  if (unsafe.length > 0) {
    const how = [...new Set(unsafe.map(({ protocol }) => protocol.toUpperCase()))].join(' and ');
    findings.push(
      fault(
        `${address}, port ${portsText(unsafe)}: STUN is answered over ${how}, and DTLS comes to no end (${reasonsOf(unsafe)})`,
        'let packets of up to 1,500 bytes pass: a tunnel or VPN on the way has a smaller MTU and drops what is larger, or a firewall passes STUN alone',
      ),
    );
  }
  if (findings.length > 0) return findings;
  const protocols = [...new Set(ways.map(({ protocol }) => protocol.toUpperCase()))].join(' and ');
  return [ok(`${address}, port ${portsText(ways)}: ICE and DTLS connect over ${protocols}`)];
}

function outcomeOf(ways: readonly WayFact[], protocol: WayFact['protocol']): RouteOutcome {
  const own = ways.filter((way) => way.protocol === protocol);
  if (own.length === 0) return 'missing';
  return own.some(({ failure }) => failure?.stage === 'ice') ? 'failed' : 'works';
}

function relayOutcome({ relays }: MediaFacts): RouteOutcome {
  const turn = relays.filter(({ url }) => url.startsWith('turn'));
  if (turn.length === 0) return 'missing';
  return turn.some(({ outcome }) => outcome === 'relays') ? 'works' : 'failed';
}

const reasonsOf = (ways: readonly WayFact[]): string =>
  [
    ...new Set(ways.map(({ protocol, failure }) => `${protocol.toUpperCase()}: ${failure?.reason ?? ''}`)),
  ].join('; ');

function portsText(ways: readonly WayFact[]): string {
  return [...new Set(ways.map(({ port }) => port))].sort((a, b) => a - b).join(', ');
}
