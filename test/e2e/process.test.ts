import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/workers/freePort.ts';
import { rtpCapabilities } from '../support/fabricatedMedia.ts';
import { isRunning, residentMemory, until } from '../support/processes.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

const servers: ServerProcess[] = [];

async function start(env?: Record<string, string>): Promise<ServerProcess> {
  const server = await ServerProcess.start(env);
  servers.push(server);
  return server;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.kill();
});

describe('the server process', () => {
  it('ends on SIGINT at once, with status 0 and no worker left, also with people in it', async () => {
    const server = await start();
    const peer = await new SignalingPeer(server.url).connected();
    await peer.request('join', { room: 'standup' });
    expect(await server.stop('SIGINT')).toEqual({ status: 0, leftovers: [] });
    expect(await peer.event('removed')).toEqual({ reason: 'serverClosed' });
    peer.close();
  });

  it('ends with status 0 and no worker left when the signal comes while it starts', async () => {
    const server = await ServerProcess.start({ PARLEY_LOG_LEVEL: 'info' }, { said: /worker started/ });
    servers.push(server);
    const workers = server.workers;
    expect(workers.length).toBeGreaterThan(0);
    expect(await server.end('SIGTERM')).toBe(0);
    await until('the workers are gone', () => !workers.some(isRunning));
  });

  it('ends with status 0 and no worker left when the signal comes twice', async () => {
    const server = await start();
    const workers = server.workers;
    expect(await server.end('SIGINT', 'SIGINT', 'SIGTERM')).toBe(0);
    expect(workers.filter(isRunning)).toEqual([]);
  });

  it('goes on when nobody reads what it says any more', async () => {
    const port = await freePort(['127.0.0.1']);
    const server = await ServerProcess.start(
      { PARLEY_PORT: `${port}`, PARLEY_LOG_LEVEL: 'info' },
      { said: /worker started/ },
    );
    servers.push(server);
    server.stopReading();
    const isHealthy = async () =>
      (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok;
    while (!(await isHealthy())) await new Promise((resolve) => setTimeout(resolve, 20));
    // By now it has said that it listens.
    expect(await isHealthy()).toBe(true);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('says in one line that its port is in use', async () => {
    const { url } = await start();
    await expect(start({ PARLEY_PORT: new URL(url).port })).rejects.toThrow(
      /status 1: .*cannot listen on .*the port is in use\n$/s,
    );
  });

  it('places two rooms on two workers', async () => {
    const server = await start();
    const peers = await Promise.all(
      ['a', 'b'].map(async (room) => {
        const peer = await new SignalingPeer(server.url).connected();
        const { media } = await peer.request('join', { room });
        return { peer, port: media.sendTransport.iceCandidates[0]?.port };
      }),
    );
    expect(new Set(peers.map(({ port }) => port)).size).toBe(2);
    expect((await server.ready()).workers.map(({ routers }) => routers)).toEqual([1, 1]);
    for (const { peer } of peers) peer.close();
  });

  it('has the same counts and flat memory after 500 joins and leaves', async () => {
    const server = await start({
      PARLEY_EMPTY_ROOM_GRACE: '0',
      PARLEY_GRACE_PERIOD: '50',
      // With room to grow the heap grows, leak or not.
      NODE_OPTIONS: '--max-old-space-size=56 --max-semi-space-size=2',
    });
    const cycle = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 10) {
        await Promise.all(
          Array.from({ length: 10 }, async (_, lane) => {
            const peer = await new SignalingPeer(server.url).connected();
            await peer.request('join', { room: `room-${lane % 3}` });
            await peer.raw('consume', { producerIds: ['none'], rtpCapabilities });
            // Some go without a word.
            if (lane % 4 !== 0) await peer.request('leave', {});
            peer.close();
          }),
        );
      }
    };
    const empty = async (): Promise<void> => {
      for (;;) {
        const { rooms, peers, workers } = await server.ready();
        if (rooms === 0 && peers === 0 && workers.every(({ routers }) => routers === 0)) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const { workers } = await server.ready();
    const processes = [server.pid, ...workers.map(({ pid }) => pid)];
    await cycle(500);
    await empty();
    const before = processes.map(residentMemory);
    await cycle(500);
    await empty();
    const growth = processes.map((pid, i) => (residentMemory(pid) - (before[i] ?? 0)) / 2 ** 20);
    const shown = growth.map((mib) => mib.toFixed(1)).join(', ');
    console.info(`resident memory grew by ${shown} MiB (server, workers) over 500 joins and leaves`);
    // A peer left behind, with its transports on both sides, costs more than 20 KB.
    for (const mib of growth) expect(mib).toBeLessThan(10);
  }, 120_000);
});
