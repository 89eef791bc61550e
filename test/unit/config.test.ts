import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, type Config } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';
import { helpText } from '../../src/settingTexts.ts';

const directory = mkdtempSync(join(tmpdir(), 'parley-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const madeUp = { apiKey: 'made', apiSecret: 'up' };

function load(env: NodeJS.ProcessEnv, argv: string[] = []): Config {
  const invocation = loadConfig({ argv, env, makeCredentials: () => madeUp });
  if (invocation.show !== undefined) throw new Error('nothing was loaded');
  return invocation.config;
}

function problems(env: NodeJS.ProcessEnv, argv: string[] = []): readonly string[] {
  try {
    load(env, argv);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(load({})).toMatchObject({
      port: 3000,
      rtcPort: 20_000,
      logLevel: 'info',
      gracePeriod: 45_000,
      iceServers: [],
      production: false,
    });
  });

  it('takes every setting from the environment', () => {
    const env = {
      PARLEY_PORT: '8080',
      PARLEY_WORKERS: '3',
      PARLEY_OPEN: 'false',
      PARLEY_ANNOUNCED_ADDRESS: '203.0.113.7, 2001:db8::7',
      PARLEY_ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]',
      PARLEY_HOST: '',
    };
    expect(load(env)).toMatchObject({
      port: 8080,
      workers: 3,
      open: false,
      announcedAddresses: ['203.0.113.7', '2001:db8::7'],
      iceServers: [{ urls: 'stun:stun.example.org' }],
    });
    expect(load(env).host).toBeUndefined();
  });

  it('reads YAML and JSON files, and lets the environment win', () => {
    const yaml = file('parley.yaml', 'port: 4000\nworkers: 2\nannouncedAddresses: [192.0.2.1]\n');
    const json = file('parley.json', '{"port": 5000, "open": true}');
    expect(load({ PARLEY_WORKERS: '7' }, ['--config', yaml])).toMatchObject({
      port: 4000,
      workers: 7,
      announcedAddresses: ['192.0.2.1'],
    });
    expect(load({}, ['--config', json])).toMatchObject({ port: 5000, open: true });
  });

  it('makes up key and secret in development, and is open then', () => {
    expect(load({})).toMatchObject({ ...madeUp, generatedCredentials: true, open: true });
  });

  it('is closed once a key is given, unless told otherwise', () => {
    const env = { PARLEY_API_KEY: 'meet', PARLEY_API_SECRET: 'short' };
    expect(load(env)).toMatchObject({ apiKey: 'meet', generatedCredentials: false, open: false });
    expect(load({ ...env, PARLEY_OPEN: 'true' }).open).toBe(true);
  });

  it('refuses production without a real secret, unless the server is to be open', () => {
    const production = { NODE_ENV: 'production' };
    expect(problems(production)).toEqual([expect.stringContaining('PARLEY_API_SECRET')]);
    const short = { ...production, PARLEY_API_KEY: 'meet', PARLEY_API_SECRET: 'x'.repeat(31) };
    expect(problems(short)).toEqual([expect.stringContaining('32 bytes')]);
    expect(load({ ...short, PARLEY_API_SECRET: 'x'.repeat(32) })).toMatchObject({ open: false });
    expect(load({ ...production, PARLEY_OPEN: 'true' })).toMatchObject({ open: true });
    expect(problems({ ...short, PARLEY_OPEN: 'true' })).toEqual([expect.stringContaining('32 bytes')]);
  });

  it('lists every problem at once, and never shows a secret', () => {
    const found = problems({
      PARLEY_PORT: '70000',
      PARLEY_WORKERS: 'many',
      PARLEY_LOG_LEVEL: 'loud',
      PARLEY_ICE_SERVERS: '{',
      PARLEY_PROT: '1',
      PARLEY_API_SECRET: 'hush-hush',
      PARLEY_TLS_CERT: 'cert.pem',
    });
    expect(found).toEqual([
      expect.stringContaining('did you mean PARLEY_PORT?'),
      expect.stringMatching(/^PARLEY_PORT: .*65535.*"70000"/),
      expect.stringMatching(/^PARLEY_WORKERS: .*"many"/),
      expect.stringMatching(/^PARLEY_LOG_LEVEL: must be silent/),
      expect.stringMatching(/^PARLEY_ICE_SERVERS: must be a JSON list/),
      expect.stringMatching(/^PARLEY_API_SECRET: .*PARLEY_API_KEY/),
      expect.stringMatching(/^PARLEY_TLS_CERT: .*PARLEY_TLS_KEY/),
    ]);
    expect(found.join()).not.toContain('hush');
  });

  it('names what is wrong with a file', () => {
    expect(problems({}, ['--config', join(directory, 'none.yaml')])).toEqual([
      expect.stringContaining('ENOENT'),
    ]);
    expect(problems({}, ['--config', file('list.yaml', '- a')])).toEqual([
      expect.stringContaining('mapping'),
    ]);
    expect(problems({}, ['--config', file('bad.json', '{')])).toHaveLength(1);
    expect(problems({}, ['--config', file('wrong.yaml', 'port: -1')])).toEqual([
      expect.stringMatching(/wrong\.yaml: port: must be a whole number/),
    ]);
    expect(problems({}, ['--config', file('typo.yaml', 'prot: 1')])).toEqual([
      expect.stringContaining('did you mean port?'),
    ]);
  });

  it('takes numbers for numbers only', () => {
    for (const value of [' ', '1e3', '0x10', '1.5', '+5', 'true', '99999999999999999999']) {
      expect(problems({ PARLEY_PORT: value })).toEqual([
        expect.stringMatching(/^PARLEY_PORT: must be a whole/),
      ]);
    }
    for (const value of ['true', '[]', '[3000]', '1.5', '{a: 1}']) {
      expect(problems({}, ['--config', file('number.yaml', `port: ${value}`)])).toHaveLength(1);
    }
    expect(load({ PARLEY_PORT: ' 8080 ' }).port).toBe(8080);
  });

  it('says in a line what is wrong with a value that contains itself', () => {
    expect(problems({}, ['--config', file('circle.yaml', 'port: &a\n  x: *a')])).toEqual([
      expect.stringMatching(/^[^\n]*circle\.yaml: port: must be a whole number[^\n]*$/),
    ]);
  });

  it('refuses ICE servers that a browser would refuse, and shows no credential', () => {
    const refused = [
      { urls: 5, credential: 'hush' },
      { urls: [] },
      { urls: 'http://example.org' },
      { urls: 'stun:example.org', password: 'hush' },
      { urls: 'turn:example.org' },
    ];
    for (const server of refused) {
      const found = problems({ PARLEY_ICE_SERVERS: JSON.stringify([server]) });
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain('hush');
    }
    const turn = { urls: ['turns:[2001:db8::7]:5349?transport=tcp'], username: 'ann', credential: 'hush' };
    expect(load({ PARLEY_ICE_SERVERS: JSON.stringify([turn]) }).iceServers).toEqual([turn]);
  });

  it('refuses what no browser sends as an origin', () => {
    for (const value of ['https://www.example.com/', 'www.example.com', 'https://WWW.example.com']) {
      expect(problems({ PARLEY_ALLOWED_ORIGINS: value })).toHaveLength(1);
    }
    const allowed = ['https://www.example.com:8443', 'capacitor://localhost', '*'];
    expect(load({ PARLEY_ALLOWED_ORIGINS: allowed.join() }).allowedOrigins).toEqual(allowed);
  });

  it('refuses addresses that cannot be announced, and passes over variables of the set-up', () => {
    expect(problems({ PARLEY_ANNOUNCED_ADDRESS: '0.0.0.0' })).toEqual([
      expect.stringContaining('PARLEY_ANNOUNCED_ADDRESS'),
    ]);
    expect(problems({ PARLEY_CACHE_DIR: directory })).toEqual([]);
  });

  it('refuses media ports beyond the last one', () => {
    expect(problems({ PARLEY_RTC_PORT: '65535', PARLEY_WORKERS: '2' })).toEqual([
      expect.stringContaining('PARLEY_RTC_PORT'),
    ]);
    expect(problems({ PARLEY_RTC_PORT: '65534', PARLEY_WORKERS: '2' })).toEqual([]);
  });

  it('takes what makes a process a node of a cluster', () => {
    const env = {
      PARLEY_REDIS_URL: 'rediss://parley:hush@redis.example.org:6380/2',
      PARLEY_NODE_ADDRESS: '2001:db8::7',
      PARLEY_NODE_ID: 'north-1',
      PARLEY_PIPE_PORTS: '40000-40999',
      PARLEY_REGION: 'eu-west',
    };
    expect(load(env)).toMatchObject({
      redisUrl: env.PARLEY_REDIS_URL,
      nodeAddress: '2001:db8::7',
      nodeId: 'north-1',
      pipePorts: { min: 40_000, max: 40_999 },
      region: 'eu-west',
    });
    expect(load({})).toMatchObject({ nodeId: expect.stringMatching(/^[\w.-]{1,64}$/) });
    expect(load({}).redisUrl).toBeUndefined();
  });

  it('refuses what is no range of ports', () => {
    for (const range of ['40000', '2-1', '0-9', '1-65536', 'a-b', '1-2-3']) {
      expect(() => load({ PARLEY_PIPE_PORTS: range })).toThrow(ConfigError);
    }
  });

  it('refuses what cannot be a Redis, and never shows its password', () => {
    for (const url of [
      'redis.example.org:6379',
      'http://:hush@redis.example.org',
      'redis://:hush@redis.example.org/zero',
      'redis://:hush@redis.example.org/0?maxRetriesPerRequest=1',
      'redis://',
    ]) {
      const found = problems({ PARLEY_REDIS_URL: url });
      expect(found).toEqual([expect.stringMatching(/^PARLEY_REDIS_URL: must be such as redis:/)]);
      expect(found.join()).not.toContain('hush');
    }
    for (const url of ['redis://localhost', 'redis://[::1]:6379', 'redis://user:p%40ss@10.0.0.1:7000/15']) {
      expect(problems({ PARLEY_REDIS_URL: url })).toEqual([]);
    }
  });

  it('refuses addresses and labels that are of no use to other nodes', () => {
    for (const address of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0', 'node.example.org', '10.0.0', '10.0.0.1:80']) {
      expect(problems({ PARLEY_NODE_ADDRESS: address })).toEqual([
        expect.stringMatching(/^PARLEY_NODE_ADDRESS: must be an IP address/),
      ]);
    }
    for (const value of ['-a', 'a b', 'a:b', 'x'.repeat(65)]) {
      expect(problems({ PARLEY_NODE_ID: value, PARLEY_REGION: value })).toHaveLength(2);
    }
  });

  it('answers --help and --version, and refuses other flags', () => {
    const show = (argv: string[]) => loadConfig({ argv, env: {}, makeCredentials: () => madeUp }).show;
    expect(show(['--help'])).toBe('help');
    expect(show(['--version'])).toBe('version');
    expect(problems({}, ['--bogus'])).toHaveLength(1);
    expect(load({}, ['--https']).https).toBe(true);
    for (const { env } of Object.values(settings)) expect(helpText()).toContain(env);
  });
});
