import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { longName, runFlags, type RunFlag } from '../../loadtest/cli/runFlags.ts';
import { toolVersion } from '../../loadtest/packageRoot.ts';
import { call, run } from './support/callCli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadtest-'));
  writeFileSync(join(folder, 'mine.yaml'), 'rooms: 2\nduration: 5s\nthresholds: [join.p95<1s, errors<=0]\n');
  writeFileSync(join(folder, 'far.yaml'), 'url: https://far.test\n');
  writeFileSync(join(folder, 'clip.bin'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line of a run', () => {
  it('with a URL alone is a conference of four for half a minute', async () => {
    const { scenario, ...options } = await run('--url http://localhost:3000');
    expect(options).toEqual({
      start: false,
      forwarding: {},
      findLimit: null,
      processes: null,
      agents: [],
      agentsKey: null,
      canaries: 0,
      access: null,
      videoClip: null,
      audioClip: null,
      out: null,
      json: false,
      live: true,
      quiet: false,
    });
    expect(scenario).toMatchObject({
      name: 'conference',
      url: 'http://localhost:3000',
      rooms: 1,
      duration: 30_000,
      groups: [{ name: 'participants', count: 4, video: { codec: 'vp8', layers: 3, height: 720, fps: 30 } }],
    });
  });

  it('answers with the status of the run', async () =>
    expect(await call('--start')).toMatchObject({ status: 99, out: '', err: '', run: { start: true } }));

  it.each<[string, object]>([
    ['--rooms 3', { rooms: 3 }],
    ['--participants 9', { groups: [{ count: 9 }] }],
    ['--target janus', { target: 'janus' }],
    ['--duration 1h30m', { duration: 5_400_000 }],
    ['--ramp 20/s', { ramp: { rate: 20, concurrency: 8, order: 'rooms' } }],
    ['--ramp all --rooms 5', { ramp: { concurrency: 20, order: 'rooms' } }],
    ['--concurrency 3', { ramp: { concurrency: 3, order: 'rooms' } }],
    ['--seed 42', { seed: 42 }],
    ['--audio off', { groups: [{ audio: 'off', video: { codec: 'vp8' } }] }],
    ['--video off', { groups: [{ audio: 'turns', video: null }] }],
    ['--video h264', { groups: [{ video: { codec: 'h264', layers: 3, height: 720, fps: 30 } }] }],
    ['--video vp8:360p15', { groups: [{ video: { codec: 'vp8', layers: 2, height: 360, fps: 15 } }] }],
    ['--video vp9', { groups: [{ video: { codec: 'vp9', layers: 1 } }] }],
    ['--layers 1', { groups: [{ video: { codec: 'vp8', layers: 1, height: 720 } }] }],
    ['--video vp8:720p --layers 2', { groups: [{ video: { layers: 2 } }] }],
    ['--subscribe-video 4', { groups: [{ subscribe: { audio: 'all', video: 4 } }] }],
    ['--subscribe-video none', { groups: [{ subscribe: { audio: 'all', video: 'none' } }] }],
    ['--tiles 9', { groups: [{ subscribe: { tiles: { count: 9, width: 426, height: 240 } } }] }],
    ['--tiles 4@320x180', { groups: [{ subscribe: { tiles: { count: 4, width: 320, height: 180 } } }] }],
    ['--loudness noise --no-dynacast', { groups: [{ publish: { loudness: 'noise', dynacast: false } }] }],
    ['--loss 2% --downlink 2Mbps', { groups: [{ network: { loss: 0.02, downlink: 2_000_000 } }] }],
    ['--viewers 100', { name: 'webinar', groups: [{ count: 2 }, { count: 100, video: null }] }],
    ['--publishers 3', { name: 'webinar', groups: [{ name: 'publishers', count: 3 }, { count: 50 }] }],
    ['--scenario webinar --participants 30', { groups: [{ count: 2 }, { count: 28 }] }],
    ['--scenario webinar --video h264', { groups: [{ video: { codec: 'h264' } }, { video: null }] }],
    ['--scenario thundering-join', { ramp: { concurrency: 40, order: 'rooms' } }],
  ])('%s is put into the scenario', async (line, expected) =>
    expect((await run(`--start ${line}`)).scenario).toMatchObject(expected),
  );

  it.each<[string, object]>([
    ['--processes 3', { processes: 3 }],
    [
      '--agents localhost:7000,[::1]:7001 --agents-key k',
      {
        agents: [
          { host: 'localhost', port: 7000 },
          { host: '::1', port: 7001 },
        ],
        agentsKey: 'k',
      },
    ],
    ['--canary', { canaries: 1 }],
    ['--canary 3', { canaries: 3 }],
    ['--out reports', { out: 'reports' }],
    ['--json --no-live --quiet', { json: true, live: false, quiet: true }],
    ['--no-policies', { forwarding: { policies: false } }],
    ['--loudest 2 --last-n 0', { forwarding: { loudest: 2, lastN: 0 } }],
    ['--token abc', { access: { token: 'abc' } }],
    ['--api-key k --api-secret s', { access: { apiKey: 'k', apiSecret: 's' } }],
  ])('%s is an option of the run', async (line, expected) =>
    expect(await run(`--start ${line}`)).toMatchObject(expected),
  );

  it('takes key and secret from the environment, and flags before it', async () => {
    const env = { PARLEY_API_KEY: 'k', PARLEY_API_SECRET: 's', LOADTEST_AGENTS_KEY: 'a' };
    expect(await run('--start', env)).toMatchObject({
      access: { apiKey: 'k', apiSecret: 's' },
      agentsKey: 'a',
    });
    expect(await run('--start --token t', env)).toMatchObject({ access: { token: 't' } });
    expect(await run('--start --api-key other', env)).toMatchObject({ access: { apiKey: 'other' } });
  });

  it('lays flags over a file', async () => {
    const file = join(folder, 'mine.yaml');
    const line = ['--start', '--scenario', file, '--rooms', '7', '--threshold', 'join.p95 < 3s'];
    const { scenario } = await run([...line, '--threshold', 'join.max<9s']);
    expect(scenario).toMatchObject({
      name: 'mine',
      rooms: 7,
      duration: 5000,
      thresholds: ['errors<=0', 'join.p95 < 3s', 'join.max<9s'],
    });
    expect((await run([...line, '--threshold', 'none'])).scenario.thresholds).toEqual(['join.p95 < 3s']);
  });

  it('takes a URL out of a file, and the server that it starts instead', async () => {
    const file = join(folder, 'far.yaml');
    expect((await run(['--scenario', file, '--yes'])).scenario.url).toBe('https://far.test');
    expect((await run(['--scenario', file, '--start'])).scenario.url).toBeNull();
  });

  it('takes clips that are there', async () =>
    expect(await run(['--start', '--video-clip', join(folder, 'clip.bin')])).toMatchObject({
      videoClip: join(folder, 'clip.bin'),
    }));
});

