import type { AnnouncedAddress, Facts } from '../facts.ts';
import type { ListenAddress } from '../../workers/listenAddresses.ts';
import type { MediaTarget } from './mediaTarget.ts';

/** Addresses and names of candidates, which are the truth where a server runs. */
export async function offeredBy(targets: readonly MediaTarget[]): Promise<string[]> {
  const [first] = targets;
  if (!first) return [];
  const { iceCandidates } = await first.openTransport();
  return [...new Set(iceCandidates.map(({ address }) => address))];
}

/** What the candidates would be of a server that listens there. */
export function announcedBy(listening: readonly ListenAddress[]): string[] {
  return [
    ...new Set(
      listening.flatMap(({ ip, announcedAddress, exposeInternalIp }) => [
        ...(announcedAddress === undefined ? [] : [announcedAddress]),
        ...(announcedAddress === undefined || exposeInternalIp ? [ip] : []),
      ]),
    ),
  ];
}

export function describe(
  address: string,
  resolved: readonly string[],
  interfaces: Facts['interfaces'],
): AnnouncedAddress {
  return { address, resolved, interfaceName: interfaceOf(resolved[0] ?? '', interfaces) };
}

/** The name of the network interface that has the address. */
export function interfaceOf(address: string, interfaces: Facts['interfaces']): string | undefined {
  return Object.entries(interfaces).find(([, entries]) =>
    entries?.some((entry) => entry.address === address),
  )?.[0];
}
