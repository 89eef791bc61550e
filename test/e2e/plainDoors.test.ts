import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Timeline } from '../../src/recording/timeline.ts';
import { parleyCommand } from '../support/parleyCommand.ts';
import { until } from '../support/processes.ts';
import { decode, probe } from '../support/recordings.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

const execute = promisify(execFile);
let server: ServerProcess;
let directory: string;
let settings: Record<string, string>;
let token: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-doors-'));
  settings = {
    PARLEY_API_KEY: API_KEY,
    PARLEY_API_SECRET: API_SECRET,
    PARLEY_RECORDINGS_DIR: join(directory, 'recordings'),
  };
  token = await accessToken({ video: { roomJoin: true, roomAdmin: true, roomRecord: true } });
  server = await ServerProcess.start(settings);
}, 60_000);

afterAll(async () => {
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  rmSync(directory, { recursive: true });
}, 60_000);

function example(name: string, ...args: string[]): { child: ChildProcess; done: Promise<string> } {
  const env = { PATH: process.env['PATH'], PARLEY_URL: server.url, PARLEY_TOKEN: token };
  const running = execute(process.execPath, [resolve('examples', name), ...args], { env });
  return { child: running.child, done: running.then(({ stdout }) => stdout) };
}

const api = (path: string, method = 'GET', bearer = token): Promise<Response> =>
  fetch(`${server.url}/api/rooms/studio${path}`, { method, headers: { authorization: `Bearer ${bearer}` } });

describe('a room with a sender of plain RTP', () => {
  it('is recorded by the example, and composed by the command', async () => {
    const source = example('rtsp-ingest/ingest.mjs', 'studio', '12');
    const isThere = async (): Promise<boolean> =>
      ((await (await api('/ingress')).json()) as { ingress: unknown[] }).ingress.length === 1;
    await until('the sender', isThere, 20_000);
    const viewer = await new SignalingPeer(server.url).connected();
    const { snapshot } = await viewer.request('join', { room: 'studio', token });
    expect(snapshot.peers.map(({ name, producers }) => [name, producers.length])).toContainEqual([
      'Test picture',
      2,
    ]);
    expect(snapshot.recording).toBeNull();
    const files = join(directory, 'fetched');
    const told = viewer.event('recordingChanged');
    const stdout = await example('recording/record.mjs', 'studio', '5', files).done;
    expect((await told).recording).toMatchObject({ recordingId: expect.any(String) });
    expect(stdout.match(/^fetched/gm)).toHaveLength(2);
    const timeline = JSON.parse(readFileSync(join(files, 'timeline.json'), 'utf8')) as Timeline;
    for (const { codec, files: written } of timeline.tracks) {
      for (const { file, startedAt, endedAt } of written) {
        const found = await probe(join(files, file));
        expect(`${codec.split('/')[0]}/${found.codec}`).toBe(codec.toLowerCase());
        expect(Math.abs(found.duration - (endedAt - startedAt))).toBeLessThan(200);
      }
    }
    const { recordingId } = timeline;
    const [name = ''] = readdirSync(files).filter((file) => file.endsWith('.webm'));
    const part = await fetch(`${server.url}/api/rooms/studio/recordings/${recordingId}/files/${name}`, {
      headers: { authorization: `Bearer ${token}`, range: 'bytes=0-3' },
    });
    expect([part.status, Buffer.from(await part.arrayBuffer()).toString('hex')]).toEqual([206, '1a45dfa3']);
    const output = join(directory, 'call.webm');
    const size = ['--size', '320x180', '--fps', '15'];
    expect(await parleyCommand(['compose', files, '--output', output, ...size])).toMatchObject({ status: 0 });
    await decode(output);
    expect(await source.done).toContain('it has left');
    expect((await api(`/recordings/${recordingId}`, 'DELETE')).status).toBe(204);
    expect((await api(`/recordings/${recordingId}`)).status).toBe(404);
    viewer.close();
  }, 90_000);

  it('takes a file with parley ingest, which ends when it is removed', async () => {
    const file = join(directory, 'clip.mp4');
    const inputs = ['-f', 'lavfi', '-i', 'testsrc=s=320x240:r=15:d=30', '-f', 'lavfi', '-i', 'sine=d=30'];
    await execute('ffmpeg', ['-nostdin', '-v', 'error', ...inputs, '-c:v', 'libx264', '-c:a', 'aac', file]);
    const args = ['ingest', '--room', 'studio', '--server', server.url, '--name', 'Clip', '--loop', file];
    const ended = parleyCommand(args, settings);
    const ingress = async (): Promise<{ peerId: string; name: string }[]> =>
      ((await (await api('/ingress')).json()) as { ingress: { peerId: string; name: string }[] }).ingress;
    await until('the clip', async () => (await ingress()).length === 1, 30_000);
    const [clip] = await ingress();
    expect(clip?.name).toBe('Clip');
    const admin = await new SignalingPeer(server.url).connected();
    await admin.request('join', { room: 'studio', token });
    // A moderator records, and everybody is told.
    const { recording } = await admin.request('startRecording', {});
    expect((await admin.event('recordingChanged')).recording).toEqual(recording);
    await admin.request('stopRecording', {});
    expect((await admin.event('recordingChanged')).recording).toBeNull();
    await admin.request('removePeer', { peerId: clip?.peerId ?? '' });
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
    admin.close();
  }, 90_000);

  it('is recorded by nobody who may not', async () => {
    const guest = await accessToken();
    const other = await accessToken({ video: { roomRecord: true, room: 'other' } });
    for (const [bearer, status] of [
      [guest, 403],
      [other, 403],
      ['garbage', 401],
    ] as const) {
      for (const [path, method] of [
        ['/recordings', 'POST'],
        ['/recordings', 'GET'],
        ['/recordings/x', 'DELETE'],
        ['/recordings/x/files/x.webm', 'GET'],
        ['/ingress', 'GET'],
        ['/egress', 'GET'],
      ] as const)
        expect((await api(path, method, bearer)).status).toBe(status);
    }
    expect((await api('/recordings/..%2f..%2fetc/files/passwd')).status).toBe(404);
    const member = await new SignalingPeer(server.url).connected();
    await member.request('join', { room: 'studio', token: guest });
    await expect(member.request('startRecording', {})).rejects.toThrow('forbidden');
    member.close();
  }, 30_000);
});

