import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { USER_QUOTA } from '../../src/turn/turnserverConfig.ts';
import { until } from '../support/processes.ts';
import { TestTurn, TURN_SECRET } from '../support/turnServer.ts';

/** The media server's address, as far as these TURN servers know: in a network that is nowhere (RFC 5737). */
const SFU = '198.51.100.7';
const FORBIDDEN = 403;
const WRONG_FAMILY = 443;
const UNAUTHORIZED = 401;
const WRONG_CREDENTIALS = 441;
const QUOTA_REACHED = 486;

let turn: TestTurn | undefined;

afterEach(async () => {
  await turn?.close();
  turn = undefined;
  // Neither the secret nor anything else of it.
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`parley-turn-${process.pid}-`))).toEqual([]);
});

async function started(...args: Parameters<typeof TestTurn.start>): Promise<TestTurn> {
  turn = await TestTurn.start(...args);
  return turn;
}

describe('where the managed TURN server relays to', () => {
  const own = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .map(({ address }) => address)
    .filter((address) => isIPv4(address) && !address.startsWith('127.'));

  it('is the media server, and what it says comes back', async () => {
    const echo = createSocket('udp4');
    try {
      echo.bind(0, '127.0.0.1');
      await once(echo, 'listening');
      echo.on('message', (data, from) => echo.send(data, from.port, from.address));
      const { port } = echo.address();
      const client = await (await started('127.0.0.1')).client();
      expect(await client.allocate()).toBe('ok');
      expect(await client.createPermission('127.0.0.1')).toBe('ok');
      client.send('127.0.0.1', port, Buffer.from('anybody there?'));
      await until('the echo', () => client.received.length > 0);
      expect(client.received.map(String)).toEqual(['anybody there?']);
    } finally {
      echo.close();
    }
  });

  it('is nowhere else', async () => {
    const client = await (await started(SFU)).client();
    expect(await client.allocate()).toBe('ok');
    const refused = {
      'the loopback interface': '127.0.0.1',
      'another address of it': '127.8.9.10',
      'this host': '0.0.0.0',
      '10/8': '10.0.0.1',
      '172.16/12': '172.16.0.1',
      '192.168/16': '192.168.1.1',
      '100.64/10': '100.64.0.1',
      'cloud metadata': '169.254.169.254',
      'link-local': '169.254.1.1',
      'the address before the SFU': '198.51.100.6',
      'the address after the SFU': '198.51.100.8',
      'somebody on the internet': '8.8.8.8',
      'the lowest address': '0.0.0.1',
      multicast: '224.0.0.1',
      'scoped multicast': '239.255.255.250',
      broadcast: '255.255.255.255',
      reserved: '240.0.0.1',
      ...Object.fromEntries(own.map((address) => [`this machine’s ${address}`, address])),
    };
    for (const [what, address] of Object.entries(refused)) {
      expect({ what, answer: await client.createPermission(address) }).toEqual({ what, answer: FORBIDDEN });
      expect({ what, answer: await client.channelBind(address, 20_000) }).toEqual({
        what,
        answer: FORBIDDEN,
      });
    }
    // And the one that is allowed still is, on the same allocation.
    expect(await client.createPermission(SFU)).toBe('ok');
    expect(await client.channelBind(SFU, 20_000)).toBe('ok');
  });

  it('is nowhere of another family, however the address is dressed up', async () => {
    const client = await (await started(SFU)).client();
    expect(await client.allocate()).toBe('ok');
    const dressed = [
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:169.254.169.254',
      '::ffff:10.0.0.1',
      `::ffff:${SFU}`,
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'fe80::1',
      'fd00::1',
      'ff02::1',
      '2001:db8::1',
    ];
    for (const address of dressed) {
      const answers = [await client.createPermission(address), await client.channelBind(address, 20_000)];
      for (const answer of answers) {
        expect([address, [FORBIDDEN, WRONG_FAMILY].includes(answer as number)]).toEqual([address, true]);
      }
    }
  });

  it('is an address behind NAT by the name that clients know', async () => {
    const plan = {
      listening: ['127.0.0.1'],
      relayIp: '127.0.0.1',
      mappings: [{ announced: SFU, local: '127.0.0.1' }],
      allowed: ['127.0.0.1'],
    };
    const echo = createSocket('udp4');
    try {
      echo.bind(0, '127.0.0.1');
      await once(echo, 'listening');
      echo.on('message', (data, from) => echo.send(data, from.port, from.address));
      const { port } = echo.address();
      const client = await (await started('127.0.0.1', { plan })).client();
      expect(await client.allocate()).toBe('ok');
      expect(client.relayed?.address).toBe(SFU);
      expect(await client.createPermission(SFU)).toBe('ok');
      client.send(SFU, port, Buffer.from('behind NAT?'));
      await until('the echo', () => client.received.length > 0);
      expect(await client.createPermission('10.0.0.1')).toBe(FORBIDDEN);
    } finally {
      echo.close();
    }
  });
});

