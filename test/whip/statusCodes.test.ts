import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestPool } from '../support/testRooms.ts';
import { accessToken } from '../support/signalingHarness.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { fragmentOf, H264_HIGH, offerOf } from './support/offers.ts';
import { WhipHarness, type WhipHarnessOptions } from './support/WhipHarness.ts';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';

let pool: WorkerPool;
let harness: WhipHarness;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
afterEach(async () => {
  await harness.close();
});

const start = async (options?: WhipHarnessOptions): Promise<void> => {
  harness = await WhipHarness.start(pool, options);
};

interface Asked {
  method?: string;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
}

const ask = (path: string, { method = 'POST', type = SDP, body = offerOf(), headers = {} }: Asked = {}) =>
  fetch(new URL(path, harness.url), {
    method,
    headers: { ...(method === 'POST' || method === 'PATCH' ? { 'content-type': type } : {}), ...headers },
    ...(method === 'POST' || method === 'PATCH' ? { body } : {}),
    redirect: 'manual',
  });

/** A session's URL and tag. */
async function opened(options?: Asked): Promise<{ location: string; tag: string }> {
  const response = await ask('/whip/standup', options);
  expect(response.status).toBe(201);
  return { location: response.headers.get('location') ?? '', tag: response.headers.get('etag') ?? '' };
}

const patch = (location: string, tag: string | undefined, body = fragmentOf(), type = FRAGMENT) =>
  ask(location, { method: 'PATCH', type, body, headers: tag === undefined ? {} : { 'if-match': tag } });

const peers = (): number => harness.rooms.peerCount;

