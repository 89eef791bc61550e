import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCli, type Commands } from '../../loadtest/cli.ts';
import { call, names, run } from './support/callCli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadtest-'));
  writeFileSync(join(folder, 'wrong.yaml'), 'rooms: 2\nvideo:\n  codec: av1\n');
  writeFileSync(join(folder, 'far.yaml'), 'url: https://far.test\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('wrong usage', () => {
  it.each([
    ['', 'no server is named: give --url http://localhost:3000, or --start for one of this machine’s own'],
    ['--url localhost:3000', '--url: "localhost:3000" is no URL such as http://localhost:3000'],
    ['--url ws://localhost', '--url: "ws://localhost" is no URL such as http://localhost:3000'],
    ['--url http://nowhere.test', '--url: nowhere.test has no address'],
    ['--url http://localhost --start', '--url and --start exclude each other'],
    ['--start --rooms 0', '--rooms: must be a whole number from 1 to 10000'],
    ['--start --duration 60', '--duration: must be a duration such as 500ms, 60s, 2m or 1h30m'],
    ['--start --video av1', '--video: must be off, a codec (vp8, h264, vp9) or a form such as vp8:720p30x3'],
    ['--start --video vp9 --layers 2', '--layers: must be 1: VP9 is sent without simulcast'],
    ['--start --video vp8:360p30x3', '--video: must be 1 to 2: 360p has 2 at most'],
    ['--start --scenario town-hall --layers 2', '--layers: nobody sends video'],
    ['--start --tiles 0', '--tiles: must be a number of tiles such as 9, or with a size such as 9@320x180'],
    ['--start --loudness loud', '--loudness: must be one of constant, noise'],
    ['--url http://localhost --loudest 2', '--loudest: needs --start'],
    ['--url http://localhost --no-policies', '--no-policies: needs --start'],
    ['--start --target janus --last-n 2', '--last-n: janus has no such policy'],
    ['--start --loss 2', '--loss: must be a share such as 2% or 0.02'],
    ['--start --ramp fast', '--ramp: must be all, or a number of joins a second such as 20/s'],
    [
      '--start --threshold join<1s',
      'join is a distribution: say which part of it is meant, such as join.p95',
    ],
    [
      '--start --scenario webinar --participants 2',
      '--participants: must be more than 2 (2 publishers and the viewers)',
    ],
    [
      '--start --scenario conference --viewers 2',
      '--viewers: conference has no group of that name, as webinar has',
    ],
    [
      '--start --scenario confrence',
      '--scenario: there is no scenario confrence (did you mean "conference"?)',
    ],
    ['--start --scenario none.yaml', '--scenario: there is no file none.yaml'],
    [
      '--url http://localhost --scenario chaos',
      'chaos: killWorker needs a server that the tool started itself (--start)',
    ],
    ['--start --from 3', '--from: needs --find-limit'],
    ['--start --find-limit peers', '--find-limit: must be one of participants, rooms'],
    ['--start --find-limit --from 9 --to 3', '--from: must not be more than --to (3)'],
    ['--start --agents a.test', '--agents: must be host:port, separated by commas'],
    ['--start --agents a.test:1', '--agents: needs --agents-key, or LOADTEST_AGENTS_KEY'],
    [
      '--start --agents-key k --agents 127.0.0.1:1 --audio-clip package.json',
      '--audio-clip: agents have the built-in clips alone',
    ],
    [
      '--start --agents-key k --agents far.test:1',
      '--agents: the server of --start has a loopback address, which for the agent far.test is that machine',
    ],
    ['--start --api-key k', '--api-key: needs --api-secret, or PARLEY_API_SECRET'],
    ['--start --token t --api-key k', '--token excludes --api-key and --api-secret'],
    ['--start --video-clip none.bin', 'there is no file none.bin'],
    ['--start --target zoom', '--target: must be one of parley, mediasoup, janus, whip, whep'],
    ['--start --room 3', "unknown option '--room' (Did you mean --rooms?)"],
    ['--start --rooms', "option '--rooms <N>' argument missing"],
    ['compair', 'there is no command compair (did you mean "compare"?)'],
    ['compare a.json', "missing required argument 'after'"],
    ['compare none-a.json none-b.json', 'there is no file none-a.json'],
    ['agent', "required option '--listen <[HOST:]PORT>' not specified"],
    [
      'agent --listen 7000 --key 0123456789abcdef --allow http://a.test',
      '--allow: "http://a.test" is no host',
    ],
    ['agent --listen x --key 0123456789abcdef', '--listen: must be a port, or host:port'],
    ['agent --listen 7000 --key short', '--key: must have 16 letters or more (or LOADTEST_AGENTS_KEY)'],
    ['scenarios show webniar', 'there is no scenario webniar (did you mean "webinar"?)'],
  ])('%p is status 2 and says what to do', async (line, message) => {
    const { status, err, out, ...rest } = await call(line);
    expect(err).toContain(message);
    expect(err).toMatch(/^parley-loadtest: .*\nSee parley-loadtest --help\.\n$/s);
    expect({ status, out, ...rest }).toEqual({ status: 2, out: '' });
  });

  it('is told all at once', async () => {
    const { err } = await call('--start --rooms 0 --loss much --threshold x<1');
    expect(err.split('\n').slice(0, 4)).toEqual([
      'parley-loadtest: 3 problems',
      '  --rooms: must be a whole number from 1 to 10000',
      '  --loss: must be a share such as 2% or 0.02',
      '  --threshold: threshold "x<1": there is no metric x',
    ]);
  });

  it('of a file names its lines', async () => {
    const file = join(folder, 'wrong.yaml');
    const { status, err } = await call(['--start', '--scenario', file]);
    expect(status).toBe(2);
    expect(err).toContain(`${file}:3:10 video.codec: must be one of vp8, h264, vp9`);
  });

  it('is not what a command throws', async () => {
    const commands = { run: () => Promise.reject(new Error('boom')) } as unknown as Commands;
    const silent = { env: {}, stdout: () => undefined, stderr: () => undefined, names };
    await expect(runCli(['--start'], { commands, ...silent })).rejects.toThrow('boom');
  });
});

