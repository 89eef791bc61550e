import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { createTestPool } from '../support/testRooms.ts';
import { WeriftClient } from './support/WeriftClient.ts';
import { WhipHarness } from './support/WhipHarness.ts';

let pool: WorkerPool;
let harness: WhipHarness;
let publisher: ChildProcess | undefined;
let player: WeriftClient | undefined;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await WhipHarness.start(pool);
});
afterEach(async () => {
  publisher?.kill('SIGKILL');
  await player?.close();
  await harness.close();
});

/** Runs the example; resolves with the first line that it says. */
async function publish(...args: string[]): Promise<{ process: ChildProcess; said: Promise<string> }> {
  // Debian's, for which Debian's bindings are.
  const child = spawn('/usr/bin/python3', ['examples/whip/publish.py', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  publisher = child;
  await once(child, 'spawn');
  const lines = [child.stdout, child.stderr].map((stream) => once(createInterface(stream), 'line'));
  return { process: child, said: Promise.race(lines).then(([line]) => String(line)) };
}

describe('examples/whip/publish.py', () => {
  it('publishes with GStreamer what a WHEP player gets, and leaves when it is told to', async () => {
    const { process: child, said } = await publish(`${harness.url}/whip/studio`, '--name', 'Gst');
    expect(await said).toBe('live');
    const room = harness.room('studio');
    const [peer] = room.peers.values();
    expect(peer?.info()).toMatchObject({ name: 'Gst', producers: [{ kind: 'video' }, { kind: 'audio' }] });
    const playing = (player = await new WeriftClient().play(`${harness.url}/whep/studio`));
    await until(
      'media comes',
      () => playing.received.audio.length > 30 && playing.received.video.length > 30,
      30_000,
    );
    const left = room.next('peerLeft');
    child.kill('SIGTERM');
    const [status] = (await once(child, 'exit')) as [number | null];
    expect([status, (await left)[1]]).toEqual([0, 'left']);
  }, 60_000);

  it('says why it was refused', async () => {
    const { process: child, said } = await publish(`${harness.url}/whip/a%20studio`);
    expect(await said).toMatch(/^400: .*badRequest/);
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
  }, 60_000);
});
