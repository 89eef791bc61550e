import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Endpoint } from '../../loadtest/endpoint/Endpoint.ts';
import { exitStatusOf } from '../../loadtest/exitStatus.ts';
import type { RunResult } from '../../loadtest/results/runResult.ts';
import type { Seat, Subscription, TrackOffer } from '../../loadtest/targets/Target.ts';
import { fillTemplate, templateProblem } from '../../loadtest/targets/whip/urlTemplate.ts';
import { WhipTarget, type WhipTargetOptions } from '../../loadtest/targets/WhipTarget.ts';
import { builtLoadtest } from '../support/builtLoadtest.ts';
import { until } from '../support/processes.ts';
import { LiveBots, type LiveBot } from './support/LiveBots.ts';
import { call, run as parsed } from './support/callCli.ts';
import { errorsOf, groupOf, run, scenarioOf } from './support/loadRun.ts';
import { WhipServer, type WhipServerOptions } from './support/whipServer.ts';

const NOTHING = { audio: 'none', video: 'none' } as const;
const VIEWER = { audio: 'off', video: null } as const;

let server: WhipServer | undefined;
let bots: LiveBots | undefined;
const fakes: Server[] = [];
const left: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  await bots?.close();
  for (const leave of left.splice(0)) await leave();
  await server?.close();
  bots = server = undefined;
  for (const fake of fakes.splice(0)) {
    fake.closeAllConnections();
    fake.close();
  }
});

async function start(options?: WhipServerOptions): Promise<WhipServer> {
  server = await WhipServer.listen(options);
  bots = new LiveBots(`${server.url}/whip/{room}`, 'room');
  return server;
}

const targetOf = (options: Partial<WhipTargetOptions> = {}, token?: string): WhipTarget =>
  new WhipTarget({
    url: 'whip',
    ...(server ? { whepUrl: `${server.url}/whep/{room}` } : {}),
    token: () => Promise.resolve(token),
    ...options,
  });

/** Somebody who sends, and somebody who watches. */
async function pair(target = targetOf()): Promise<{ publisher: LiveBot; viewer: LiveBot }> {
  const publisher = await bots!.create('publisher', { subscribe: NOTHING }, target);
  await publisher.bot.join();
  const viewer = await bots!.create('viewer', VIEWER, target);
  await viewer.bot.join();
  expect([publisher.errors(), viewer.errors()]).toEqual([[], []]);
  return { publisher, viewer };
}

async function watches(viewer: LiveBot): Promise<void> {
  await until('media came', () => viewer.count('audioExpected') > 50 && viewer.count('videoExpected') > 50);
  const counts = (['audioLost', 'videoLost', 'strayPackets', 'badSamples'] as const).map((counter) =>
    viewer.count(counter),
  );
  expect(counts).toEqual([0, 0, 0, 0]);
}

describe('the template of a URL', () => {
  it.each([
    ['http://h/whip', 'http://h/whip'],
    ['http://h/whip/{room}', 'http://h/whip/a%20room%2F1'],
    ['http://h/{room}/{name}?again={room}#{name}', 'http://h/a%20room%2F1/ann%3F?again=a%20room%2F1#ann%3F'],
  ])('%s becomes %s', (template, url) => {
    expect(templateProblem(template)).toBeUndefined();
    expect(fillTemplate(template, { room: 'a room/1', name: 'ann?' })).toBe(url);
  });

  it.each([
    ['h/whip', /is no URL/],
    ['ws://h/whip', /is no URL/],
    ['http://{room}.test/whip', /cannot stand in the host/],
    ['http://h:{room}/whip', /is no URL/],
    ['http://me:secret@h/whip', /give --token/],
    ['http://h/{rom}', /^there is no \{rom\}, only \{room\} and \{name\}$/],
  ])('%s is none', (template, problem) => expect(templateProblem(template)).toMatch(problem));
});

