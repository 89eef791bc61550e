import { isIP, isIPv4, isIPv6 } from 'node:net';
import { badRequest } from '../support/errors.ts';

/** An address on which media is received, and how clients are told of it. */
export interface MediaAddress {
  /** A local address, or the wildcard of its family. */
  ip: string;
  /** IP address or host name that clients are told instead. */
  announcedAddress?: string;
}

/** Between which addresses a TURN server relays. */
export interface RelayPlan {
  /** Local addresses on which clients reach it. */
  listening: string[];
  /** The one IPv4 address from which it sends to its peers. */
  relayIp: string;
  /** Addresses that clients name, and the local ones which they are. */
  mappings: { announced: string; local: string }[];
  /** Local addresses, the only ones to which it relays. */
  allowed: string[];
}

export interface RelayPlanOptions {
  /** All of the media server's. */
  media: readonly MediaAddress[];
  /** What the wildcards stand for: this machine's addresses. */
  lan: readonly string[];
  /** IPv4 addresses of a host name. */
  resolve: (hostname: string) => Promise<readonly string[]>;
}

const LOOPBACK = /^127\./;

export const isLoopback = (ip: string): boolean => LOOPBACK.test(ip) || ip === '::1';

/**
 * What a TURN server beside the media server needs to know. It relays to IPv4 addresses alone: the media server has those
 * at the same place as its IPv6 ones, and each family more is one more way out.
 *
 * @throws ParleyError `badRequest` where media has no IPv4 address; what `resolve` throws.
 */
export async function relayPlan({ media, lan, resolve }: RelayPlanOptions): Promise<RelayPlan> {
  const listening = [...new Set(media.flatMap(({ ip }) => localAddresses(ip, lan)))];
  const relayIp = listening.find((ip) => isIPv4(ip));
  if (relayIp === undefined)
    throw badRequest('a TURN server needs an IPv4 address to relay to, and there is none');
  const mappings: RelayPlan['mappings'] = [];
  const allowed = new Set<string>();
  for (const { ip, announcedAddress } of media.filter((address) => isIPv4(address.ip))) {
    const local = ip === '0.0.0.0' ? relayIp : ip;
    allowed.add(local);
    if (announcedAddress === undefined || isIPv6(announcedAddress)) continue;
    const announced = isIP(announcedAddress) ? [announcedAddress] : await resolve(announcedAddress);
    for (const address of announced) {
      if (address !== local) mappings.push({ announced: address, local });
    }
  }
  return { listening, relayIp, mappings, allowed: [...allowed] };
}

function localAddresses(ip: string, lan: readonly string[]): string[] {
  if (ip !== '0.0.0.0' && ip !== '::') return [ip];
  const own = lan.filter((address) => isIPv6(address) === (ip === '::'));
  return own.length > 0 ? own : [ip === '::' ? '::1' : '127.0.0.1'];
}
