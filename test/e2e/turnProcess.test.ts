import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/workers/freePort.ts';
import { commandLine, descendants, descendantsRunning, isRunning, until } from '../support/processes.ts';
import { ServerProcess } from '../support/serverProcess.ts';

let server: ServerProcess | undefined;

afterEach(() => {
  server?.kill();
  server = undefined;
});

async function started(env: Record<string, string> = {}): Promise<ServerProcess> {
  server = await ServerProcess.start({
    PARLEY_TURN: 'managed',
    PARLEY_TURN_PORT: String(await freePort(['127.0.0.1'])),
    PARLEY_TURN_RELAY_PORTS: '30000-30099',
    ...env,
  });
  return server;
}

/** Its TURN server, and what guards it. */
function turnProcesses(): number[] {
  const pid = server?.pid ?? 0;
  const guards = descendants(pid).filter((child) => commandLine(child).includes('parley-turn'));
  const turnservers = descendantsRunning('turnserver', pid);
  expect([guards.length > 0, turnservers.length]).toEqual([true, 1]);
  return [...guards, ...turnservers];
}

const isOver = (pid: number): boolean => !isRunning(pid) || commandLine(pid).length <= 1;
const filesOf = (pid: number): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`parley-turn-${pid}-`));

describe('a server with a managed TURN server', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('takes it along when it ends by %s', async (signal) => {
    const { pid } = await started();
    const processes = turnProcesses();
    expect(await server?.stop(signal)).toEqual({ status: 0, leftovers: [] });
    expect(processes.filter((one) => !isOver(one))).toEqual([]);
    expect(filesOf(pid)).toEqual([]);
  });

  it('takes it along when it is killed', async () => {
    const { pid } = await started();
    const processes = turnProcesses();
    await server?.end('SIGKILL');
    await until('all of it to be gone', () => processes.every(isOver));
    expect(filesOf(pid)).toEqual([]);
  });

  it('says in /readyz how it is, and starts it again', async () => {
    const { url, pid } = await started();
    const state = async () => ((await (await fetch(`${url}/readyz`)).json()) as { turn: string }).turn;
    expect(await state()).toBe('running');
    const [former = 0] = descendantsRunning('turnserver', pid);
    process.kill(former, 'SIGKILL');
    await until('another one', () => {
      const [now] = descendantsRunning('turnserver', pid);
      return now !== undefined && now !== former;
    });
    await until('it to answer', async () => (await state()) === 'running');
  });

  it('logs no secret, also when it logs everything', async () => {
    const secret = 'a-secret-for-this-test-alone';
    await started({ PARLEY_TURN_SECRET: secret, PARLEY_LOG_LEVEL: 'debug' });
    expect(server?.output).toContain('turnserver says');
    await server?.end('SIGINT');
    expect(server?.output).not.toContain(secret);
  });

  it('names the package when there is no turnserver', async () => {
    await expect(started({ PATH: '/nowhere' })).rejects.toThrow(
      /status 1: Parley cannot start: PARLEY_TURN=managed needs the program turnserver.*apt-get install .*coturn/,
    );
  });

  it('does not start where its port is taken, and leaves nothing of itself', async () => {
    const { url } = await started();
    // Where its pages are, which are TCP only.
    const { port } = new URL(url);
    await expect(
      ServerProcess.start({
        PARLEY_TURN: 'managed',
        PARLEY_TURN_PORT: port,
        PARLEY_TURN_RELAY_PORTS: '30000-30099',
      }),
    ).rejects.toThrow(`Parley cannot start: TCP port ${port} on 127.0.0.1 is in use; TURN needs it`);
  });
});
