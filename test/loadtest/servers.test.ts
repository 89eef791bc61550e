import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mediaCodecs as bareCodecs } from '../../loadtest/servers/bareMediasoup/mediaCodecs.ts';
import { inOwnNetwork, ownNetworkAddress } from '../../loadtest/servers/ownNetwork.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { startJanus } from '../../loadtest/servers/startJanus.ts';
import { startParley } from '../../loadtest/servers/startParley.ts';
import { findListener } from '../../loadtest/servers/processUsage.ts';
import { startMediasoup } from '../../loadtest/servers/startMediasoup.ts';
import { BareConnection } from '../../loadtest/targets/BareConnection.ts';
import { MEDIASOUP_VERSION } from '../../src/workers/workerVersion.ts';
import type { RtpParameters } from '../../src/protocol/models.ts';
import { mediaCodecs } from '../../src/sfu/mediaCodecs.ts';
import { isRunning, until } from '../support/processes.ts';

interface Story {
  versions: Record<string, string>;
  pids: { name: string; pid: number }[];
  idle: { cpu: number; memory: number }[];
  busy: { cpu: number; memory: number }[];
  left: unknown[];
  steps: string[];
  errors: string[];
  audioTrack: object;
  videoTrack: object;
  audio: RtpParameters;
  video: RtpParameters;
  sentAudio: RtpParameters;
  sentVideo: RtpParameters;
  sameEndpoint: boolean;
  participants: number;
  muted: [string, boolean];
  unmuted: [string, boolean];
  removed: [string];
  afterClosing: Record<string, unknown>;
  seenByCleo: { trackId: string; name: string; source: string }[];
  vanished: [string];
  unsupported: string;
}

/** Two bots and a late one in a room of a server; see `seatStory.mjs`. */
async function tell(kind: string, options: object = {}): Promise<Story> {
  const story = [resolve('test/support/seatStory.mjs'), kind, JSON.stringify(options)];
  const [command, ...args]: [string, ...string[]] =
    kind === 'janus' ? inOwnNetwork(process.execPath, story) : [process.execPath, ...story];
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const { stdout } = await promisify(execFile)(command, args, { env, timeout: 60_000 });
  return JSON.parse(stdout) as Story;
}

const codecsOf = ({ codecs }: RtpParameters): string[] => codecs.map(({ mimeType }) => mimeType);
const extensionsOf = ({ headerExtensions }: RtpParameters): string[] =>
  headerExtensions!.map(({ uri }) => uri.slice(uri.search(/[^/:]+$/)));

function expectTheStory(story: Story): void {
  const { audioTrack, videoTrack, seenByCleo } = story;
  expect(story.errors).toEqual([]);
  expect(audioTrack).toMatchObject({ name: 'Ada', kind: 'audio', source: 'microphone', paused: false });
  expect(videoTrack).toMatchObject({ name: 'Ada', kind: 'video', source: 'screen', paused: false });
  const { trackId: audioId } = audioTrack as { trackId: string };
  const { trackId: videoId } = videoTrack as { trackId: string };
  expect(story.sameEndpoint).toBe(true);
  expect(story.participants).toBe(2);
  expect([story.muted, story.unmuted]).toEqual([
    [audioId, true],
    [audioId, false],
  ]);
  expect(story.removed).toEqual([videoId]);
  expect(Object.keys(story.afterClosing)).toEqual([audioId]);
  expect(seenByCleo).toEqual([audioTrack]);
  expect(story.vanished).toEqual([audioId]);
  expect(story.unsupported).toMatch(/^unsupported: /);
  expect(codecsOf(story.audio)).toEqual(['audio/opus']);
  expect(story.sentVideo.encodings!.map(({ ssrc, rtx }) => [ssrc, rtx?.ssrc])).toEqual([
    [2220, 2230],
    [2221, 2231],
  ]);
  for (const [i, { cpu, memory }] of story.busy.entries()) {
    expect(cpu).toBeGreaterThan(story.idle[i]!.cpu);
    expect(memory).toBeGreaterThan(1_000_000);
  }
  expect(story.left).toEqual([]);
  expect(story.pids.filter(({ pid }) => isRunning(pid))).toEqual([]);
}