describe('who may allocate', () => {
  const login = (name: string, secret = TURN_SECRET) => ({
    username: name,
    credential: createHmac('sha1', secret).update(name).digest('base64'),
  });
  const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

  it('is whoever comes with what the server told', async () => {
    const server = await started(SFU);
    expect(await (await server.client(server.loginOf('ann'))).allocate()).toBe('ok');
    expect(await (await server.client(login(`${inSeconds(60)}:bob`))).allocate()).toBe('ok');
  });

  it.each([
    ['nobody', () => ({ username: '', credential: '' })],
    ['who has another secret', () => login(`${inSeconds(60)}:ann`, 'another secret')],
    ['whose time is over', () => login(`${inSeconds(-2)}:ann`)],
    ['who names no time', () => login('ann')],
    [
      'who made the time longer',
      () => ({ username: `${inSeconds(600)}:ann`, credential: login(`${inSeconds(60)}:ann`).credential }),
    ],
    [
      'who has taken another’s name',
      () => ({ username: `${inSeconds(60)}:bob`, credential: login(`${inSeconds(60)}:ann`).credential }),
    ],
  ])('is not %s', async (_, credentials) => {
    const client = await (await started(SFU)).client(credentials());
    expect(await client.allocate()).toBe(UNAUTHORIZED);
    expect(client.relayed).toBeUndefined();
  });

  it('may use an allocation of its own alone', async () => {
    const server = await started(SFU);
    const ann = await server.client(server.loginOf('ann'));
    expect(await ann.allocate()).toBe('ok');
    ann.login = server.loginOf('bob');
    expect(await ann.createPermission(SFU)).toBe(WRONG_CREDENTIALS);
    expect(await ann.refresh(0)).toBe(WRONG_CREDENTIALS);
    ann.login = server.loginOf('ann');
    expect(await ann.createPermission(SFU)).toBe('ok');
  });

  it('has so many allocations at a time, whatever time its credentials say', async () => {
    const server = await started(SFU);
    const one = server.loginOf('greedy');
    const later = login(`${inSeconds(1000)}:greedy`);
    const first = await server.client(one);
    expect(await first.allocate()).toBe('ok');
    for (let i = 1; i < USER_QUOTA; i++) {
      const client = await server.client(i % 2 ? one : later);
      expect([i, await client.allocate()]).toEqual([i, 'ok']);
    }
    const beyond = await server.client(later);
    expect(await beyond.allocate()).toBe(QUOTA_REACHED);
    // Others are not concerned, and one that is given back can be had again.
    expect(await (await server.client(server.loginOf('modest'))).allocate()).toBe('ok');
    expect(await first.refresh(0)).toBe('ok');
    await until('the place to be free', async () => (await (await server.client(one)).allocate()) === 'ok');
  });
});
