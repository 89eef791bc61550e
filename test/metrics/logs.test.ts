import { afterEach, describe, expect, it } from '@jest/globals';
import { secretsOf } from '../../src/secretsOf.ts';
import type { ParleyServer } from '../../src/server.ts';
import { inLogContext } from '../../src/support/logContext.ts';
import { createLogger } from '../../src/support/logger.ts';
import { serverConfig, startServer } from '../support/parleyServer.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { accessToken, API_SECRET } from '../support/signalingHarness.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

type Line = Record<string, unknown> & { msg: string };

let server: ParleyServer | undefined;
let redis: RedisServer | undefined;
const peers: SignalingPeer[] = [];
let raw = '';

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server?.close();
  server = undefined;
  await redis?.close();
  redis = undefined;
  raw = '';
});

const destination = { write: (line: string) => void (raw += line) };
const lines = (): Line[] =>
  raw
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

async function start(env: Record<string, string> = {}): Promise<string> {
  const secrets = secretsOf(serverConfig(env));
  server = await startServer(
    { PARLEY_WORKERS: '1', PARLEY_METRICS_PORT: 'off', ...env },
    createLogger({ level: 'debug', secrets, destination }),
  );
  return server.url;
}

async function connect(url: string): Promise<SignalingPeer> {
  const peer = new SignalingPeer(url);
  peers.push(peer);
  return peer.connected();
}