describe('a server that is killed', () => {
  it('leaves files that play, which the next one finishes', async () => {
    const source = example('rtsp-ingest/ingest.mjs', 'studio', '20');
    source.done.catch(() => undefined);
    await until('the sender', async () => (await api('/recordings', 'POST')).status === 201, 20_000);
    const newest = async (): Promise<Timeline> => {
      const { recordings } = (await (await api('/recordings')).json()) as { recordings: Timeline[] };
      const id = recordings.at(-1)?.recordingId ?? '';
      return (await (await api(`/recordings/${id}`)).json()) as Timeline;
    };
    const isLong = async (): Promise<boolean> => {
      const { tracks } = await newest();
      return (
        tracks.length === 2 && tracks.every(({ files: [f] }) => (f ? f.endedAt - f.startedAt : 0) > 3000)
      );
    };
    await until('some seconds', isLong, 30_000);
    server.kill();
    source.child.kill('SIGKILL');
    server = await ServerProcess.start(settings);
    await until('the recording', async () => (await newest()).state === 'finished', 30_000);
    const { tracks, recordingId, endReason } = await newest();
    expect(endReason).toBe('serverClosed');
    for (const { file, startedAt, endedAt } of tracks.flatMap(({ files }) => files)) {
      const path = join(settings['PARLEY_RECORDINGS_DIR'] ?? '', recordingId, file);
      expect(Math.abs((await probe(path)).duration - (endedAt - startedAt))).toBeLessThan(200);
      await decode(path);
    }
  }, 90_000);
});
