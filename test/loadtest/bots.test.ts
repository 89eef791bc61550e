import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { until } from '../support/processes.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';
import { LiveBots, type LiveBot } from './support/LiveBots.ts';
import { presence, startServer } from './support/loadRun.ts';

let server: ServerUnderTest;
let bots: LiveBots;
/** Somebody in the room who is no bot, and hears everything. */
let onlooker: SignalingPeer;
let room = 0;

beforeAll(async () => (server = await startServer()), 60_000);
afterAll(() => server.stop());

beforeEach(async () => {
  room++;
  bots = new LiveBots(server.url, `bots-${room}`);
  onlooker = await new SignalingPeer(server.url).connected();
  await onlooker.request('join', { room: `bots-${room}`, name: 'onlooker' });
});
afterEach(async () => {
  await bots.close();
  await onlooker.request('leave', {});
  onlooker.close();
  let left = await presence(server.url);
  for (let i = 0; i < 1000 && left.peers + left.rooms > 0; i++) left = await presence(server.url);
  expect(left).toEqual({ rooms: 0, peers: 0 });
});

/** Resolves when so many more video packets came. */
async function moves(live: LiveBot): Promise<void> {
  const before = live.count('videoExpected');
  await until('video comes', () => live.count('videoExpected') > before + 10);
}

const freezesOf = (live: LiveBot): number => live.count('freezes');