describe('the bare mediasoup server', () => {
  it('takes the same codecs as Parley', () => {
    expect(bareCodecs).toEqual(mediaCodecs);
  });

  it('is joined, published to and subscribed to by bots, and leaves nothing behind', async () => {
    const story = await tell('mediasoup', { workers: 1 });
    expectTheStory(story);
    expect(story.pids.map(({ name }) => name)).toEqual(['control', 'worker 1']);
    expect(story.versions).toMatchObject({ mediasoup: MEDIASOUP_VERSION, workers: '1' });
    expect(codecsOf(story.video)).toEqual(['video/VP8', 'video/rtx']);
    expect(extensionsOf(story.sentAudio)).toContain('abs-capture-time');
    expect(extensionsOf(story.video)).toContain('abs-capture-time');
  }, 90_000);

  describe('given nonsense', () => {
    let server: ServerUnderTest;
    beforeAll(async () => (server = await startMediasoup({ workers: 1 })), 60_000);
    afterAll(() => server.stop());

    const open = (): Promise<BareConnection> => BareConnection.open(server.url, new AbortController().signal);

    it('refuses it, and goes on', async () => {
      const connection = await open();
      const ask = (method: string, data: unknown): Promise<unknown> =>
        connection.request(method as 'join', data as { room: string; name: string });
      const codeOf = (answer: Promise<unknown>): Promise<string> =>
        answer.then(
          () => 'no error',
          (error: unknown) => (error as { code: string }).code,
        );
      expect(await codeOf(ask('produce', {}))).toBe('invalidState');
      expect(await codeOf(ask('join', null))).toBe('badRequest');
      expect(await codeOf(ask('join', { room: 7 }))).toBe('badRequest');
      expect(await codeOf(ask('toString', {}))).toBe('badRequest');
      const fresh = await open();
      await fresh.request('join', { room: 'nonsense', name: 'Bot' });
      expect(await codeOf(fresh.request('join', { room: 'nonsense', name: 'Bot' }))).toBe('invalidState');
      expect(await codeOf(fresh.request('close', { ids: ['none'] }))).toBe('notFound');
      const nothing = { kind: 'audio', source: 'microphone', paused: false, rtpParameters: {} } as never;
      expect(await codeOf(fresh.request('produce', nothing))).toBe('badRequest');
      fresh.end();
      connection.end();
    });

    it('closes a connection that speaks something else, and no other', async () => {
      const other = await open();
      const { hostname, port } = new URL(server.url);
      const stranger = connect(Number(port), hostname);
      stranger.write('GET / HTTP/1.1\r\n\r\n');
      await once(stranger, 'close');
      const { peers } = await other.request('join', { room: 'quiet', name: 'Bot' });
      expect(peers).toBe(1);
      other.end();
    });
  });
});

describe('Janus', () => {
  it.each([
    ['as it is shipped', {}, { 'janus ICE': 'full, as shipped' }],
    ['with an event loop and ICE lite', { eventLoops: 1, iceLite: true }, { 'janus ICE': 'lite' }],
  ])(
    '%s is joined, published to and subscribed to by bots',
    async (_how, options, versions) => {
      const story = await tell('janus', options);
      expectTheStory(story);
      expect(story.pids.map(({ name }) => name)).toEqual(['janus']);
      expect(story.versions).toMatchObject({ janus: expect.stringMatching(/^1\./), ...versions });
      expect(codecsOf(story.sentVideo)).toEqual(['video/VP8', 'video/rtx']);
      // It sends retransmissions to subscribers as they were, and knows no capture times.
      expect(codecsOf(story.video)).toEqual(['video/VP8']);
      expect(extensionsOf(story.sentAudio)).toEqual(['ssrc-audio-level', 'mid']);
    },
    90_000,
  );

  it('says that it needs a network of its own', async () => {
    expect(ownNetworkAddress()).toBeUndefined();
    await expect(startJanus()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Janus takes no loopback address: this run has to be in a network of its own',
    });
  });

  it('says which package is missing', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      await expect(startJanus()).rejects.toMatchObject({
        code: 'unavailable',
        message: 'Janus is not installed; on Debian: apt-get install janus',
      });
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('Parley', () => {
  it('is started with its limits raised, loses a worker when told to, and leaves nothing behind', async () => {
    const server = await startParley({ workers: 1 });
    try {
      const [control, worker] = server.pids();
      expect([control?.name, worker?.name]).toEqual(['control', 'worker 1']);
      expect(server.versions).toMatchObject({ mediasoup: MEDIASOUP_VERSION, workers: '1' });
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      expect(findListener(Number(new URL(server.url).port))).toBe(control!.pid);
      expect(server.killWorker!()).toBe(worker!.pid);
      await until('another worker is there', () =>
        server.pids().some(({ name, pid }) => name === 'worker 1' && pid !== worker!.pid),
      );
    } finally {
      await server.stop();
    }
    expect(server.pids()).toEqual([]);
  }, 60_000);
});
