import { BlockList, isIP } from 'node:net';
import { badRequest, forbidden } from '../support/errors.ts';

/** Never a destination of RTP, whoever allows what: nobody, everybody, and what is reserved. */
const NEVER = new BlockList();
NEVER.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER.addSubnet('224.0.0.0', 3, 'ipv4');
NEVER.addSubnet('ff00::', 8, 'ipv6');
NEVER.addAddress('::', 'ipv6');

/** Networks of this machine and of its surroundings, cloud metadata among them (IANA special-purpose registries). */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
// Translated to IPv4 addresses, which may be any of these.
PRIVATE.addSubnet('64:ff9b::', 96, 'ipv6');
PRIVATE.addSubnet('2002::', 16, 'ipv6');

/**
 * Whether RTP may be sent to an address.
 *
 * @throws ParleyError `badRequest` for what is no address, `forbidden` for a private one unless those are allowed, and for
 * multicast and reserved ones in any case.
 */
export function assertDestination(ip: string, allowPrivate: boolean): void {
  const family = isIP(ip);
  if (family === 0 || ip.includes('%')) throw badRequest('the destination must be an IP address');
  // IPv4 in IPv6's clothes is looked at by BlockList as what it is.
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (NEVER.check(ip, kind)) throw forbidden('RTP is not sent to that address');
  if (!allowPrivate && PRIVATE.check(ip, kind))
    throw forbidden('RTP is not sent to private addresses unless PARLEY_EGRESS_PRIVATE is set');
}
