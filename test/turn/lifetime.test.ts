import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findProgram } from '../../src/support/findProgram.ts';
import { ManagedTurn } from '../../src/turn/ManagedTurn.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { commandLine, descendants, descendantsRunning, isRunning, until } from '../support/processes.ts';
import { occupy, TestTurn, TURN_SECRET, turnOptions } from '../support/turnServer.ts';

const SFU = '198.51.100.7';

let turn: TestTurn | undefined;
let directory: string | undefined;

afterEach(async () => {
  await turn?.close();
  turn = undefined;
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
  expect(descendantsRunning('turnserver')).toEqual([]);
  expect(ownFiles()).toEqual([]);
});

const ownFiles = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`parley-turn-${process.pid}-`));
const turnserver = (): number => {
  const [pid, ...others] = descendantsRunning('turnserver');
  expect(others).toEqual([]);
  if (pid === undefined) throw new Error('there is no turnserver');
  return pid;
};
async function started(...args: Parameters<typeof TestTurn.start>): Promise<TestTurn> {
  turn = await TestTurn.start(...args);
  return turn;
}
const allocate = async (server: TestTurn) => (await server.client()).allocate();

/** A program that is turnserver until it is taken away, or something else. */
function script(...lines: string[]): string {
  directory = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const path = join(directory, 'script');
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
}

describe('a managed TURN server', () => {
  it('shows its secret neither on its command line, nor in its environment, nor on the disk', async () => {
    await started(SFU);
    const all = descendants(process.pid);
    expect(all.length).toBeGreaterThan(1);
    expect(ownFiles()).toEqual([]);
    for (const pid of all) {
      expect(commandLine(pid).join(' ')).not.toContain(TURN_SECRET);
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      expect(environment).not.toContain(TURN_SECRET);
    }
    const environment = readFileSync(`/proc/${turnserver()}/environ`, 'utf8').split('\0');
    const names = environment.filter(Boolean).map((entry) => entry.split('=')[0]);
    expect(names.filter((name) => !['PATH', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? ''))).toEqual([]);
  });

  it('is there again after it was killed, for the credentials of before', async () => {
    const server = await started(SFU);
    const login = server.loginOf('ann');
    for (let i = 0; i < 2; i++) {
      const restarted = server.managed.next('restarted');
      const former = turnserver();
      process.kill(former, 'SIGKILL');
      await until('it to be missed', () => server.managed.state === 'restarting');
      expect(server.managed.iceServersFor('ann')).not.toEqual([]);
      await restarted;
      expect(server.managed.state).toBe('running');
      expect(turnserver()).not.toBe(former);
      expect(await (await server.client(login)).allocate()).toBe('ok');
    }
  });

  it('is there again, and only once, after the shell that guards it was killed', async () => {
    const server = await started(SFU);
    const former = turnserver();
    const [guard = 0] = descendants(process.pid).filter((pid) => commandLine(pid).includes('parley-turn'));
    const restarted = server.managed.next('restarted');
    process.kill(guard, 'SIGKILL');
    await restarted;
    await until('the former one to be gone', () => !isRunning(former) || commandLine(former).length === 0);
    expect(turnserver()).not.toBe(former);
    expect(await allocate(server)).toBe('ok');
  });

  it('is given up, which clients and the log are told, when no start helps any more', async () => {
    const program = script(`exec ${findProgram('turnserver') ?? ''} "$@"`);
    const logged: unknown[] = [];
    const options = turnOptions(0, SFU);
    const logger = { ...options.logger, error: (...args: unknown[]) => logged.push(args) };
    const server = await started(SFU, {
      program,
      restartDelays: [0, 10, 20],
      logger: logger as unknown as typeof options.logger,
    });
    const failed = server.managed.next('failed');
    rmSync(program);
    process.kill(turnserver(), 'SIGKILL');
    await failed;
    expect(server.managed.state).toBe('failed');
    expect(server.managed.iceServersFor('ann')).toEqual([]);
    expect(logged).toEqual([[{ attempts: 3 }, expect.stringContaining('gave up')]]);
  });

  it('is not started on a port that somebody else has', async () => {
    const port = await freePort(['127.0.0.1']);
    const other = await occupy(port);
    try {
      await expect(ManagedTurn.start(turnOptions(port, SFU))).rejects.toMatchObject({
        code: 'conflict',
        message: `TCP port ${port} on 127.0.0.1 is in use; TURN needs it`,
      });
    } finally {
      other.free();
    }
    const first = await started(SFU);
    // coturn itself would share it.
    await expect(ManagedTurn.start(turnOptions(first.port, SFU))).rejects.toMatchObject({
      code: 'conflict',
      message: `UDP port ${first.port} on 127.0.0.1 is in use; TURN needs it`,
    });
    expect(first.managed.state).toBe('running');
  });

  it('is not started on an address that is not this machine’s', async () => {
    const options = turnOptions(await freePort(['127.0.0.1']), SFU);
    const plan = { ...options.plan, listening: [SFU] };
    await expect(ManagedTurn.start({ ...options, plan })).rejects.toMatchObject({ code: 'badRequest' });
  });

  it('that ends as it starts tells what it said, without the secret', async () => {
    const program = script(`echo "no way, ${TURN_SECRET}"`, 'exit 7');
    const options = turnOptions(await freePort(['127.0.0.1']), SFU);
    await expect(ManagedTurn.start({ ...options, program })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'turnserver ended: status 7; no way, [secret]',
    });
  });

  it('is gone when it is closed, twice or while it is coming back', async () => {
    const server = await started(SFU);
    const pid = turnserver();
    server.managed.close();
    server.managed.close();
    await server.managed.terminated();
    expect(isRunning(pid)).toBe(false);
    expect(server.managed.iceServersFor('ann')).toEqual([]);

    const program = script(`exec ${findProgram('turnserver') ?? ''} "$@"`);
    const other = await started(SFU, { program, restartDelays: [0] });
    writeFileSync(program, '#!/bin/sh\nexec sleep 60\n');
    process.kill(turnserver(), 'SIGKILL');
    await until('its files', () => ownFiles().length > 0);
    other.managed.close();
    await other.managed.terminated();
    expect(descendantsRunning('sleep')).toEqual([]);
    expect(other.managed.state).toBe('closed');
  });
});
