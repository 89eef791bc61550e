import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
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
  const bare = host.replace(/^\[|\]$/g, '');
  let addresses: string[];
  try {
    addresses = isIP(bare) ? [bare] : await names.lookup(bare);
  } catch {
    return 'unknown';
  }
  if (addresses.length === 0) return 'unknown';
  if (addresses.every(isLoopback)) return 'loopback';
  const own = new Set(names.ownAddresses().map(plain));
  return addresses.every((address) => isLoopback(address) || own.has(plain(address))) ? 'own' : 'elsewhere';
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
