import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { ParleyError } from '../support/errors.ts';
import { forbidden } from '../support/errors.ts';

/** Addresses of networks that are not the internet (RFC 6890 and the IANA registries of special-purpose addresses). */
const NOT_PUBLIC: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // Carrier-grade NAT (RFC 6598)
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local; the metadata services of clouds are in it
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of IPv6 only what is given to the internet is let through, and of that not what leads elsewhere. */
const GLOBAL_V6: readonly [string, number] = ['2000::', 3];
const NOT_PUBLIC_V6: readonly [string, number][] = [
  // Teredo, ORCHID, benchmarks: IETF protocol assignments
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: an IPv4 address is inside
  ['2002::', 16],
  ['3fff::', 20],
];

/** In front of an IPv4 address that is reached through NAT64 (RFC 6052). */
const NAT64 = '64:ff9b::';

const blocked = subnets(NOT_PUBLIC, [
  ...NOT_PUBLIC_V6,
  ...NOT_PUBLIC.map(([address, bits]) => [`${NAT64}${address}`, 96 + bits] as const),
]);
const global6 = subnets([], [GLOBAL_V6, [NAT64, 96]]);

/** ::ffff:192.0.2.1 in any spelling. */
const mapped = subnets([], [['::ffff:0:0', 96]]);

function subnets(
  v4: readonly (readonly [string, number])[],
  v6: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [address, bits] of v4) list.addSubnet(address, bits, 'ipv4');
  for (const [address, bits] of v6) list.addSubnet(address, bits, 'ipv6');
  return list;
}

/** Networks in CIDR notation or single addresses. */
export type AllowedNetworks = boolean | readonly string[];

/** Whether text names a network or an address. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    rest.length === 0 && most >= 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  );
}

/** All addresses of a name. */
export type Resolver = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const resolveByHost: Resolver = (hostname, done) => lookUp(hostname, { all: true }, done);

/**
 * Keeps requests that others' settings cause away from networks that only this machine reaches.
 *
 * It looks at the address that is connected to, so no name and no spelling of an address gets past it.
 */
export class AddressGuard {
  readonly #allowed: BlockList | undefined;
  readonly #allowsAll: boolean;
  readonly #resolve: Resolver;

  /** @param options `allow`: networks that are let through although they are private, or true for all. */
  constructor(options: { allow: AllowedNetworks; resolve?: Resolver }) {
    this.#allowsAll = options.allow === true;
    this.#resolve = options.resolve ?? resolveByHost;
    if (typeof options.allow === 'boolean') return;
    this.#allowed = new BlockList();
    for (const network of options.allow) {
      const [address = '', bits] = network.split('/');
      const isV6 = isIP(address) === 6;
      this.#allowed.addSubnet(address, Number(bits ?? (isV6 ? 128 : 32)), isV6 ? 'ipv6' : 'ipv4');
    }
  }

  /** Whether an address may be connected to. */
  lets(address: string): boolean {
    const family = isIP(address);
    // A zone (fe80::1%eth0) makes a link-local address.
    if (family === 0) return false;
    if (this.#allowsAll) return true;
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (this.#allowed?.check(address, type)) return true;
    if (family === 4) return !blocked.check(address, 'ipv4');
    // BlockList takes a mapped address for the IPv4 address in it.
    if (mapped.check(address, 'ipv6')) return !blocked.check(address, 'ipv6');
    return global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
  }

  /** @throws ParleyError `forbidden`. */
  assert(address: string): void {
    if (!this.lets(address)) throw refused(address);
  }

  /** As `net.connect` asks: answers with those addresses of a name that may be connected to. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const family = options.family === 4 || options.family === 6 ? options.family : 0;
      const wanted = addresses.filter((address) => family === 0 || address.family === family);
      const fit = wanted.filter(({ address }) => this.lets(address));
      const [first] = fit;
      if (!first) callback(refused(wanted[0]?.address ?? hostname), '', 0);
      else if (options.all) callback(null, fit);
      else callback(null, first.address, first.family);
    });
  };
}

const refused = (address: string): ParleyError =>
  forbidden(`${address} is not a public address; PARLEY_WEBHOOK_ALLOW_PRIVATE lets it through`);
