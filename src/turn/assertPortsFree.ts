import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6 } from 'node:net';
import { badRequest, conflict } from '../support/errors.ts';
import type { TurnPorts } from './turnserverConfig.ts';

/**
 * Makes sure that nobody else listens where a TURN server is to. coturn shares its ports with another one of the same user
 * (SO_REUSEPORT), and each would get some of the clients.
 *
 * @throws ParleyError `conflict` for a port in use, `badRequest` for one that may not be bound.
 */
export async function assertPortsFree(ips: readonly string[], { port, tlsPort }: TurnPorts): Promise<void> {
  for (const ip of ips) {
    await attempt(`UDP port ${port} on ${ip}`, () => bindUdp(ip, port));
    await attempt(`TCP port ${port} on ${ip}`, () => bindTcp(ip, port));
    if (tlsPort !== undefined) await attempt(`TCP port ${tlsPort} on ${ip}`, () => bindTcp(ip, tlsPort));
  }
}

async function attempt(where: string, bind: () => Promise<void>): Promise<void> {
  try {
    await bind();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw conflict(`${where} is in use; TURN needs it`, { cause: error });
    const why = code === 'EACCES' ? 'permission denied' : message;
    throw badRequest(`TURN cannot listen on ${where}: ${why}`, { cause: error });
  }
}

async function bindUdp(address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}

async function bindTcp(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, ipv6Only: true, exclusive: true });
    await once(server, 'listening');
  } finally {
    server.close();
  }
}
