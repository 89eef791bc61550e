import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../src/support/logger.ts';
import { freePort } from '../../src/workers/freePort.ts';
import type { MediaWorker } from '../../src/workers/MediaWorker.ts';
import { leastLoaded } from '../../src/workers/workerLoad.ts';
import { WorkerPool, type WorkerPoolOptions } from '../../src/workers/WorkerPool.ts';
import { isRunning, until } from '../support/processes.ts';

const pools: WorkerPool[] = [];
const sockets = new Set<Socket>();

async function createPool(options: Partial<WorkerPoolOptions> = {}): Promise<WorkerPool> {
  const pool = await WorkerPool.create({
    count: 2,
    rtcPort: 0,
    announcedAddresses: ['127.0.0.1'],
    logger: silentLogger,
    ...options,
  });
  pools.push(pool);
  return pool;
}

async function takeUdpPort(port: number): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  await once(socket, 'listening');
  return socket;
}

/** As a room does. */
function placeRoom(pool: WorkerPool): MediaWorker {
  const worker = leastLoaded(pool.workers);
  if (!worker) throw new Error('no worker runs');
  worker.expectRoom();
  return worker;
}

const pids = (pool: WorkerPool): number[] => pool.workers.map((worker) => worker.pid);

afterEach(async () => {
  for (const socket of sockets) socket.close();
  for (const pool of pools.splice(0)) {
    const running = pids(pool);
    pool.close();
    await pool.terminated();
    expect(running.filter(isRunning)).toEqual([]);
  }
});

describe('a pool', () => {
  test('runs the workers asked for, on consecutive ports', async () => {
    const rtcPort = await freePort(['127.0.0.1']);
    const pool = await createPool({ count: 2, rtcPort });
    expect(pool.ready).toBe(true);
    expect(pool.status()).toMatchObject([
      { index: 0, port: rtcPort, alive: true, respawns: 0, routers: 0, consumers: 0 },
      { index: 1, port: rtcPort + 1, alive: true, respawns: 0, routers: 0, consumers: 0 },
    ]);
    expect(pool.status().map((status) => status.pid)).toEqual(pids(pool));
  });

  test('counts an expected room, so that two of the same tick go to two workers', async () => {
    const pool = await createPool();
    expect(placeRoom(pool)).not.toBe(placeRoom(pool));
  });

  test('places the next room beside the one that is there already, once that was measured', async () => {
    const pool = await createPool({ watchdog: { intervalMs: 20 } });
    const first = placeRoom(pool);
    await first.createRouter({});
    const measured = () =>
      pool.status().every((worker) => worker.unmeasuredRooms === 0 && worker.cpu < 0.002);
    await until('the room is measured and the workers are idle', measured);
    expect(placeRoom(pool)).not.toBe(first);
  });

  test.each([{ count: 0 }, { count: 1.5 }, { rtcPort: -1 }, { rtcPort: 65_535 }, { rtcPort: NaN }])(
    'refuses %j',
    async (options) => {
      await expect(createPool(options)).rejects.toMatchObject({ code: 'badRequest' });
    },
  );

  test('refuses an announced address that is none', async () => {
    await expect(createPool({ announcedAddresses: ['no address'] })).rejects.toMatchObject({
      code: 'badRequest',
    });
  });

  test('leaves nothing behind when one of its ports is in use', async () => {
    const rtcPort = await freePort(['127.0.0.1']);
    const socket = await takeUdpPort(rtcPort + 1);
    await expect(createPool({ rtcPort })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`UDP port ${rtcPort + 1}`) as unknown,
    });
    socket.close();
    // The first worker's process is gone, so its port is free again.
    await createPool({ count: 1, rtcPort });
  });
});

