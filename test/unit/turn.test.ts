import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, type Config } from '../../src/config.ts';
import { turnUrls } from '../../src/turn/ManagedTurn.ts';
import { relayPlan } from '../../src/turn/relayPlan.ts';
import { TurnCredentials } from '../../src/turn/TurnCredentials.ts';
import { turnserverConfig } from '../../src/turn/turnserverConfig.ts';

function load(env: NodeJS.ProcessEnv): Config {
  const makeCredentials = () => ({ apiKey: 'made', apiSecret: 'up' });
  const invocation = loadConfig({ argv: [], env, makeCredentials });
  if (invocation.show !== undefined) throw new Error('nothing was loaded');
  return invocation.config;
}

function problems(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('TURN credentials', () => {
  const urls = ['turn:turn.example.org?transport=udp', 'stun:stun.example.org', 'turns:turn.example.org'];
  let now = 1_700_000_000_400;
  const credentials = new TurnCredentials({ urls, secret: 'hush', lifetime: 60_000, now: () => now });

  it('are a name that ends with the id and begins with the time when it is over, and its signature', () => {
    const username = '1700000060:ann';
    const credential = createHmac('sha1', 'hush').update(username).digest('base64');
    expect(credentials.iceServersFor('ann')).toEqual([
      { urls: ['stun:stun.example.org'] },
      { urls: ['turn:turn.example.org?transport=udp', 'turns:turn.example.org'], username, credential },
    ]);
  });

  it('are others for another, and later', () => {
    const before = credentials.iceServersFor('ann')[1];
    expect(credentials.iceServersFor('bob')[1]?.credential).not.toBe(before?.credential);
    now += 5_000;
    expect(credentials.iceServersFor('ann')[1]?.username).toBe('1700000065:ann');
  });
});

describe('the addresses of a managed TURN server', () => {
  it('are UDP first, then TCP, then TLS where there is a certificate', () => {
    expect(turnUrls('turn.example.org', { port: 3478, tlsPort: 5349 })).toEqual([
      'turn:turn.example.org:3478?transport=udp',
      'turn:turn.example.org:3478?transport=tcp',
      'turns:turn.example.org:5349?transport=tcp',
    ]);
    expect(turnUrls('2001:db8::7', { port: 80, tlsPort: undefined })).toEqual([
      'turn:[2001:db8::7]:80?transport=udp',
      'turn:[2001:db8::7]:80?transport=tcp',
    ]);
  });
});

describe('where a managed TURN server listens and relays to', () => {
  const lan = ['192.0.2.10', '192.0.2.11', '2001:db8::10'];
  const resolve = (name: string) => Promise.resolve(name === 'meet.example.org' ? ['203.0.113.7'] : []);
  const plan = (...media: Parameters<typeof relayPlan>[0]['media'][number][]) =>
    relayPlan({ media, lan, resolve });

  it('are the media server’s own addresses, of which it relays to the IPv4 ones', async () => {
    expect(await plan({ ip: '2001:db8::10' }, { ip: '192.0.2.10' }, { ip: '192.0.2.11' })).toEqual({
      listening: ['2001:db8::10', '192.0.2.10', '192.0.2.11'],
      relayIp: '192.0.2.10',
      mappings: [],
      allowed: ['192.0.2.10', '192.0.2.11'],
    });
  });

  it('are the local ones of what is announced, by address or by name', async () => {
    expect(await plan({ ip: '192.0.2.11', announcedAddress: '203.0.113.7' })).toMatchObject({
      relayIp: '192.0.2.11',
      mappings: [{ announced: '203.0.113.7', local: '192.0.2.11' }],
      allowed: ['192.0.2.11'],
    });
    expect(await plan({ ip: '0.0.0.0', announcedAddress: 'meet.example.org' })).toEqual({
      listening: ['192.0.2.10', '192.0.2.11'],
      relayIp: '192.0.2.10',
      mappings: [{ announced: '203.0.113.7', local: '192.0.2.10' }],
      allowed: ['192.0.2.10'],
    });
  });

  it('are none without an IPv4 address', async () => {
    await expect(plan({ ip: '::', announcedAddress: '2001:db8::7' })).rejects.toMatchObject({
      code: 'badRequest',
    });
  });
});

describe('the configuration of a managed TURN server', () => {
  const options = {
    plan: {
      listening: ['192.0.2.10'],
      relayIp: '192.0.2.10',
      mappings: [{ announced: '203.0.113.7', local: '192.0.2.10' }],
      allowed: ['192.0.2.10'],
    },
    ports: { port: 3478, tlsPort: 5349, relay: { min: 24_000, max: 24_099 } },
    secret: 'hush',
    realm: 'meet.example.org',
    directory: '/private',
  };
  const lines = (changed: Partial<typeof options> = {}) =>
    turnserverConfig({ ...options, ...changed }).split('\n');

  it('denies everything but what is allowed, and says nothing of itself', () => {
    expect(lines()).toEqual(
      expect.arrayContaining([
        'relay-ip=192.0.2.10',
        'external-ip=203.0.113.7/192.0.2.10',
        'allowed-peer-ip=192.0.2.10',
        'denied-peer-ip=0.0.0.0-255.255.255.255',
        'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
        'no-multicast-peers',
        'no-tcp-relay',
        'no-cli',
        'stale-nonce=600',
        'fingerprint',
        'no-software-attribute',
        'total-quota=100',
        'tls-listening-port=5349',
      ]),
    );
    expect(lines().filter((line) => line.startsWith('allowed-peer-ip'))).toHaveLength(1);
    expect(lines()).not.toContain('allow-loopback-peers');
  });

  it('lets loopback in for a media server that is there, and has no TLS without a certificate', () => {
    const plan = { ...options.plan, allowed: ['127.0.0.1'] };
    expect(lines({ plan })).toContain('allow-loopback-peers');
    const ports = { ...options.ports, tlsPort: undefined } as unknown as typeof options.ports;
    expect(lines({ ports })).toContain('no-tls');
  });
});

describe('the settings of TURN', () => {
  const urls =
    'turn:turn.example.org:3478?transport=udp, turns:[2001:db8::7]:443?transport=tcp,stun:192.0.2.1';
  const secret = 'a-secret-of-sixteen-bytes';

  it('are URLs and a secret', () => {
    expect(load({ PARLEY_TURN_URLS: urls, PARLEY_TURN_SECRET: secret })).toMatchObject({
      turn: 'off',
      turnUrls: [
        'turn:turn.example.org:3478?transport=udp',
        'turns:[2001:db8::7]:443?transport=tcp',
        'stun:192.0.2.1',
      ],
      turnSecret: secret,
    });
  });

  it.each([
    [{ PARLEY_TURN_URLS: urls }, 'PARLEY_TURN_URLS: is of no use without PARLEY_TURN_SECRET'],
    [
      { PARLEY_TURN_SECRET: secret },
      'PARLEY_TURN_SECRET: is of no use without PARLEY_TURN_URLS or PARLEY_TURN=managed',
    ],
    [{ PARLEY_TURN: 'yes' }, 'PARLEY_TURN: must be off or managed, not "yes"'],
    [{ PARLEY_TURN_TLS_CERT: '/cert.pem' }, 'PARLEY_TURN_TLS_CERT: is of no use without PARLEY_TURN_TLS_KEY'],
    [{ PARLEY_TURN: 'managed', PARLEY_TURN_PORT: '20000' }, 'PARLEY_TURN_PORT: is a media port'],
    [
      { PARLEY_TURN: 'managed', PARLEY_TURN_TLS_PORT: '3478' },
      'PARLEY_TURN_TLS_PORT: is the same as PARLEY_TURN_PORT',
    ],
    [
      { PARLEY_TURN: 'managed', PARLEY_TURN_RELAY_PORTS: '19000-21000', PARLEY_WORKERS: '2' },
      'PARLEY_TURN_RELAY_PORTS: some are media ports, 20000 to 20001',
    ],
    [
      {
        PARLEY_TURN: 'managed',
        PARLEY_TURN_RELAY_PORTS: '40000-50000',
        PARLEY_REDIS_URL: 'redis://127.0.0.1',
      },
      'PARLEY_TURN_RELAY_PORTS: some are PARLEY_PIPE_PORTS',
    ],
  ])('are refused where they make no sense: %j', (env, problem) => {
    expect(problems(env)).toEqual([problem]);
  });

  it('have no short secret in production', () => {
    const env = { NODE_ENV: 'production', PARLEY_OPEN: 'true', PARLEY_TURN: 'managed' };
    expect(problems({ ...env, PARLEY_TURN_SECRET: 'short' })).toEqual([
      'PARLEY_TURN_SECRET: must have at least 16 bytes in production',
    ]);
    expect(problems(env)).toEqual([]);
  });

  it('have no secret that would end a line of a configuration, and never show it', () => {
    for (const value of ['hush hush', 'hush\nno-auth', 'hush"', 'hush#']) {
      const found = problems({ PARLEY_TURN: 'managed', PARLEY_TURN_SECRET: value });
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain('hush');
    }
  });

  it.each([
    'http://turn.example.org',
    'turn:',
    'turn:turn.example.org:0',
    'turn:turn.example.org:70000',
    'turn:turn.example.org?transport=sctp',
    'turn:turn.example.org?transport=udp&x=1',
    'turn:ann@turn.example.org',
    'turn:2001:db8::7',
    'turn:300.1.2.3',
    'stun:stun.example.org?transport=udp',
    'stun:stun.example.org',
  ])('take no URL that a browser would refuse, or that is for STUN alone: %s', (url) => {
    expect(problems({ PARLEY_TURN_URLS: url, PARLEY_TURN_SECRET: secret })).toHaveLength(1);
  });
});
