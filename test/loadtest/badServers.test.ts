import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { exitStatusOf } from '../../loadtest/exitStatus.ts';
import type { RunResult } from '../../loadtest/results/runResult.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { errorsOf, run, scenarioOf, startServer, udpPortsOf, watched } from './support/loadRun.ts';

/** ms; the usual 15 s are for networks that are worse than this machine. */
const deadline = 1500;
/** ms within which a run of nothing but failed joins is over, whatever the machine does besides. */
const BOUND = 30_000;

const listeners: Server[] = [];
const open = new Set<Socket>();
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  for (const socket of open) socket.destroy();
});

async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const listener = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  listeners.push(listener);
  await once(listener, 'listening');
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

function expectNobody(result: RunResult): void {
  expect(exitStatusOf(result)).toBe(3);
  expect(result.metrics['join.failed']).toMatchObject({ value: 1 });
  expect(result.took).toBeLessThan(BOUND);
}

describe('a server', () => {
  it('that is not there fails all joins', async () => {
    const url = await listen(() => undefined);
    listeners.splice(0)[0]!.close();
    const result = await run(scenarioOf(), url, { deadline });
    expect(errorsOf(result)).toEqual(['connect unavailable 2']);
    expectNobody(result);
  }, 60_000);

  it('that is something else fails all joins', async () => {
    const url = await listen((socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
    const result = await run(scenarioOf(), url, { deadline });
    expect(errorsOf(result)).toEqual(['connect unavailable 2']);
    expectNobody(result);
  }, 60_000);

  it('that takes connections and never answers fails all joins in time', async () => {
    const result = await run(scenarioOf(), await listen(() => undefined), { deadline });
    expect(errorsOf(result)).toEqual(['connect timeout 2']);
    expectNobody(result);
  }, 60_000);

  describe('that lets nobody in without a token', () => {
    const secret = 'a-secret-for-the-test-that-is-long-enough';
    let server: ServerUnderTest;
    beforeAll(async () => {
      server = await startServer({
        PARLEY_API_KEY: 'testkey',
        PARLEY_API_SECRET: secret,
        PARLEY_OPEN: 'false',
      });
    }, 60_000);
    afterAll(() => server.stop());

    it('says unauthorized', async () => {
      const result = await run(scenarioOf(), server.url, { deadline });
      expect(errorsOf(result)).toEqual(['join unauthorized 2']);
      expectNobody(result);
    }, 60_000);

    it('says so of a token that somebody else signed', async () => {
      const access = { apiKey: 'testkey', apiSecret: 'another-secret-that-is-long-enough-too' };
      const result = await run(scenarioOf(), server.url, { deadline, access });
      expect(errorsOf(result)).toEqual(['join unauthorized 2']);
      expectNobody(result);
    }, 60_000);

    it('lets bots in with one', async () => {
      const access = { apiKey: 'testkey', apiSecret: secret };
      const result = await run(scenarioOf({ duration: 2000 }), server.url, { deadline, access });
      expect(errorsOf(result)).toEqual([]);
      expect(exitStatusOf(result)).toBe(0);
    }, 60_000);
  });

  it('whose media ports are blocked fails all joins by ICE', async () => {
    const server = await startServer();
    const ports = server.pids().flatMap(({ pid }) => udpPortsOf(pid));
    const rules = ports.map((port) => ['INPUT', '-p', 'udp', '--dport', String(port), '-j', 'DROP']);
    try {
      for (const rule of rules) iptables('-I', ...rule);
    } catch (error) {
      await server.stop();
      console.error(`NOT TESTED: blocked media ports, which takes root and iptables: ${String(error)}`);
      return;
    }
    try {
      const result = await run(scenarioOf(), server.url, { deadline });
      const errors = errorsOf(result);
      // Both transports of a bot, unless the first that failed ended the other.
      expect(errors.map((error) => error.replace(/\d+$/, ''))).toContain('ice timeout ');
      expect(errors.every((error) => error.startsWith('ice timeout'))).toBe(true);
      expectNobody(result);
    } finally {
      for (const rule of rules) iptables('-D', ...rule);
      await server.stop();
    }
  }, 90_000);

  it.each([
    ['on this machine', true],
    ['elsewhere', false],
  ])(
    '%s that dies in the middle breaks the run',
    async (_where, isWatched) => {
      const server = await startServer();
      const pids = server.pids().map(({ pid }) => pid);
      let killed = false;
      const result = await run(scenarioOf({ duration: 20_000 }), server.url, {
        deadline: 3000,
        server: isWatched ? watched(server) : null,
        onSnapshot: ({ phase, latest }) => {
          if (killed || phase !== 'running' || !latest || latest.joined < 2) return;
          killed = true;
          for (const pid of pids) process.kill(pid, 'SIGKILL');
        },
      });
      await server.stop();
      expect(killed).toBe(true);
      expect(errorsOf(result)).toEqual(
        isWatched ? expect.arrayContaining(['server lost 1', 'inRoom lost 2']) : ['inRoom lost 2'],
      );
      expect(result.metrics['lost']).toMatchObject({ value: 2 });
      expect(exitStatusOf(result)).toBe(99);
      // It does not load nobody to the end.
      expect(result.took).toBeLessThan(19_000 + BOUND);
    },
    90_000,
  );
});

function iptables(...args: string[]): void {
  execFileSync('iptables', ['-w', ...args], {
    stdio: 'pipe',
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
}