describe('a pool whose worker is lost', () => {
  test('tells of a killed worker and replaces it on the same ports', async () => {
    const pool = await createPool();
    const [victim] = pool.workers;
    const events: unknown[] = [];
    pool.on('workerDied', ({ worker, reason }) => events.push(['died', worker, reason, pool.workers.length]));
    pool.on('workerReady', ({ worker }) => events.push(['ready', worker.index, worker.port]));
    process.kill(victim!.pid, 'SIGKILL');
    await until('it is replaced', () => events.length === 2);
    expect(events).toEqual([
      ['died', victim, 'crashed', 1],
      ['ready', 0, victim!.port],
    ]);
    expect(pool.workers).toHaveLength(2);
    expect(pool.status()[0]).toMatchObject({ alive: true, respawns: 1 });
    expect(isRunning(victim!.pid)).toBe(false);
  });

  test('replaces a frozen worker', async () => {
    const pool = await createPool({ count: 1, watchdog: { intervalMs: 50, deadlineMs: 100, misses: 1 } });
    const [victim] = pool.workers;
    const reasons: string[] = [];
    pool.on('workerDied', ({ reason }) => reasons.push(reason));
    process.kill(victim!.pid, 'SIGSTOP');
    await until('it is replaced', () => pool.ready && pool.workers[0] !== victim);
    expect(reasons).toEqual(['frozen']);
  });

  test('offers the workers that are left', async () => {
    const pool = await createPool();
    const [victim, other] = pool.workers;
    const died = new Promise((resolve) => pool.once('workerDied', resolve));
    process.kill(victim!.pid, 'SIGKILL');
    await died;
    expect(pool.workers).toEqual([other]);
  });

  test('is not ready until the only worker is back, and can be waited for', async () => {
    const pool = await createPool({ count: 1 });
    const [victim] = pool.workers;
    const died = new Promise((resolve) => pool.once('workerDied', resolve));
    process.kill(victim!.pid, 'SIGKILL');
    await died;
    expect(pool.ready).toBe(false);
    expect(pool.status()).toMatchObject([{ index: 0, alive: false, cpu: 0 }]);
    await expect(pool.readyWithin(1)).rejects.toMatchObject({ code: 'unavailable' });
    await pool.readyWithin(10_000);
    expect(pool.workers).toMatchObject([{ index: 0, closed: false }]);
  });

  test('tries again while the port is held by another process, without spinning', async () => {
    const pool = await createPool({ count: 1 });
    const [victim] = pool.workers;
    const taken = new Promise<Socket>((resolve, reject) => {
      pool.once('workerDied', () => void takeUdpPort(victim!.port).then(resolve, reject));
    });
    process.kill(victim!.pid, 'SIGKILL');
    const socket = await taken;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(pool.ready).toBe(false);
    socket.close();
    await until('it is replaced', () => pool.ready);
    expect(pool.workers[0]?.port).toBe(victim!.port);
  });
});

describe('a closed pool', () => {
  test('has closed every worker and router when close() returns, and can be closed again', async () => {
    const pool = await createPool();
    const { workers } = pool;
    const router = await workers[0]!.createRouter({});
    const died: unknown[] = [];
    pool.on('workerDied', (event) => died.push(event));
    pool.close();
    pool.close();
    expect(router.closed).toBe(true);
    expect(workers.every((worker) => worker.closed)).toBe(true);
    expect(pool.ready).toBe(false);
    await pool.terminated();
    expect(workers.map((worker) => worker.pid).filter(isRunning)).toEqual([]);
    expect(died).toEqual([]);
  });

  test('is never ready', async () => {
    const pool = await createPool({ count: 1 });
    pool.close();
    await expect(pool.readyWithin(1_000)).rejects.toMatchObject({ code: 'invalidState' });
  });

  test('does not let anybody wait for a worker that will not come', async () => {
    const pool = await createPool({ count: 1 });
    const died = new Promise((resolve) => pool.once('workerDied', resolve));
    process.kill(pool.workers[0]!.pid, 'SIGKILL');
    await died;
    const waiting = pool.readyWithin(60_000);
    pool.close();
    await expect(waiting).rejects.toMatchObject({ code: 'invalidState' });
    expect(pool.listenerCount('workerReady')).toBe(0);
  });

  test('does not bring a dead worker back', async () => {
    const pool = await createPool({ count: 1 });
    const ready: unknown[] = [];
    pool.on('workerReady', (event) => ready.push(event));
    pool.on('workerDied', () => setImmediate(() => pool.close()));
    process.kill(pool.workers[0]!.pid, 'SIGKILL');
    await until('the pool is closed', () => pool.closed);
    await pool.terminated();
    expect(ready).toEqual([]);
    expect(pool.workers).toEqual([]);
  });

  test('leaves no signal listeners on the process', async () => {
    const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
    await createPool();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before);
  });
});