describe('an HTTP request', () => {
  it('has the id that it came with, in the answer and in the log', async () => {
    const url = await start();
    const { headers } = await fetch(`${url}/readyz`, { headers: { 'x-request-id': 'from-the-proxy.1' } });
    expect(headers.get('x-request-id')).toBe('from-the-proxy.1');
    await until('it is logged', () => lines().some(({ request }) => request === 'from-the-proxy.1'));
    expect(lines().find(({ request }) => request === 'from-the-proxy.1')).toMatchObject({
      msg: 'HTTP request',
      method: 'GET',
      path: '/readyz',
      status: 200,
      ms: expect.any(Number),
      from: '127.0.0.1',
    });
  });

  it.each(['', 'short', 'has spaces in it', '{"level":60}', '<script>alert(1)</script>', 'x'.repeat(129)])(
    'gets another one in place of "%s"',
    async (given) => {
      const url = await start();
      const { headers } = await fetch(`${url}/healthz`, given ? { headers: { 'x-request-id': given } } : {});
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('what a socket asks for', () => {
  it('is in every line of it, whoever writes the line', async () => {
    const url = await start();
    const ann = await connect(url);
    const bob = await connect(url);
    expect(await ann.codeOf('nonsense')).toBe('badRequest');
    await ann.request('join', { room: 'standup', name: 'Ann' });
    await bob.request('join', { room: 'standup', name: 'Bob' });
    const mine = lines().filter(({ session }) => session === ann.socket.id);
    expect(mine).toMatchObject([
      { request: 1, msg: 'request refused', code: 'badRequest' },
      { request: 2, msg: 'room created', room: 'standup' },
      { request: 2, msg: 'peer joined', room: 'standup', name: 'Ann' },
    ]);
    expect(lines().filter(({ session }) => session === bob.socket.id)).toMatchObject([
      { request: 1, msg: 'peer joined', name: 'Bob' },
    ]);
    ann.close();
    await until('it is gone', () => lines().some(({ msg }) => msg.startsWith('socket lost')));
    expect(lines().find(({ msg }) => msg.startsWith('socket lost'))).toMatchObject({
      session: mine[0]?.['session'],
      room: 'standup',
    });
  });

  it('is not in what a room does later for everybody', async () => {
    const url = await start();
    const ann = await connect(url);
    await ann.request('join', { room: 'standup' });
    await server?.close();
    expect(lines().find(({ msg }) => msg === 'room closed')).not.toHaveProperty('request');
  });
});

describe('the log', () => {
  it('has no secret of the server, of a request, or of a socket', async () => {
    redis = await RedisServer.start({ password: 'rightpassword' });
    const wrong = redis.url.replace('rightpassword', 'wrong%2Fpassword');
    const iceServers = [{ urls: 'turn:turn.example.org', username: 'u', credential: 'turn-credential' }];
    const url = await start({
      PARLEY_REDIS_URL: wrong,
      PARLEY_NODE_ADDRESS: '127.0.0.1',
      PARLEY_ICE_SERVERS: JSON.stringify(iceServers),
    });
    await until('Redis refuses the password', () => raw.includes('PARLEY_REDIS_URL'));
    const token = await accessToken({ sub: 'ann', video: { room: 'standup', roomJoin: true } });
    const bad = await accessToken({ sub: 'ann' }, { secret: 'another secret of thirty-two bytes' });
    for (const authorization of [
      `Bearer ${token}`,
      'Bearer opaque-bearer-token',
      'Basic dXNlcjpwYXNzd29yZA==',
    ]) {
      await fetch(`${url}/api/rooms/standup/forwarding?access_token=${token}&secret=query-secret`, {
        headers: { authorization, cookie: 'session=cookie-secret' },
      });
      await fetch(`${url}/api/drain?token=${bad}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bad}` },
      });
    }
    const ann = await connect(`${url}?token=${token}`);
    expect(await ann.codeOf('join', { room: 'standup', token: bad })).toBe('unauthorized');
    expect(await ann.codeOf(token, { token })).toBe('badRequest');
    const { sessionToken } = await ann.request('join', { room: 'standup', token });
    expect(await ann.codeOf('resume', { sessionToken, mediaEpoch: 1 })).toBe('invalidState');
    await until('all is logged', () => lines().filter(({ msg }) => msg === 'HTTP request').length === 6);
    const secrets = [
      token,
      bad,
      ...token.split('.').slice(1),
      sessionToken,
      API_SECRET,
      'wrong%2Fpassword',
      'wrong/password',
      'turn-credential',
      'opaque-bearer-token',
      'dXNlcjpwYXNzd29yZA==',
      'query-secret',
      'cookie-secret',
    ];
    expect(secrets.filter((secret) => raw.includes(secret))).toEqual([]);
    expect(raw).toContain('[hidden]');
  }, 60_000);

  it('hides what looks like a secret, and says the rest', () => {
    const logger = createLogger({
      level: 'debug',
      secrets: ['known-secret', 'abc', 'a"b\\c-d'],
      destination,
    });
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
    logger.warn({ error: new Error('redis://ann:hunter2@redis.example.org:6379/0 refused') }, 'first');
    logger.warn(
      { url: `https://example.org/r/x?room=x&access_token=${jwt}&y=1`, nested: { a: { password: 'p' } } },
      jwt,
    );
    logger.warn(
      { headers: { authorization: 'Bearer abcdefgh' }, text: 'Authorization: Bearer abcdefgh' },
      'third',
    );
    logger.warn({ text: 'a"b\\c-d', other: 'known-secret abc' }, 'fourth');
    for (const secret of ['hunter2', jwt, 'abcdefgh', 'known-secret', 'b\\\\c-d'])
      expect(raw).not.toContain(secret);
    const [first, second, third, fourth] = lines();
    expect((first?.['error'] as Error).message).toBe('redis://[hidden]@redis.example.org:6379/0 refused');
    expect(second).toMatchObject({
      url: 'https://example.org/r/x?room=x&access_token=[hidden]&y=1',
      nested: { a: { password: '[Redacted]' } },
      msg: '[hidden]',
    });
    expect(third).toMatchObject({
      headers: { authorization: '[Redacted]' },
      text: 'Authorization: Bearer [hidden]',
    });
    // Too short to be hidden wherever it stands.
    expect(fourth).toMatchObject({ text: '[hidden]', other: '[hidden] abc' });
  });

  it('keeps its context apart from what a line says itself', () => {
    const logger = createLogger({ level: 'debug', destination });
    inLogContext({ session: 's', request: 1 }, () => {
      logger.info({ request: 2 }, 'one');
      logger.info('two');
    });
    expect(lines()).toMatchObject([
      { session: 's', request: 2 },
      { session: 's', request: 1 },
    ]);
  });
});