describe('a server that is not this machine', () => {
  it.each(['http://far.test', 'https://both.test:8443/x', 'http://203.0.113.5', 'http://[2001:db8::1]:3000'])(
    '%s is not loaded without --yes',
    async (url) => {
      const refused = await call(`--url ${url} --rooms 3`);
      expect(refused).toMatchObject({ status: 2 });
      expect(refused.run).toBeUndefined();
      expect(refused.err).toContain(
        `${url} is not this machine: 12 participants in 3 rooms would load it for 30s (conference). ` +
          'Add --yes if you may load it.',
      );
      expect((await run(`--url ${url} --yes`)).scenario.url).toBe(url);
    },
  );

  it('is told how far a search may go', async () =>
    expect((await call('--url http://far.test --find-limit --to 50')).err).toContain(
      'up to 50 participants in 1 room would load it for 30s each time (conference)',
    ));

  it('may be named in a file only', async () =>
    expect(await call(['--scenario', join(folder, 'far.yaml')])).toMatchObject({ status: 2 }));

  it.each([
    'localhost',
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '192.0.2.7',
    'me.test',
    '0.0.0.0',
  ])('%s is this machine', async (host) =>
    expect((await run(`--url http://${host}:3000`)).scenario.url).toBe(`http://${host}:3000`),
  );

  it('is not an agent that would take localhost for itself', async () => {
    const agents = '--agents-key k --agents';
    const { status, err } = await call(`--url http://localhost:3000 ${agents} far.test:7000`);
    expect(status).toBe(2);
    expect(err).toContain(
      '--agents: localhost has a loopback address, which for the agent far.test is that machine itself',
    );
    expect((await run(`--url http://localhost:3000 ${agents} 127.0.0.1:7000`)).agents).toHaveLength(1);
  });
});
