import { isIP, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { types } from 'mediasoup';
import { badRequest } from '../support/errors.ts';

/** One address that media sockets bind, and how clients are told of it. */
export interface ListenAddress {
  /** A local address, or the wildcard of its family. */
  ip: string;
  /** Address or hostname that ICE candidates carry instead of `ip`, behind NAT. */
  announcedAddress?: string;
  /** Whether candidates with `ip` itself are offered beside the announced ones. */
  exposeInternalIp?: boolean;
}

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

const HOSTNAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const LINK_LOCAL = /^(169\.254\.|fe[89ab])/i;
const LOOPBACK = /^(127\.|::1$)/;

/** The addresses under which other machines reach this one: IPv4 first, no loopback, no link-local. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  const addresses = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => !entry.internal && !LINK_LOCAL.test(entry.address))
    .map((entry) => entry.address);
  return [...addresses.filter((ip) => isIPv4(ip)), ...addresses.filter((ip) => isIPv6(ip))];
}

/**
 * Where every worker listens, and what it announces.
 *
 * Nothing given: each LAN address is bound by itself, so that answers leave from the address that was
 * asked; 127.0.0.1 only on a machine without a network. Otherwise each entry of `announced` is one of
 * - an address of this machine: bound and announced as it is;
 * - any other address, or a hostname: announced from the socket of its family, which is the wildcard or
 *   an address of this machine that was given too (then both are announced). One per family;
 * - `announced@local`: announced from that local address, for machines with several public addresses.
 *
 * @throws ParleyError `badRequest` for what is neither, or cannot be served by one port per protocol.
 */
export function listenAddresses(
  announced: readonly string[] = [],
  interfaces: Interfaces = networkInterfaces(),
): ListenAddress[] {
  if (announced.length === 0) {
    const lan = lanAddresses(interfaces);
    return (lan.length > 0 ? lan : ['127.0.0.1']).map((ip) => ({ ip }));
  }

  const plan = new Map<string, ListenAddress>();
  const local: string[] = [];
  const outside: string[] = [];
  for (const entry of announced.map((text) => text.trim())) {
    const [address = '', ip, ...rest] = entry.split('@');
    checkAddress(address, entry);
    if (ip === undefined) {
      (isLocal(address, interfaces) ? local : outside).push(address);
    } else if (rest.length > 0 || !isIP(ip) || !isLocal(ip, interfaces)) {
      throw badRequest(`"${entry}": what follows @ must be an IP address of this machine`);
    } else if (plan.has(ip)) {
      throw badRequest(`"${entry}": ${ip} already announces ${String(plan.get(ip)?.announcedAddress)}`);
    } else {
      plan.set(ip, { ip, announcedAddress: address });
    }
  }
  for (const ip of local) {
    const existing = plan.get(ip);
    if (existing?.announcedAddress === undefined) plan.set(ip, { ip });
    else existing.exposeInternalIp = true;
  }
  for (const address of outside) announceFromOutside(address, plan, interfaces);
  return [...plan.values()];
}

/**
 * Bytes that the kernel keeps of what a worker has not read yet, and of what it could not send yet. All participants of a worker share one UDP socket, and what overflows its 208 KiB by default is lost
 * to everybody. The kernel gives what `net.core.rmem_max` and `wmem_max` allow.
 */
export const UDP_BUFFER = 4 * 1024 * 1024;

/** mediasoup's form of the addresses: one UDP and one TCP socket each, UDP first so that ICE prefers it. */
export function listenInfos(addresses: readonly ListenAddress[], port: number): types.TransportListenInfo[] {
  return (['udp', 'tcp'] as const).flatMap((protocol) =>
    addresses.map((address) => ({
      ...address,
      protocol,
      port,
      ...(protocol === 'udp' ? { recvBufferSize: UDP_BUFFER, sendBufferSize: UDP_BUFFER } : {}),
      // A dual-stack wildcard would take the IPv4 wildcard's port as well.
      ...(address.ip === '::' ? { flags: { ipv6Only: true } } : {}),
    })),
  );
}

/** Ports from the first to the last. */
export interface PortRange {
  min: number;
  max: number;
}

/** Those that nobody registers (RFC 6335 section 6), where no worker listens for clients. */
export const PIPE_PORTS: PortRange = { min: 49_152, max: 65_535 };

/** Where the transports between two workers of this machine listen, each on a port of its own. */
export const PIPE_LISTEN_INFO: types.TransportListenInfo = pipeListenInfo('127.0.0.1', PIPE_PORTS);

/**
 * Where the transports to other nodes listen, each on a port of its own.
 *
 * @param address Under which the others reach this node: where this machine does not have it, all addresses of its family
 * are listened on.
 */
export function pipeListenInfo(
  address: string,
  portRange: PortRange,
  interfaces: Interfaces = networkInterfaces(),
): types.TransportListenInfo {
  const wildcard = isIPv6(address) ? '::' : '0.0.0.0';
  return {
    protocol: 'udp',
    ip: isLocal(address, interfaces) ? address : wildcard,
    portRange,
    recvBufferSize: UDP_BUFFER,
    sendBufferSize: UDP_BUFFER,
    ...(isIPv6(address) ? { flags: { ipv6Only: true } } : {}),
  };
}

/** Gives an address that this machine does not have to one socket of the same family. */
function announceFromOutside(
  address: string,
  plan: Map<string, ListenAddress>,
  interfaces: Interfaces,
): void {
  const isV6 = isIPv6(address);
  const sockets = [...plan.values()].filter((socket) => isIPv6(socket.ip) === isV6);
  if (sockets.length === 0) {
    const ip = isV6 ? '::' : '0.0.0.0';
    plan.set(ip, { ip, announcedAddress: address });
    return;
  }
  const free = sockets.find((socket) => !socket.announcedAddress && !LOOPBACK.test(socket.ip));
  if (free) {
    Object.assign(free, { announcedAddress: address, exposeInternalIp: true });
    return;
  }
  // Loopback sockets rule the wildcard out (same port), so take an address that nobody asked to announce.
  const spare = sockets.every((socket) => LOOPBACK.test(socket.ip))
    ? lanAddresses(interfaces).find((ip) => isIPv6(ip) === isV6)
    : undefined;
  if (spare === undefined) {
    throw badRequest(
      `"${address}" cannot be announced beside the others: one socket announces one outside address. ` +
        'With several local addresses, say which one each belongs to: public@local',
    );
  }
  plan.set(spare, { ip: spare, announcedAddress: address });
}

function checkAddress(address: string, entry: string): void {
  if (address === '0.0.0.0' || address === '::') {
    throw badRequest(`"${entry}": no client can reach ${address}; give an address or leave the setting out`);
  }
  // Four numbers that are not an IPv4 address would pass as a hostname.
  const isHostname = HOSTNAME.test(address) && !/^[\d.]+$/.test(address);
  if (!isIP(address) && !isHostname) throw badRequest(`"${entry}" is neither an IP address nor a hostname`);
}

function isLocal(ip: string, interfaces: Interfaces): boolean {
  if (LOOPBACK.test(ip)) return true;
  return Object.values(interfaces).some((entries) => entries?.some((entry) => entry.address === ip));
}