describe('the command line', () => {
  const whip = '--target whip --url http://localhost/whip/{room} --layers 1';
  const whep = '--target whep --url http://localhost/whep/{room} --audio off --video off';
  const both = `${whip} --whep-url http://localhost/whep/{room}`;

  it('takes both URLs', async () => {
    const line = `${both} --publishers 1 --viewers 5`;
    expect((await parsed(line)).scenario).toMatchObject({
      target: 'whip',
      url: 'http://localhost/whip/{room}',
      whepUrl: 'http://localhost/whep/{room}',
    });
    expect((await parsed(whep)).scenario).toMatchObject({ target: 'whep' });
  });

  it.each([
    [whip, 'conference: unsupported by whip: viewing without --whep-url (participants)'],
    [both.replace('--layers 1', ''), 'unsupported by whip: simulcast, give --layers 1 (participants)'],
    [`${both} --scenario screen-share`, 'unsupported by whip: a screen share'],
    [`${both} --scenario reconnect-storm`, 'unsupported by whip: dropAllNetworks'],
    [
      '--target whep --url http://localhost/whep',
      'unsupported by whep: publishing, give --audio off --video off or --target whip (participants)',
    ],
    [`${whep} --whep-url http://localhost/`, '--whep-url: with --target whep it is --url'],
    ['--url http://localhost --whep-url http://localhost', '--whep-url: is for --target whip'],
    ['--target whep --start --audio off --video off', '--start: there is no server of whep to start'],
    [whep.replace('{room}', '{rom}'), '--url: there is no {rom}'],
    [`${whip} --whep-url localhost`, '--whep-url: "localhost" is no URL'],
    [`${whip} --whep-url http://nowhere.test`, '--whep-url: nowhere.test has no address'],
  ])('refuses %s', async (line, message) => {
    const { status, err, run: options } = await call(line);
    expect([status, options]).toEqual([2, undefined]);
    expect(err).toContain(message);
  });

  it.each([
    whip.replace('localhost', 'far.test').concat(' --whep-url http://localhost/whep'),
    `${whip} --whep-url http://far.test/whep`,
  ])('does not load another machine without --yes: %s', async (line) => {
    expect((await call(line)).err).toMatch(/http:\/\/far\.test\/\S+ is not this machine: .* Add --yes/);
    expect((await call(`${line} --yes`)).run).toBeDefined();
  });
});

