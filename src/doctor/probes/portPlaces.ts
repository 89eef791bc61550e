import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { freePort } from '../../workers/freePort.ts';
import type { ListenAddress } from '../../workers/listenAddresses.ts';
import type { DoctorSettings, PortFact } from '../facts.ts';

export type Place = Pick<PortFact, 'use' | 'protocol' | 'address' | 'port'>;

/** The ports that the server would listen on; where it takes any free ones, one for media. */
export async function portPlaces(
  settings: DoctorSettings,
  listening: readonly ListenAddress[],
): Promise<Place[]> {
  const { port, host, rtcPort, workers } = settings;
  const first = rtcPort > 0 ? rtcPort : await freePort(listening.map(({ ip }) => ip));
  const mediaPorts = rtcPort > 0 ? Array.from({ length: workers }, (_, i) => first + i) : [first];
  const addresses = host === undefined ? ['0.0.0.0', '::'] : [await addressToBind(host)];
  return [
    ...(port === 0 ? [] : addresses).map((address) => ({
      use: 'pages' as const,
      protocol: 'tcp' as const,
      address,
      port,
    })),
    ...mediaPorts.flatMap((mediaPort) =>
      listening.flatMap(({ ip }) =>
        (['udp', 'tcp'] as const).map((protocol) => ({
          use: 'media' as const,
          protocol,
          address: ip,
          port: mediaPort,
        })),
      ),
    ),
  ];
}

async function addressToBind(host: string): Promise<string> {
  return isIP(host) ? host : (await lookup(host)).address;
}

export function mediaPortsOf(places: readonly Place[]): number[] {
  return [...new Set(places.filter(({ use }) => use === 'media').map(({ port }) => port))];
}
