import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { badRequest } from '../support/errors.ts';
import { redisHost } from './redis/redisUrl.ts';

const LOOPBACK = /^(127\.|::1$)/;

/** Any port will do: nothing is sent. */
const PORT = 6379;

/**
 * The address under which the other nodes probably reach this one: that from which it reaches Redis, which they reach as
 * well. With a Redis on this machine it is the machine's only address.
 *
 * @param addresses This machine's, other than loopback; IPv4 first.
 * @throws ParleyError `badRequest` when there are several to choose from.
 */
export async function guessNodeAddress(redisUrl: string, addresses: readonly string[]): Promise<string> {
  const towards = await addressTowards(redisHost(redisUrl));
  if (towards !== undefined && !LOOPBACK.test(towards)) return towards;
  const ipv4 = addresses.filter((address) => isIPv4(address));
  const candidates = ipv4.length > 0 ? ipv4 : addresses;
  const [only = '127.0.0.1'] = candidates;
  if (candidates.length <= 1) return only;
  throw badRequest(`say which of its addresses other nodes reach this one at: ${candidates.join(', ')}`);
}

/** The local address that the kernel would use; undefined when the way is not known. */
async function addressTowards(host: string): Promise<string | undefined> {
  try {
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    try {
      socket.connect(PORT, address);
      await once(socket, 'connect');
      return socket.address().address;
    } finally {
      socket.close();
    }
  } catch {
    return undefined;
  }
}
