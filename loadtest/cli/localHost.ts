import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** How hosts are looked up; tests bring their own. */
export interface Names {
  /** All addresses of a name; rejects when it has none. */
  lookup(host: string): Promise<string[]>;
  /** The machine's own addresses, without loopback if you like. */
  ownAddresses(): string[];
}

export const systemNames: Names = {
  lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  ownAddresses: () =>
    Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).map(({ address }) => address),
    ),
};

/** Whose address it is; `unknown`: the name has none. */
export type Whereabouts = 'loopback' | 'own' | 'elsewhere' | 'unknown';

/** Where a host is; a name is only as near as the farthest of its addresses. */
export async function whereIs(host: string, names: Names): Promise<Whereabouts> {
  const addresses = await addressesOf(host, names);
  if (addresses.length === 0) return 'unknown';
  if (addresses.every(isLoopback)) return 'loopback';
  return addresses.every((address) => isOwn(address, names)) ? 'own' : 'elsewhere';
}

/** All addresses of a name or of an address (IPv6 with or without brackets); none: it has none. */
export async function addressesOf(host: string, names: Names): Promise<string[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  return isIP(bare) ? [bare] : names.lookup(bare).catch(() => []);
}

/** Whether an address is this machine's, or one that is not routed on the internet. */
export function isLocalOrPrivate(address: string, names: Names): boolean {
  const bare = plain(address);
  return isOwn(address, names) || PRIVATE.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Private (RFC 1918), unique local (RFC 4193) and IPv6 link-local addresses. Not 169.254.0.0/16, where clouds have the
 * services that tell secrets.
 */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

function isOwn(address: string, names: Names): boolean {
  return isLoopback(address) || names.ownAddresses().map(plain).includes(plain(address));
}

/** The unspecified address is one's own too, as a destination. */
function isLoopback(address: string): boolean {
  return /^127\.|^(0\.0\.0\.0|::1?)$/.test(plain(address));
}

/** Without zone, in small letters; an IPv4 address that is mapped into IPv6 (RFC 4291 section 2.5.5.2) as itself. */
function plain(address: string): string {
  const bare = address.toLowerCase().replace(/%.*$/, '');
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/.exec(bare);
  if (!mapped) return bare;
  if (mapped[1] !== undefined) return mapped[1];
  const bits = [mapped[2], mapped[3]].map((part) => parseInt(part ?? '0', 16));
  return bits.flatMap((word) => [word >> 8, word & 255]).join('.');
}
