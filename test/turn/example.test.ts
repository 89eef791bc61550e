import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config.ts';
import { answersBinding } from '../../src/turn/stunProbe.ts';
import { USER_QUOTA } from '../../src/turn/turnserverConfig.ts';
import { findProgram } from '../../src/support/findProgram.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { until } from '../support/processes.ts';
import { TurnClient, type TurnLogin } from '../support/turnClient.ts';
import { TURN_SECRET } from '../support/turnServer.ts';

const example = (file: string): string => resolve('examples/turn', file);
/** The media server of the example. */
const SFU = '198.51.100.7';

let directory: string | undefined;
let turnserver: ChildProcess | undefined;
let client: TurnClient | undefined;

afterEach(async () => {
  client?.close();
  if (turnserver) {
    const exited = once(turnserver, 'exit');
    turnserver.kill('SIGKILL');
    await exited;
  }
  if (directory !== undefined) rmSync(directory, { recursive: true });
});

describe('the example of TURN', () => {
  it.each([
    ['managed.yaml', {}, { turn: 'managed', turnTlsPort: 5349 }],
    ['elsewhere.yaml', { PARLEY_TURN_SECRET: TURN_SECRET }, { turn: 'off', turnLifetime: 3_600_000 }],
  ])('has settings in %s that Parley takes', (file, env, expected) => {
    const argv = ['--config', example(file)];
    const invocation = loadConfig({ argv, env, makeCredentials: () => ({ apiKey: 'k', apiSecret: 's' }) });
    expect(invocation).toMatchObject({ config: expected });
  });

  it('has a TURN server that takes its credentials, and relays to the media server alone', async () => {
    const text = readFileSync(example('turnserver.conf'), 'utf8');
    expect(text).toContain(`user-quota=${USER_QUOTA}\n`);
    directory = mkdtempSync(join(tmpdir(), 'parley-test-'));
    const file = join(directory, 'turnserver.conf');
    const filledIn = text.replace('SECRET\nrealm', `${TURN_SECRET}\nrealm`).replace('RELAY_IP', '127.0.0.1');
    expect(filledIn).not.toMatch(/=[A-Z_]+$/m);
    writeFileSync(file, filledIn, { mode: 0o600 });
    const port = await freePort(['127.0.0.1']);
    const place = [
      '--listening-ip',
      '127.0.0.1',
      '--listening-port',
      String(port),
      '--pidfile',
      join(directory, 'pid'),
    ];
    turnserver = spawn(findProgram('turnserver') ?? 'turnserver', ['-c', file, ...place], {
      stdio: 'ignore',
    });
    await until('it to answer', () => answersBinding('127.0.0.1', port));

    const env = { ...process.env, PARLEY_TURN_SECRET: TURN_SECRET };
    const output = execFileSync(process.execPath, [example('credentials.mjs'), 'ann', '60'], { env });
    const login = JSON.parse(output.toString()) as TurnLogin;
    client = await TurnClient.open({ address: '127.0.0.1', port }, login);
    expect(await client.allocate()).toBe('ok');
    expect(await client.createPermission(SFU)).toBe('ok');
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '198.51.100.8']) {
      expect([address, await client.createPermission(address)]).toEqual([address, 403]);
    }
  });
});