describe('bots at a WHIP server', () => {
  it('publish and watch without loss, and end their sessions', async () => {
    const { log, offers } = await start();
    const { viewer } = await pair();
    await watches(viewer);
    for (const metric of ['join', 'join.signaling', 'join.ice', 'join.dtls', 'join.video', 'rtt'] as const)
      expect([metric, viewer.observed(metric)]).toEqual([metric, expect.any(Number)]);
    expect(viewer.observed('join.dtls')).toBe(1);
    expect(viewer.observed('audio.latency')).toBeGreaterThan(0);
    // One offer for both tracks, of one MediaStream.
    expect(offers[0]!.match(/^m=\w+|^a=(sendonly|msid:\S+)/gm)).toEqual([
      'm=audio',
      'a=sendonly',
      'a=msid:publisher',
      'm=video',
      'a=sendonly',
      'a=msid:publisher',
    ]);
    expect(offers[1]!.match(/^m=\w+|^a=(recvonly|ssrc\S*|msid:\S+)/gm)).toEqual([
      'm=audio',
      'a=recvonly',
      'm=video',
      'a=recvonly',
    ]);
    expect(server!.sessions).toBe(2);
    await bots!.close();
    expect(server!.sessions).toBe(0);
    expect(log.filter((line) => line.startsWith('DELETE')).every((line) => line.endsWith(' 200'))).toBe(true);
  }, 60_000);

  it.each<[string, WhipServerOptions]>([
    ['by MID', { namesSsrcs: false }],
    ['by payload type', { namesSsrcs: false, sendsMids: false }],
  ])(
    'tell streams whose SSRCs nobody named apart %s',
    async (_how, options) => {
      await start(options);
      const { viewer } = await pair();
      await watches(viewer);
    },
    60_000,
  );

  it('watch what they want alone', async () => {
    const { offers } = await start();
    const publisher = await bots!.create('publisher', { subscribe: NOTHING }, targetOf());
    const viewer = await bots!.create(
      'viewer',
      { ...VIEWER, subscribe: { audio: 'all', video: 'none' } },
      targetOf(),
    );
    await publisher.bot.join();
    await viewer.bot.join();
    await until('sound came', () => viewer.count('audioExpected') > 50);
    expect(viewer.count('videoExpected')).toBe(0);
    expect(offers[1]).not.toContain('m=video');
  }, 60_000);

  it('that do both publish first, because they may watch themselves', async () => {
    const { log } = await start();
    const both = await bots!.create('both', {}, targetOf());
    await both.bot.join();
    await watches(both);
    expect(log[0]).toBe('POST /whip/room 201');
    expect(log.filter((line) => line === 'POST /whep/room 201')).toHaveLength(1);
    await bots!.close();
    expect(server!.sessions).toBe(0);
  }, 60_000);

  it('come for a stream before it is there, as often as the server says', async () => {
    const { log } = await start();
    const viewer = await bots!.create('viewer', VIEWER, targetOf());
    const joining = viewer.bot.join();
    await until('it was told so', () => log.includes('POST /whep/room 409'));
    const publisher = await bots!.create('publisher', { subscribe: NOTHING }, targetOf());
    await publisher.bot.join();
    await joining;
    await watches(viewer);
    expect(viewer.errors()).toEqual([]);
  }, 60_000);

  it('show a token, follow redirects, and vanish without a word', async () => {
    const { url, log } = await start({ token: 'secret' });
    await bots!.close();
    bots = new LiveBots(`${url}/moved/whip/{room}`, 'room');
    const { publisher, viewer } = await pair(targetOf({ whepUrl: `${url}/moved/whep/{room}` }, 'secret'));
    await watches(viewer);
    expect(log).toEqual(expect.arrayContaining(['POST /moved/whip/room 307', 'POST /whip/room 201']));
    for (const { seats } of [publisher, viewer]) seats[0]!.vanish();
    await bots.close();
    expect(log.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  }, 60_000);
});

describe('a bot', () => {
  it('that comes to a room that there is not fails to join', async () => {
    await start({ rooms: ['another'] });
    const publisher = await bots!.create('publisher', { subscribe: NOTHING }, targetOf());
    const viewer = await bots!.create('viewer', VIEWER, targetOf());
    await Promise.all([publisher.bot.join(), viewer.bot.join()]);
    expect([publisher.errors(), viewer.errors()]).toEqual([['whip notFound'], ['whep notFound']]);
    expect([publisher.bot.state, viewer.bot.state]).toEqual(['failed', 'failed']);
  }, 60_000);

  it('whose connection the server gives up is lost, and still ends its session', async () => {
    await start();
    const publisher = await bots!.create('publisher', { subscribe: NOTHING }, targetOf());
    await publisher.bot.join();
    publisher.publications[0]!.endpoint.onLost('no consent');
    expect([publisher.bot.state, publisher.count('lost')]).toEqual(['failed', 1]);
    expect(publisher.errors()).toEqual(['inRoom lost']);
    await bots!.close();
    expect(server!.sessions).toBe(0);
  }, 60_000);
});

describe('a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-whip-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const publishers = groupOf({ name: 'publishers', count: 1, subscribe: NOTHING });
  const viewers = groupOf({ ...VIEWER, name: 'viewers', count: 3 });
  const lossless = [
    'join.failed<=0%',
    'audio.loss<=0%',
    'video.loss<=0%',
    'samples.bad<=0',
    'errors<=0',
    'lost<=0',
  ];

  it('of a publisher and viewers from the command line has no loss and ends with 0', async () => {
    const { url, log } = await start();
    const file = join(folder, 'broadcast.yaml');
    const scenario = {
      target: 'whip',
      groups: [
        { name: 'publishers', count: 1, audio: 'always', video: 'vp8:180p15x1', subscribe: 'none' },
        { name: 'viewers', count: 3, audio: 'off', video: 'off' },
      ],
      duration: '3s',
      thresholds: lossless,
    };
    writeFileSync(file, JSON.stringify(scenario));
    const args = ['--scenario', file, '--url', `${url}/whip/{room}`, '--whep-url', `${url}/whep/{room}`];
    const child = spawn(
      process.execPath,
      [join(builtLoadtest, 'loadtest', 'main.js'), ...args, '--json', '--no-live', '--processes', '1'],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    const result = JSON.parse(out) as RunResult;
    expect([result.errors, result.invalid, result.verdict, status]).toEqual([[], [], 'met', 0]);
    expect(result.thresholds.map(({ met }) => met)).toEqual(lossless.map(() => true));
    const [room, ...others] = result.rooms;
    expect(others).toEqual([]);
    expect(room).toMatchObject({ participants: 4, failed: 0 });
    expect(result.metrics['received']).toMatchObject({ value: expect.any(Number) });
    expect(result.metrics['video.loss']).toMatchObject({ value: 0 });
    expect(log.filter((line) => line.startsWith('POST') && line.endsWith('201'))).toHaveLength(4);
    expect(log.filter((line) => line.startsWith('DELETE') && line.endsWith('200'))).toHaveLength(4);
    expect(server!.sessions).toBe(0);
  }, 90_000);

  it('breaks on what it measures', async () => {
    const { url } = await start();
    const scenario = scenarioOf({
      target: 'whip',
      whepUrl: `${url}/whep/{room}`,
      groups: [publishers, viewers],
      thresholds: ['latency.p50<1us', ...lossless],
    });
    const result = await run(scenario, `${url}/whip/{room}`);
    expect(errorsOf(result)).toEqual([]);
    expect(result.thresholds.filter(({ met }) => !met).map(({ expression }) => expression)).toEqual([
      'latency.p50<1us',
    ]);
    expect(exitStatusOf(result)).toBe(99);
  }, 90_000);

  it('of viewers alone watches what somebody else publishes', async () => {
    const { url } = await start();
    const publisher = await bots!.create('publisher', { subscribe: NOTHING }, targetOf());
    await publisher.bot.join();
    const scenario = scenarioOf({ target: 'whep', groups: [viewers], thresholds: lossless });
    const result = await run(scenario, `${url}/whep/room`);
    expect([errorsOf(result), result.verdict]).toEqual([[], 'met']);
    expect(result.rooms[0]).toMatchObject({ participants: 3, failed: 0 });
    await until('the publisher alone is left', () => server!.sessions === 1);
  }, 90_000);

  it('of people who are not let in says nothing of the server', async () => {
    const { url } = await start({ token: 'secret' });
    const scenario = scenarioOf({ target: 'whip', groups: [publishers] });
    const result = await run(scenario, `${url}/whip/{room}`, { access: { token: 'wrong' }, deadline: 3000 });
    expect(errorsOf(result)).toEqual(['whip unauthorized 1']);
    expect(exitStatusOf(result)).toBe(3);
  }, 90_000);
});

describe('a session', () => {
  const camera: TrackOffer = {
    kind: 'video',
    source: 'camera',
    codec: 'vp8',
    encodings: [{ ssrc: 1, rtxSsrc: 2, maxBitrate: 100_000 }],
    cname: 'bot',
    paused: false,
  };
  const told: string[] = [];
  let subscriptions: Subscription[] = [];

  async function seatAt(
    url: string,
    options: Partial<WhipTargetOptions> = {},
    deadline = 20_000,
  ): Promise<Seat> {
    told.length = 0;
    subscriptions = [];
    const endpoints: Endpoint[] = [];
    const target = new WhipTarget({ url: 'whip', token: () => Promise.resolve(undefined), ...options });
    const seat = await target.join({
      url,
      room: 'room',
      name: 'bot',
      observer: {
        signaling: () => undefined,
        ice: () => undefined,
        dtls: () => undefined,
        request: () => undefined,
        error: (phase, code, message) => told.push(`${phase} ${code}: ${message}`),
      },
      signal: new AbortController().signal,
      transportCc: true,
      createEndpoint: async () => {
        const endpoint = await Endpoint.open({ deadline });
        endpoints.push(endpoint);
        return endpoint;
      },
      deadline,
    });
    left.push(
      () => seat.leave(),
      () => {
        for (const endpoint of endpoints) endpoint.close();
      },
    );
    return seat;
  }

  const view = (seat: Seat): Promise<void> =>
    seat.subscribe(['audio', 'video'], (subscription) => subscriptions.push(subscription));

  /** A server that answers as it is told; `null`: nobody listens. */
  async function fake(answer: RequestListener | null): Promise<string> {
    const listener = createServer(answer ?? (() => undefined)).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    if (answer) fakes.push(listener);
    else listener.close();
    return `http://127.0.0.1:${port}/whip`;
  }

  const answering =
    (status: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
    (request, response) => {
      request.resume();
      if (request.method === 'DELETE') deleted.push(request.url ?? '');
      response.writeHead(request.method === 'POST' ? status : 200, headers).end(body);
    };
  const deleted: string[] = [];

  const sdp = { 'content-type': 'application/sdp', location: 'sessions/1' };
  const media = (lines: string): string =>
    `v=0\na=group:BUNDLE 0\na=ice-ufrag:u\na=ice-pwd:p\na=fingerprint:sha-256 AB\nm=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\na=rtpmap:96 VP8/90000\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\n${lines}`;

  it.each<[string, RequestListener | null, RegExp]>([
    ['401', answering(401), /^whip unauthorized: WHIP: POST \S+\/whip answered 401$/],
    [
      '403 with a reason',
      answering(403, { 'content-type': 'text/plain' }, 'not you\nsecond line'),
      /^whip forbidden: .* answered 403: not you$/,
    ],
    ['404', answering(404), /^whip notFound: .* answered 404$/],
    ['400', answering(400), /^whip badRequest: .* answered 400$/],
    [
      '406',
      answering(406, sdp, 'v=0'),
      /^whip badRequest: unsupported: .* 406; bots do not take counter-offers$/,
    ],
    ['500', answering(500), /^whip unavailable: .* answered 500$/],
    ['200', answering(200, sdp), /^whip badRequest: .* answered 200$/],
    [
      'a redirect that would be a GET',
      answering(302, { location: '/' }),
      /^whip badRequest: .* answered 302$/,
    ],
    ['a redirect to nowhere', answering(307), /^whip unavailable: .* answered 307 without a Location$/],
    [
      'a redirect to itself',
      answering(308, { location: '' }),
      /^whip unavailable: .* redirected more than 5 times$/,
    ],
    ['nobody', null, /^whip unavailable: .* cannot be reached: .*ECONNREFUSED/],
    [
      '201 without a Location',
      answering(201, { 'content-type': 'application/sdp' }),
      /201 without a Location$/,
    ],
    [
      '201 with a page',
      answering(201, { ...sdp, 'content-type': 'text/html' }),
      /"text\/html", not application\/sdp$/,
    ],
    [
      'garbage',
      answering(201, sdp, 'garbage'),
      /^whip unavailable: the answer is no SDP, or takes no media$/,
    ],
    ['half an SDP', answering(201, sdp, 'v=0\nm=video x'), /^whip unavailable: the answer is not SDP/],
    [
      'no candidate',
      answering(201, sdp, media('').replace(/a=candidate.*\n/, '')),
      /^whip unavailable: .*no address/,
    ],
    [
      'the bots’ DTLS role',
      answering(201, sdp, media('a=setup:active')),
      /^whip badRequest: unsupported: .*DTLS client/,
    ],
    ['no video', answering(201, sdp, media('a=inactive')), /^whip unavailable: .*takes no media$/],
    [
      'another codec',
      answering(201, sdp, media('').replace('VP8', 'AV1').replaceAll('96', '45')),
      /does not take video\/VP8$/,
    ],
  ])('that is answered with %s fails by its phase', async (_what, answer, expected) => {
    const seat = await seatAt(await fake(answer));
    await expect(seat.publish(camera)).rejects.toThrow();
    expect(told).toEqual([expect.stringMatching(expected)]);
  });

  it('that was made in vain is ended', async () => {
    const seat = await seatAt(await fake(answering(201, sdp, 'garbage')));
    deleted.length = 0;
    await expect(seat.publish(camera)).rejects.toThrow();
    // Relative to the URL that answered.
    await until('it was', () => deleted.includes('/sessions/1'));
  });

  it.each<[string, RequestListener, RegExp]>([
    ['never', () => undefined, /^whip timeout: .*no answer within 300 ms$/],
    [
      'with headers alone',
      (_request, response) => response.writeHead(201, sdp).flushHeaders(),
      /^whip timeout: .*no answer within 300 ms$/,
    ],
    ['with a later time', answering(503, { 'retry-after': '60' }), /^whip unavailable: .* answered 503$/],
    ['with an address where nobody is', answering(201, sdp, media('a=setup:passive')), /^ice timeout: /],
  ])('that is answered %s ends in time', async (_when, answer, expected) => {
    const seat = await seatAt(await fake(answer), {}, 300);
    await expect(seat.publish(camera)).rejects.toThrow();
    expect(told).toEqual([expect.stringMatching(expected)]);
  });

  it('whose bot leaves before the answer is ended when that comes', async () => {
    let answer = (): void => undefined;
    const seat = await seatAt(
      await fake((request, response) => {
        if (request.method === 'POST') answer = (): void => answering(201, sdp, media(''))(request, response);
        else answering(200)(request, response);
      }),
    );
    deleted.length = 0;
    const publishing = expect(seat.publish(camera)).rejects.toThrow();
    const waiting = answer;
    await until('the offer is there', () => answer !== waiting);
    const leaving = seat.leave();
    answer();
    await Promise.all([leaving, publishing]);
    expect(deleted).toEqual(['/sessions/1']);
    expect(told).toEqual([]);
  });

  it('shows its token to nobody but the server that was named', async () => {
    const tokens: (string | undefined)[] = [];
    const elsewhere = await fake((request, response) => {
      tokens.push(request.headers.authorization);
      answering(404)(request, response);
    });
    const url = await fake((request, response) => {
      tokens.push(request.headers.authorization);
      answering(307, { location: elsewhere })(request, response);
    });
    const seat = await seatAt(url, { token: () => Promise.resolve('secret') });
    await expect(seat.publish(camera)).rejects.toMatchObject({ code: 'notFound' });
    expect(tokens).toEqual(['Bearer secret', undefined]);
  });

  it.each([307, 201])('does not follow a %s to a host that nobody named', async (status) => {
    let asked = 0;
    const elsewhere = await fake(() => (asked += 1));
    const location = elsewhere.replace('127.0.0.1', 'localhost');
    const seat = await seatAt(await fake(answering(status, { location })));
    await expect(seat.publish(camera)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('points to localhost, which was not named') as unknown,
    });
    await seat.leave();
    expect(asked).toBe(0);
  });

  it('of a server that has the DTLS role of bots is refused', async () => {
    const { url } = await start({ isDtlsClient: true });
    const seat = await seatAt(`${url}/whip/{room}`);
    await expect(seat.publish(camera)).rejects.toMatchObject({
      message: expect.stringContaining('DTLS client'),
    });
    await until('it was ended', () => server!.sessions === 0);
  });

  it.each<[string, (seat: Seat) => Promise<unknown>, 'whip' | 'whep', RegExp]>([
    ['publish over WHEP', (seat) => seat.publish(camera), 'whep', /the camera: nobody publishes over WHEP$/],
    ['view without a WHEP URL', view, 'whip', /nobody views over WHIP: give --whep-url$/],
    ['chat', (seat) => seat.chat('hello'), 'whip', /have no chat$/],
    ['resume', (seat) => seat.dropNetwork(1), 'whip', /do not resume$/],
    [
      'send simulcast',
      (seat) => seat.publish({ ...camera, encodings: [...camera.encodings, { ssrc: 3, maxBitrate: 1 }] }),
      'whip',
      /simulcast over WHIP: give --layers 1$/,
    ],
    [
      'send a screen beside a camera',
      async (seat) => {
        const [, screen] = await Promise.allSettled([
          seat.publish(camera),
          seat.publish({ ...camera, source: 'screen' }),
        ]);
        if (screen.status === 'rejected') throw screen.reason;
      },
      'whip',
      /the screen: a WHIP session has one audio and one video/,
    ],
  ])('does not let a bot %s', async (_what, act, url, expected) => {
    const seat = await seatAt(await fake(answering(404)), { url });
    await expect(act(seat)).rejects.toMatchObject({
      code: 'badRequest',
      message: expect.stringMatching(expected),
    });
    await expect(act(seat)).rejects.toMatchObject({ message: expect.stringMatching(/^unsupported: /) });
  });

  it('takes what there is of that which it wanted', async () => {
    const viewer = await seatAt(
      await fake((request, response) => {
        request.resume();
        // The stream has a video and no audio.
        const answer = media('a=sendonly\na=setup:passive\n')
          .replace('a=mid:0', 'a=mid:1')
          .replace('BUNDLE 0', 'BUNDLE 1');
        const audio = 'm=audio 0 UDP/TLS/RTP/SAVPF 111\na=mid:0\na=inactive\n';
        response
          .writeHead(201, sdp)
          .end(request.method === 'POST' ? answer.replace('m=video', `${audio}m=video`) : '');
      }),
      { url: 'whep' },
      300,
    );
    await expect(view(viewer)).rejects.toMatchObject({ code: 'timeout' });
    expect(subscriptions.map(({ track, rtpParameters }) => [track.kind, rtpParameters.mid])).toEqual([
      ['video', '1'],
    ]);
  });
});
