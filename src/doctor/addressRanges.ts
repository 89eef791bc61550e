import { BlockList, isIP, isIPv6 } from 'node:net';

const loopback = blocks(['127.0.0.0/8', '::1/128']);
/** Reached from the same network alone: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291. */
const unrouted = blocks([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]);

/** Whether only the machine itself is reached by it; a name as well as an address. */
export function isLoopback(host: string): boolean {
  const plain = unbracketed(host);
  return plain === 'localhost' || plain.endsWith('.localhost') || within(loopback, plain);
}

/** Whether nobody beyond the own network reaches it. */
export function isPrivate(address: string): boolean {
  const plain = unbracketed(address);
  return within(loopback, plain) || within(unrouted, plain);
}

/** Of a URL's host. */
export function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list;
}

function within(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
