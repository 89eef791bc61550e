import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The address that a request comes from, past so many trusted proxies in front, as Express finds it with the same
 * `trust proxy` (X-Forwarded-For).
 */
export function clientAddress(request: IncomingMessage, proxies: number): string {
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((address) => address.trim())
    .filter((address) => isIP(address) > 0);
  // Nearest first; each trusted one tells who came to it.
  const hops = [request.socket.remoteAddress ?? '', ...forwarded.reverse()];
  return hops[Math.min(proxies, hops.length - 1)] ?? '';
}
