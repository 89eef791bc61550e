import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6 } from 'node:net';
import { unavailable } from '../support/errors.ts';

/** Below the kernel's ephemeral range (32768 and up), so that outgoing connections do not take it. */
const LOWEST = 20_000;
const HIGHEST = 29_999;
const ATTEMPTS = 50;

/**
 * A port that is free for UDP and for TCP on all the addresses, now.
 *
 * Somebody else may be faster, so whoever binds it must be ready to ask again.
 */
export async function freePort(ips: readonly string[]): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (await isFree(ips, port)) return port;
  }
  throw unavailable(`found no port between ${LOWEST} and ${HIGHEST} that is free on ${ips.join(', ')}`);
}

async function isFree(ips: readonly string[], port: number): Promise<boolean> {
  for (const ip of ips) {
    if (!(await canBindTcp(ip, port)) || !(await canBindUdp(ip, port))) return false;
  }
  return true;
}

async function canBindTcp(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, ipv6Only: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function canBindUdp(address: string, port: number): Promise<boolean> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  try {
    socket.bind({ address, port });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