describe('bots in a room', () => {
  it('hear and see each other without loss, and know how long it took', async () => {
    const [ann] = (await bots.join(['ann'])) as [LiveBot];
    const [bob] = (await bots.join(['bob'])) as [LiveBot];
    for (const live of [ann, bob]) {
      expect(live.bot.state).toBe('joined');
      await until('sound came', () => live.count('audioExpected') > 50, 15_000);
      await until('video came', () => live.count('videoExpected') > 20, 15_000);
      for (const metric of ['latency', 'audio.latency', 'video.latency', 'request.time'] as const)
        expect([metric, live.observed(metric)]).not.toEqual([metric, 0]);
      // She was alone when she joined, and he came to her sound and her video, one of which ended his join.
      const first = live === bob ? 1 : 0;
      expect([live.observed('join.audio'), live.observed('join.video')]).toEqual([first, first]);
      expect(live.observed('join')).toBe(1);
      expect(live.observed('join.signaling')).toBe(1);
      expect(live.observed('join.ice')).toBe(2);
      expect(live.observed('join.dtls')).toBe(2);
      expect([live.count('audioLost'), live.count('videoLost'), live.count('strayPackets')]).toEqual([
        0, 0, 0,
      ]);
      expect(live.errors()).toEqual([]);
    }
  }, 60_000);

  it('mute and switch their cameras off, which is neither loss nor a freeze', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
    await moves(bob);
    const before = freezesOf(bob);
    await ann.bot.toggleMute();
    await ann.bot.toggleCamera();
    const paused = [await onlooker.event('producerPaused'), await onlooker.event('producerPaused')];
    expect(new Set(paused.map(({ producerId }) => producerId))).toEqual(
      new Set(ann.publications.map(({ publicationId }) => publicationId)),
    );
    await until('bob knows', () => [...bob.seats[0]!.tracks.values()].every((track) => track.paused));
    const sent = ann.count('sentPackets');
    await until('a while went by', () => bob.count('sentPackets') > sent + 100);
    await ann.bot.toggleMute();
    await ann.bot.toggleCamera();
    await moves(bob);
    expect([bob.count('audioLost'), bob.count('videoLost'), freezesOf(bob) - before]).toEqual([0, 0, 0]);
  }, 60_000);

  it('share a screen and end it, and chat', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'], { behaviour: { share: 1e9 } })) as [LiveBot, LiveBot];
    await ann.bot.toggleScreen();
    await until('bob watches it', () =>
      [...bob.seats[0]!.tracks.values()].some(({ source }) => source === 'screen'),
    );
    const screen = ann.publications.at(-1)!.publicationId;
    await moves(bob);
    await ann.bot.toggleScreen();
    expect((await onlooker.event('producerClosed')).producerId).toBe(screen);
    await bob.bot.chat();
    expect((await onlooker.event('chatMessage')).message.text).toBe('hello from bob');
    expect([...ann.errors(), ...bob.errors()]).toEqual([]);
  }, 60_000);

  it('look at other videos when they turn the page', async () => {
    await bots.join(['ann', 'bob']);
    const [cyd] = (await bots.join(['cyd'], { subscribe: { audio: 'all', video: 1 } })) as [LiveBot];
    const [first] = [...cyd.videos];
    expect(cyd.videos.size).toBe(1);
    cyd.bot.turnPage();
    await until('cyd sees the other one', () => cyd.videos.size === 1 && !cyd.videos.has(first!));
    await moves(cyd);
    expect(cyd.errors()).toEqual([]);
  }, 60_000);

  it('ask for key frames all at once, of which the publishers hear', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
    await moves(ann);
    const [before, asked] = [ann.keyFrameRequests, bob.count('plis')];
    bob.bot.requestKeyFrames();
    expect(bob.count('plis')).toBe(asked + 1);
    await until('ann hears of it', () => ann.keyFrameRequests > before);
  }, 60_000);

  it('lose the network and come back, which is a recovery and no error', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
    await moves(ann);
    const resumed = new Promise<void>((resolve) => ann.seats[0]!.once('resumed', resolve));
    const dropping = ann.bot.dropNetwork(1000);
    // Nothing of this reaches anybody, nor goes out of step.
    await ann.bot.toggleCamera();
    await ann.bot.rejoin(true);
    await dropping;
    await resumed;
    await until('media came back', () => ann.observed('recovery') === 1);
    await moves(ann);
    await moves(bob);
    expect([ann.seats.length, ann.bot.state, ann.count('lost')]).toEqual([1, 'joined', 0]);
    expect([...ann.errors(), ...bob.errors()]).toEqual([]);
  }, 60_000);

  it('lose their sockets alone, without losing a packet', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
    await moves(ann);
    await Promise.all([ann.bot.dropSocket(), bob.bot.dropSocket()]);
    await moves(ann);
    await moves(bob);
    for (const live of [ann, bob])
      expect([live.count('audioLost'), live.count('videoLost'), live.errors()]).toEqual([0, 0, []]);
  }, 60_000);

  it.each([
    ['with a goodbye', true, 'left'],
    ['without one', false, 'timeout'],
  ])(
    'leave and come again, %s',
    async (_how, goodbye, reason) => {
      const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
      await ann.bot.rejoin(goodbye);
      expect([ann.bot.state, ann.seats.length]).toEqual(['joined', 2]);
      expect(ann.seats[1]!.participantId).not.toBe(ann.seats[0]!.participantId);
      const left = await onlooker.event('peerLeft');
      expect([left.peerId, left.reason]).toEqual([ann.seats[0]!.participantId, reason]);
      await moves(ann);
      await moves(bob);
      expect([ann.count('joinTried'), ann.count('joinDone'), ann.observed('join')]).toEqual([2, 2, 2]);
      expect([...ann.errors(), ...bob.errors()]).toEqual([]);
    },
    60_000,
  );

  it('publish and subscribe anew when the worker dies, which is a recovery', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
    await moves(ann);
    const ports = ann.bot.ports;
    server.killWorker!();
    for (const live of [ann, bob]) await until('it recovered', () => live.observed('recovery') === 1, 20_000);
    await moves(ann);
    await moves(bob);
    expect(ann.publications).toHaveLength(4);
    expect(ann.bot.ports).toHaveLength(2);
    expect(ann.bot.ports.filter((port) => ports.includes(port))).toEqual([]);
    expect([...ann.errors(), ...bob.errors()]).toEqual([]);
  }, 60_000);
});

describe('a bot that is stopped', () => {
  it('while it joins, leaves nothing open', async () => {
    const ann = await bots.create('ann');
    const joining = ann.bot.join();
    await ann.bot.stop();
    await joining;
    expect([ann.bot.state, ann.bot.ports, ann.errors()]).toEqual(['gone', [], []]);
  });

  it('while its media is being set up, leaves nothing open', async () => {
    const ann = await bots.create('ann');
    const joining = ann.bot.join();
    await until('it is in', () => ann.seats.length === 1);
    await ann.bot.stop();
    await joining;
    expect([ann.bot.state, ann.bot.ports, ann.errors()]).toEqual(['gone', [], []]);
  });
});
