import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { lanAddresses, listenAddresses, listenInfos, UDP_BUFFER } from '../../src/workers/listenAddresses.ts';

function address(ip: string, internal = false): NetworkInterfaceInfo {
  const common = { address: ip, netmask: '', mac: '', internal, cidr: null };
  return ip.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const lo = [address('127.0.0.1', true), address('::1', true)];
const oneCard = { lo, eth0: [address('10.0.0.5'), address('fd00::5'), address('fe80::1')] };
const twoCards = { lo, eth0: [address('10.0.0.5')], eth1: [address('10.1.0.5')] };

describe('without announced addresses', () => {
  test('every LAN address is bound by itself, IPv4 before IPv6, loopback and link-local left out', () => {
    expect(listenAddresses([], { eth1: [address('fd00::6')], ...oneCard })).toEqual([
      { ip: '10.0.0.5' },
      { ip: 'fd00::6' },
      { ip: 'fd00::5' },
    ]);
  });

  test('a machine without a network listens on 127.0.0.1', () => {
    expect(listenAddresses([], { lo })).toEqual([{ ip: '127.0.0.1' }]);
    expect(lanAddresses({ lo })).toEqual([]);
  });

  test('the real interfaces of this machine give at least one address', () => {
    expect(listenAddresses().length).toBeGreaterThan(0);
  });
});

describe('with announced addresses', () => {
  test('an address of this machine is bound as it is, and only that one', () => {
    expect(listenAddresses(['127.0.0.1'], oneCard)).toEqual([{ ip: '127.0.0.1' }]);
    expect(listenAddresses(['10.1.0.5', 'localhost@127.0.0.1'], twoCards)).toEqual([
      { ip: '127.0.0.1', announcedAddress: 'localhost' },
      { ip: '10.1.0.5' },
    ]);
  });

  test('a public address is announced from the wildcard', () => {
    expect(listenAddresses(['203.0.113.7'], oneCard)).toEqual([
      { ip: '0.0.0.0', announcedAddress: '203.0.113.7' },
    ]);
  });

  test('IPv4 and IPv6 each have their own socket', () => {
    expect(listenAddresses(['203.0.113.7', '2001:db8::7'], oneCard)).toEqual([
      { ip: '0.0.0.0', announcedAddress: '203.0.113.7' },
      { ip: '::', announcedAddress: '2001:db8::7' },
    ]);
  });

  test('a hostname is announced like a public IPv4 address', () => {
    expect(listenAddresses(['meet.example.org'], oneCard)).toEqual([
      { ip: '0.0.0.0', announcedAddress: 'meet.example.org' },
    ]);
  });

  test('a public and a LAN address share one socket, and both are announced', () => {
    expect(listenAddresses(['203.0.113.7', '10.0.0.5'], oneCard)).toEqual([
      { ip: '10.0.0.5', announcedAddress: '203.0.113.7', exposeInternalIp: true },
    ]);
  });

  test('a public address beside loopback takes the LAN address without announcing that', () => {
    expect(listenAddresses(['127.0.0.1', '203.0.113.7'], oneCard)).toEqual([
      { ip: '127.0.0.1' },
      { ip: '10.0.0.5', announcedAddress: '203.0.113.7' },
    ]);
  });

  test('public@local names the local address that each public one belongs to', () => {
    expect(listenAddresses(['203.0.113.7@10.0.0.5', '203.0.113.8@10.1.0.5', '10.1.0.5'], twoCards)).toEqual([
      { ip: '10.0.0.5', announcedAddress: '203.0.113.7' },
      { ip: '10.1.0.5', announcedAddress: '203.0.113.8', exposeInternalIp: true },
    ]);
  });

  test('two public addresses of one family need public@local', () => {
    expect(() => listenAddresses(['203.0.113.7', '203.0.113.8'], twoCards)).toThrow(/public@local/);
  });

  test('one local address announces one public address', () => {
    expect(() => listenAddresses(['203.0.113.7@10.0.0.5', '203.0.113.8@10.0.0.5'], twoCards)).toThrow(
      /already announces 203\.0\.113\.7/,
    );
  });

  test('a local address that this machine does not have is refused', () => {
    expect(() => listenAddresses(['203.0.113.7@10.9.9.9'], oneCard)).toThrow(/address of this machine/);
  });

  test.each(['', 'not a name', 'http://example.org', '10.0.0.300', '1.2.3.4:4000', '@10.0.0.5'])(
    '"%s" is refused as badRequest',
    (text) => {
      expect(() => listenAddresses([text], oneCard)).toThrow(expect.objectContaining({ code: 'badRequest' }));
    },
  );

  test.each(['0.0.0.0', '::'])('announcing %s is refused, since no client can reach it', (text) => {
    expect(() => listenAddresses([text], oneCard)).toThrow(/no client can reach/);
  });
});

describe('listenInfos', () => {
  test('each address gets one UDP and one TCP socket on the same port, UDP first', () => {
    const roomy = { recvBufferSize: UDP_BUFFER, sendBufferSize: UDP_BUFFER };
    expect(listenInfos([{ ip: '10.0.0.5' }, { ip: 'fd00::5' }], 20_000)).toEqual([
      { protocol: 'udp', ip: '10.0.0.5', port: 20_000, ...roomy },
      { protocol: 'udp', ip: 'fd00::5', port: 20_000, ...roomy },
      { protocol: 'tcp', ip: '10.0.0.5', port: 20_000 },
      { protocol: 'tcp', ip: 'fd00::5', port: 20_000 },
    ]);
  });

  test('the IPv6 wildcard leaves the port of the IPv4 wildcard alone', () => {
    const infos = listenInfos([{ ip: '0.0.0.0' }, { ip: '::' }], 20_000);
    expect(infos.filter((info) => info.flags?.ipv6Only).map((info) => info.ip)).toEqual(['::', '::']);
  });
});
