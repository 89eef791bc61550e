import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressGuard, isNetwork, type AllowedNetworks } from '../../src/webhooks/AddressGuard.ts';
import { WebhookClient } from '../../src/webhooks/WebhookClient.ts';
import { API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { TestReceiver } from '../support/webhookReceiver.ts';

const PRIVATE: [string, string][] = [
  ['this host', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['loopback', '127.0.0.1'],
  ['loopback, further on', '127.255.255.254'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private, the last', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['carrier-grade NAT, the last', '100.127.255.255'],
  ['link-local', '169.254.1.1'],
  ['metadata', '169.254.169.254'],
  ['metadata of Alibaba', '100.100.100.200'],
  ['protocol assignments, Oracle’s metadata', '192.0.0.192'],
  ['documentation', '192.0.2.1'],
  ['benchmarks', '198.19.255.255'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['IPv6 unspecified', '::'],
  ['IPv6 loopback', '::1'],
  ['mapped loopback', '::ffff:127.0.0.1'],
  ['mapped loopback in hexadecimal', '::ffff:7f00:1'],
  ['mapped metadata', '::ffff:a9fe:a9fe'],
  ['mapped private, written out', '0:0:0:0:0:ffff:10.0.0.1'],
  ['compatible, long out of use', '::10.0.0.1'],
  ['NAT64 of a private one', '64:ff9b::a00:1'],
  ['NAT64 of metadata', '64:ff9b::169.254.169.254'],
  ['local NAT64', '64:ff9b:1::1'],
  ['ULA', 'fc00::1'],
  ['ULA, metadata of AWS', 'fd00:ec2::254'],
  ['IPv6 link-local', 'fe80::1'],
  ['IPv6 link-local with a zone', 'fe80::1%lo'],
  ['site-local, long out of use', 'fec0::1'],
  ['IPv6 multicast', 'ff02::1'],
  ['IPv6 documentation', '2001:db8::1'],
  ['6to4 of a private one', '2002:a00:1::1'],
  ['Teredo', '2001:0:1::1'],
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '169.253.0.1',
  '192.169.0.1',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2606:4700::1111',
  '2a00:1450:4001::1',
];

/** Names and what they resolve to. */
const NAMES: Record<string, string[]> = {
  'inside.example': ['10.1.2.3'],
  'metadata.example': ['169.254.169.254'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'six.example': ['fd00::1', '::1'],
  'here.example': ['127.0.0.1'],
};
const resolver = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
): void => {
  const addresses = (NAMES[hostname] ?? []).map((address) => ({ address, family: isIP(address) }));
  done(
    addresses.length > 0 ? null : Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }),
    addresses,
  );
};

describe('the guard', () => {
  const guard = new AddressGuard({ allow: false });

  it.each(PRIVATE)('keeps away from %s: %s', (_, address) => {
    expect(guard.lets(address)).toBe(false);
    expect(() => guard.assert(address)).toThrow(/PARLEY_WEBHOOK_ALLOW_PRIVATE/);
  });

  it.each(PUBLIC)('lets %s through', (address) => expect(guard.lets(address)).toBe(true));

  it('lets through what is allowed besides, and no more', () => {
    const some = new AddressGuard({ allow: ['10.1.2.0/24', '127.0.0.1', 'fd00::/16'] });
    const lets = (...addresses: string[]) => addresses.map((address) => some.lets(address));
    expect(lets('10.1.2.255', '127.0.0.1', 'fd00::9', '::ffff:10.1.2.3', '8.8.8.8')).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(lets('10.1.3.0', '127.0.0.2', 'fd01::9', '::1', '169.254.169.254')).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    const all = new AddressGuard({ allow: true });
    expect(all.lets('169.254.169.254')).toBe(true);
    expect(all.lets('no address')).toBe(false);
  });

  it('answers with those addresses of a name that are public', () => {
    const addresses = ['10.0.0.1', '1.1.1.1', '::1', '2606:4700::1'];
    const some = new AddressGuard({
      allow: false,
      resolve: (_, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
    });
    const looked: unknown[] = [];
    const callback = (...args: unknown[]) => void looked.push(args);
    some.lookup('name', { all: true }, callback);
    some.lookup('name', { family: 6 }, callback);
    expect(looked).toEqual([
      [
        null,
        [
          { address: '1.1.1.1', family: 4 },
          { address: '2606:4700::1', family: 6 },
        ],
      ],
      [null, '2606:4700::1', 6],
    ]);
  });

  it('knows networks', () => {
    for (const good of ['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0'])
      expect(isNetwork(good)).toBe(true);
    for (const bad of ['10.0.0.0/33', '10/8', 'name', '::/129', '1.2.3.4/', '1.2.3.4/8/8', ''])
      expect(isNetwork(bad)).toBe(false);
  });
});

describe('a client of webhooks', () => {
  let receiver: TestReceiver;
  const clients: WebhookClient[] = [];
  beforeEach(async () => {
    receiver = await TestReceiver.open();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await receiver.close();
  });

  function clientTo(url: string, allow: AllowedNetworks, timeout = 1000): WebhookClient {
    const guard = new AddressGuard({ allow, ...(url.includes('.example') ? { resolve: resolver } : {}) });
    const client = new WebhookClient({
      url,
      apiKey: API_KEY,
      apiSecret: API_SECRET,
      guard,
      connections: 1,
      timeout,
    });
    clients.push(client);
    return client;
  }
  const at = (host: string) => receiver.url.replace('127.0.0.1', host);

  it.each([
    '127.0.0.1',
    'localhost',
    '[::ffff:127.0.0.1]',
    '[::1]',
    // Spellings that URLs bring to 127.0.0.1.
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    ...Object.keys(NAMES),
  ])('does not even connect to %s', async (host) => {
    const attempt = await clientTo(at(host), false).post('{}');
    expect(attempt).toMatchObject({ is: 'away', reason: expect.stringMatching(/not a public address/) });
    expect(receiver.requests).toBe(0);
  });

  it('connects to the address that it has looked at', async () => {
    expect(await clientTo(at('here.example'), ['127.0.0.1']).post('{"event":"x"}')).toEqual({
      is: 'delivered',
    });
    expect(await clientTo(at('nowhere.example'), true).post('{}')).toEqual({
      is: 'away',
      reason: 'ENOTFOUND',
    });
  });

  it('follows no redirect', async () => {
    receiver.answering = (_, response) => response.writeHead(307, { location: receiver.url }).end();
    expect(await clientTo(receiver.url, true).post('{"event":"x"}')).toEqual({
      is: 'refused',
      reason: 'it answered 307',
    });
    expect(receiver.requests).toBe(1);
  });

  it('waits for no answer without end, and reads none', async () => {
    receiver.answering = () => undefined;
    expect(await clientTo(receiver.url, true, 200).post('{"event":"x"}')).toEqual({
      is: 'away',
      reason: 'it does not answer',
    });
    let isGone: Promise<void> | undefined;
    let written = 0;
    receiver.answering = (_, response) => {
      isGone = new Promise((resolve) => response.once('close', resolve));
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
      };
      response.on('drain', pour);
      pour();
    };
    const client = clientTo(receiver.url, true, 5000);
    expect(await client.post('{"event":"x"}')).toEqual({ is: 'delivered' });
    await isGone;
    // What fits into the buffers of two sockets.
    expect(written).toBeLessThan(20_000_000);
  });

  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [500, 'refused'],
    [301, 'refused'],
    [408, 'away'],
    [429, 'away'],
    [502, 'away'],
    [503, 'away'],
    [504, 'away'],
  ])('takes %i for %s', async (status, is) => {
    receiver.answering = (_, response) => response.writeHead(status, { 'retry-after': '7' }).end();
    expect(await clientTo(receiver.url, true).post('{"event":"x"}')).toMatchObject(
      is === 'away' ? { is, after: 7000 } : { is },
    );
  });

  it('ends with what is on its way', async () => {
    receiver.answering = () => clients[0]?.close();
    expect(await clientTo(receiver.url, true, 60_000).post('{"event":"x"}')).toMatchObject({ is: 'away' });
  });
});