describe('the search for a limit', () => {
  it('counts participants of a room, or rooms', async () => {
    const people = (await call('--start --find-limit --from 4 --to 64 --step 2')).findLimit!;
    expect(people).toMatchObject({ what: 'participants', from: 4, to: 64, step: 2 });
    expect(people.scenarioFor(12)).toMatchObject({ rooms: 1, groups: [{ count: 12 }] });
    const rooms = (await call('--start --find-limit rooms --ramp all')).findLimit!;
    expect(rooms).toMatchObject({ what: 'rooms', from: 1, to: 1000, step: 1 });
    expect(rooms.scenarioFor(12)).toMatchObject({ rooms: 12, ramp: { concurrency: 48 } });
  });

  it('adds viewers to a webinar', async () => {
    const plan = (await call('--start --find-limit --viewers 10 --publishers 3')).findLimit!;
    expect(plan.from).toBe(4);
    expect(plan.scenarioFor(20)).toMatchObject({ groups: [{ count: 3 }, { count: 17 }] });
  });
});

describe('the other commands', () => {
  it('compare two reports', async () => {
    const file = join(folder, 'mine.yaml');
    expect((await call(['compare', file, file])).compare).toEqual([file, file, undefined]);
    const { status, compare } = await call(['compare', file, file, '--out', 'both.html']);
    expect({ status, compare }).toEqual({ status: 0, compare: [file, file, 'both.html'] });
  });

  it.each([
    ['7000', { host: undefined, port: 7000 }],
    ['127.0.0.1:7000', { host: '127.0.0.1', port: 7000 }],
    ['0', { host: undefined, port: 0 }],
    ['[::1]:7000', { host: '::1', port: 7000 }],
  ])('listen on %s as an agent', async (listen, address) => {
    const key = '0123456789abcdef';
    expect((await call(`agent --listen ${listen} --key ${key} --allow a.test --allow ::1`)).agent).toEqual({
      ...address,
      key,
      allow: ['a.test', '::1'],
    });
    expect((await call(`agent --listen ${listen}`, { LOADTEST_AGENTS_KEY: key })).agent).toEqual({
      ...address,
      key,
      allow: [],
    });
  });

  it('list scenarios and metrics', async () => {
    const scenarios = await call('scenarios');
    expect(scenarios.status).toBe(0);
    expect(scenarios.out).toMatch(/^chaos {12}Kills one/);
    expect((await call('scenarios show smoke')).out).toMatch(/^description: Two people/);
    const metrics = await call('metrics');
    expect(metrics.out).toMatch(/^join +join\.p95<800ms +from opening the socket/);
    expect(metrics.out).toContain('Distributions have p50, p90, p95, p99, avg, min, max, count.');
  });

  it('help and tell the version', async () => {
    const help = await call('--help');
    expect(help).toMatchObject({ status: 0, err: '' });
    for (const { flags } of Object.values<RunFlag>(runFlags)) expect(help.out).toContain(flags);
    expect(help.out).toContain('--start --find-limit');
    expect(await call('--version')).toMatchObject({ status: 0, out: `${toolVersion()}\n` });
  });

  it('have flags whose names are those of their values', () => {
    for (const name of Object.keys(runFlags)) {
      const camel = longName(name)
        .replace(/^--(no-)?/, '')
        .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      expect(camel).toBe(name);
    }
  });
});