describe('an offer', () => {
  const without = (pattern: RegExp): string => offerOf().replaceAll(pattern, '');
  it.each<[string, number, Asked]>([
    ['of sound and picture', 201, {}],
    ['without candidates and header extensions, as of OBS', 201, { body: offerOf({ extensions: false }) }],
    ['with candidates', 201, { body: offerOf({ candidates: true }) }],
    ['of sound alone', 201, { body: offerOf({ video: false }) }],
    ['of a picture alone', 201, { body: offerOf({ audio: false }) }],
    ['in simulcast', 201, { body: offerOf({ rids: ['l', 'm', 'h'], ssrcs: false }) }],
    ['with a type that has parameters', 201, { type: `${SDP}; charset=utf-8` }],
    [
      'that is bundle-only',
      201,
      { body: offerOf().replace('m=video 9', 'm=video 0').replace('a=mid:1', 'a=mid:1\r\na=bundle-only') },
    ],
    ['that is something else', 415, { type: 'application/json', body: '{}' }],
    ['without a type', 415, { type: '' }],
    ['that is empty', 400, { body: '' }],
    ['that is text', 400, { body: 'let me in' }],
    ['without media', 400, { body: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' }],
    ['of NULs', 400, { body: '\0'.repeat(1000) }],
    ['without ICE credentials', 400, { body: without(/a=ice-(ufrag|pwd):.*\r\n/g) }],
    ['without a fingerprint', 400, { body: without(/a=fingerprint:.*\r\n/g) }],
    ['with a fingerprint of another hash', 400, { body: offerOf().replaceAll('sha-256', 'md5') }],
    ['with a role that there is not', 400, { body: offerOf().replaceAll('actpass', 'whatever') }],
    ['with a mid twice', 400, { body: offerOf().replace('a=mid:1', 'a=mid:0') }],
    [
      'with simulcast of streams that are not declared',
      400,
      {
        body: offerOf({ rids: ['h'] })
          .replace('send h\r\n', 'send h;x\r\n')
          .replace('a=simulcast:send h', 'a=simulcast:send h;x'),
      },
    ],
    ['too long', 413, { body: offerOf() + 'a=x\r\n'.repeat(20_000) }],
    ['that sends nothing', 406, { body: offerOf({ direction: 'recvonly' }) }],
    ['that is not bundled', 406, { body: without(/a=group:.*\r\n/g) }],
    ['without multiplexed RTCP', 406, { body: without(/a=rtcp-mux\r\n/g) }],
    ['of two streams', 406, { body: offerOf().replace('a=msid:stream track1', 'a=msid:other track1') }],
    ['of a codec that is not taken', 406, { body: offerOf({ codecs: [[100, 'H265/90000']] }) }],
    ['of a profile that is not taken', 406, { body: offerOf({ codecs: [H264_HIGH] }) }],
    ['with nothing that tells its packets', 406, { body: offerOf({ ssrcs: false, extensions: false }) }],
    [
      'with an SSRC twice',
      400,
      {
        body: offerOf()
          .replace(/a=ssrc:\d+ cname:c/g, 'a=ssrc:7 cname:c')
          .replace(/FID \d+ \d+/, 'FID 7 7'),
      },
    ],
  ])('%s is answered %i', async (_what, status, asked) => {
    await start();
    const response = await ask('/whip/standup', asked);
    const text = await response.text();
    expect([response.status, status === 201 ? '' : text]).toEqual([status, expect.anything()]);
    if (status === 201) {
      expect(response.headers.get('content-type')).toMatch(/^application\/sdp/);
      expect(response.headers.get('location')).toMatch(/^\/whip\/standup\/sessions\/[\w-]{32}\.[\w-]{12}$/);
      expect(response.headers.get('etag')).toMatch(/^"[\w-]+"$/);
      expect(text).toMatch(/^v=0\r\n/);
      expect(peers()).toBe(1);
    } else {
      expect(JSON.parse(text)).toMatchObject({
        error: { code: 'badRequest', message: expect.any(String) as unknown },
      });
      expect(peers()).toBe(0);
      if (status === 415) expect(response.headers.get('accept-post')).toBe(SDP);
    }
  });
});

describe('who asks', () => {
  const publish = (video: object) => accessToken({ sub: 'cam', video: { roomJoin: true, ...video } });
  it.each<[string, number, string, () => Promise<string | undefined>]>([
    ['without a token', 401, '/whip/standup', () => Promise.resolve(undefined)],
    ['with a token that does not verify', 401, '/whip/standup', () => Promise.resolve('not.a.token')],
    [
      'with one that is of another server',
      401,
      '/whip/standup',
      () => accessToken({}, { secret: 'x'.repeat(40) }),
    ],
    ['with one that has expired', 401, '/whip/standup', () => accessToken({}, { expires: 1000 })],
    ['with one for another room', 403, '/whip/standup', () => publish({ room: 'other' })],
    ['with one that may not publish', 403, '/whip/standup', () => publish({ canPublish: false })],
    [
      'with one that may publish no camera',
      403,
      '/whip/standup',
      () => publish({ canPublishSources: ['microphone'] }),
    ],
    [
      'with one that may not subscribe, to play',
      403,
      '/whep/standup',
      () => publish({ canSubscribe: false }),
    ],
    ['with one that may', 201, '/whip/standup', () => publish({ room: 'standup' })],
    ['for a room of no such name', 400, '/whip/a%20room', () => publish({})],
  ])('%s gets %i', async (_what, status, path, token) => {
    await start({ open: false });
    const bearer = await token();
    const body = offerOf(path.startsWith('/whep') ? { direction: 'recvonly' } : {});
    const headers: Record<string, string> = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const response = await ask(path, { body, headers });
    expect(response.status).toBe(status);
    expect(response.headers.has('www-authenticate')).toBe(status === 401);
    expect(peers()).toBe(status === 201 ? 1 : 0);
  });

  it('speaks for its own sessions alone, with the token that made it or a newer one of the same identity', async () => {
    await start({ open: false });
    const authorization = async (sub: string) => ({ authorization: `Bearer ${await accessToken({ sub })}` });
    const { location } = await opened({ headers: await authorization('cam') });
    const end = async (headers: Record<string, string>) =>
      (await ask(location, { method: 'DELETE', headers })).status;
    expect(await end({})).toBe(401);
    expect(await end(await authorization('mallory'))).toBe(401);
    expect(await end(await authorization('cam'))).toBe(200);
    expect(peers()).toBe(0);
  });
});

describe('a session', () => {
  it('takes candidates under its tag, and no others', async () => {
    await start();
    const { location, tag } = await opened();
    const statuses = [];
    for (const [ifMatch, body, type] of [
      [tag, fragmentOf(), FRAGMENT],
      [`"other", ${tag}`, 'a=end-of-candidates\r\n', FRAGMENT],
      [undefined, fragmentOf(), FRAGMENT],
      ['"other"', fragmentOf(), FRAGMENT],
      [`W/${tag}`, fragmentOf(), FRAGMENT],
      [tag, fragmentOf(), SDP],
      [tag, 'nonsense', FRAGMENT],
      [tag, '', FRAGMENT],
      [tag, fragmentOf('Zz9+', 'z'.repeat(24)), FRAGMENT],
      ['*', fragmentOf(), FRAGMENT],
    ] as const)
      statuses.push((await patch(location, ifMatch, body, type)).status);
    expect(statuses).toEqual([204, 204, 428, 412, 412, 415, 400, 400, 422, 422]);
    expect(peers()).toBe(1);
  });

  it('restarts ICE with new credentials and a new tag; the former one is of no use any more', async () => {
    await start();
    const { location, tag } = await opened();
    const response = await patch(location, '*', fragmentOf('Zz9+', 'z'.repeat(24)));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(FRAGMENT);
    const next = response.headers.get('etag') ?? '';
    expect(next).not.toBe(tag);
    const fragment = await response.text();
    expect(fragment).toMatch(/^a=ice-lite|^a=ice-/m);
    expect(fragment).not.toMatch(/^[vost]=/m);
    for (const line of [
      /^a=ice-ufrag:\S+\r$/m,
      /^a=ice-pwd:\S+\r$/m,
      /^a=candidate:/m,
      /^m=audio 9 /m,
      /^a=mid:0\r$/m,
    ])
      expect(fragment).toMatch(line);
    expect((await patch(location, tag)).status).toBe(412);
    expect((await patch(location, next, fragmentOf('Zz9+', 'z'.repeat(24)))).status).toBe(204);
  });

  it('ends once', async () => {
    await start();
    const { location, tag } = await opened();
    const end = () => ask(location, { method: 'DELETE' });
    expect([(await end()).status, peers()]).toEqual([200, 0]);
    expect([(await end()).status, (await patch(location, tag)).status]).toEqual([404, 404]);
    expect((await ask('/whip/standup/sessions/unknown', { method: 'DELETE' })).status).toBe(404);
  });

  it('is not found under another room or protocol', async () => {
    await start();
    const { location } = await opened();
    for (const [from, to] of [
      ['standup', 'other'],
      ['whip', 'whep'],
    ] as const)
      expect((await ask(location.replace(from, to), { method: 'DELETE' })).status).toBe(404);
    expect(peers()).toBe(1);
  });

  it('ends when a moderator removes its peer', async () => {
    await start();
    const { location } = await opened();
    const room = harness.room('standup');
    room.removePeer([...room.peers.keys()][0] ?? '');
    expect((await ask(location, { method: 'DELETE' })).status).toBe(404);
  });

  it('that never connects ends after the grace period', async () => {
    await start({ limits: { gracePeriod: 200 } });
    const { location } = await opened();
    const [, reason] = await harness.room('standup').next('peerLeft');
    expect(reason).toBe('timeout');
    expect((await ask(location, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('the methods', () => {
  it.each([
    ['GET', '/whip/standup', 405, 'OPTIONS, POST'],
    ['HEAD', '/whip/standup', 405, 'OPTIONS, POST'],
    ['PUT', '/whep/standup', 405, 'OPTIONS, POST'],
    ['PATCH', '/whep/standup/ann', 405, 'OPTIONS, POST'],
    ['OPTIONS', '/whip/standup', 200, 'OPTIONS, POST'],
    ['OPTIONS', '/whep/standup/ann', 200, 'OPTIONS, POST'],
    ['GET', '/whip/standup/sessions/x', 405, 'DELETE, OPTIONS, PATCH'],
    ['POST', '/whip/standup/sessions/x', 405, 'DELETE, OPTIONS, PATCH'],
    ['OPTIONS', '/whip/standup/sessions/x', 200, 'DELETE, OPTIONS, PATCH'],
  ])('%s %s is answered %i', async (method, path, status, allow) => {
    await start();
    const response = await ask(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
    if (method === 'OPTIONS' && !path.includes('sessions'))
      expect(response.headers.get('accept-post')).toBe(SDP);
  });

  it('may be used by pages that may open a socket, which see the headers', async () => {
    await start();
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const good = await ask('/whip/standup', {
      method: 'OPTIONS',
      headers: { origin: 'https://good.example', ...asked },
    });
    expect(good.headers.get('access-control-allow-origin')).toBe('https://good.example');
    expect(good.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(good.headers.get('access-control-allow-headers')).toContain('If-Match');
    const posted = await ask('/whip/standup', { headers: { origin: 'https://good.example' } });
    for (const name of ['Location', 'ETag', 'Link'])
      expect(posted.headers.get('access-control-expose-headers')).toContain(name);
    const bad = await ask('/whip/standup', { headers: { origin: 'https://bad.example' } });
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

describe('the server', () => {
  it('tells its ICE servers with a session, and before to who may have one', async () => {
    await start({
      open: false,
      publicUrl: 'https://north.example.org',
      iceServersFor: () => [
        {
          urls: ['stun:stun.example.org', 'turn:turn.example.org?transport=udp'],
          username: '1:a"b',
          credential: 'c',
        },
      ],
    });
    const headers = { authorization: `Bearer ${await accessToken({ sub: 'cam' })}` };
    const response = await ask('/whip/standup', { headers });
    expect(response.headers.get('link')).toBe(
      '<stun:stun.example.org>; rel="ice-server"; username="1:a\\"b"; credential="c"; credential-type="password", ' +
        '<turn:turn.example.org?transport=udp>; rel="ice-server"; username="1:a\\"b"; credential="c"; credential-type="password"',
    );
    expect(response.headers.get('location')).toMatch(
      /^https:\/\/north\.example\.org\/whip\/standup\/sessions\//,
    );
    expect((await ask('/whip/standup', { method: 'OPTIONS', headers })).headers.get('link')).toContain(
      'turn:',
    );
    expect((await ask('/whip/standup', { method: 'OPTIONS' })).headers.has('link')).toBe(false);
    const wrong = await ask('/whip/standup', { method: 'OPTIONS', headers: { authorization: 'Bearer x' } });
    expect([wrong.status, wrong.headers.has('link')]).toEqual([401, false]);
  });

  it('has players come again while nothing is live', async () => {
    await start();
    const body = offerOf({ direction: 'recvonly' });
    const statusOf = async (path: string) => {
      const response = await ask(path, { body });
      return [response.status, response.headers.get('retry-after')];
    };
    expect(await statusOf('/whep/standup')).toEqual([409, '2']);
    await opened();
    const [peer] = harness.room('standup').peers.keys();
    expect(await statusOf('/whep/standup/nobody')).toEqual([409, '2']);
    expect(await statusOf('/whep/standup')).toEqual([201, null]);
    expect(await statusOf(`/whep/standup/${peer}`)).toEqual([201, null]);
    expect((await ask('/whep/standup')).status).toBe(406);
  });

  it('lets nobody in when the room is full, or too often', async () => {
    await start({ limits: { maxPeersPerRoom: 1 } });
    await opened();
    const full = await ask('/whip/standup');
    expect([full.status, full.headers.has('retry-after')]).toEqual([429, true]);
    const statuses = new Set<number>();
    for (let i = 0; i < 45; i++)
      statuses.add((await ask('/whip/standup', { type: 'text/plain', body: 'x' })).status);
    expect([...statuses]).toEqual([415, 429]);
  });

  it('lets nobody in once it drains, and ends those who are in at the deadline', async () => {
    await start({ drainDeadline: 300 });
    const { location } = await opened();
    harness.drain.begin();
    const refused = await ask('/whip/standup');
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true]);
    expect((await patch(location, '"other"')).status).toBe(412);
    expect(await harness.drain.over).toBe(false);
    harness.rooms.close();
    expect((await ask(location, { method: 'DELETE' })).status).toBe(404);
  });
});
