import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6 } from 'node:net';
import type { PortFact } from '../facts.ts';
import { portOwner } from './portOwner.ts';
import type { Place } from './portPlaces.ts';

const PROBLEMS: Partial<Record<string, PortFact['problem']>> = {
  EADDRINUSE: 'inUse',
  EACCES: 'denied',
  EPERM: 'denied',
  EADDRNOTAVAIL: 'noAddress',
};

/** Takes each port for a moment, and tells those that cannot be had. */
export async function tryPorts(places: readonly Place[]): Promise<PortFact[]> {
  const found = await Promise.all(places.map(tryPort));
  return found.flatMap((fact) => fact ?? []);
}

async function tryPort(place: Place): Promise<PortFact | undefined> {
  try {
    await (place.protocol === 'tcp' ? bindTcp(place) : bindUdp(place));
    return undefined;
  } catch (error) {
    const problem = PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
    // Such as a family of addresses that this machine does not have: a server that listens everywhere does without.
    if (problem === undefined) return undefined;
    const owner = problem === 'inUse' ? portOwner(place.protocol, place.port) : undefined;
    return { ...place, problem, owner: owner && `${owner.name} (pid ${owner.pid})` };
  }
}

async function bindTcp({ address: host, port }: Place): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, ipv6Only: host !== '::' });
    await once(server, 'listening');
  } finally {
    server.close();
  }
}

async function bindUdp({ address, port }: Place): Promise<void> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  try {
    socket.bind({ address, port });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}
