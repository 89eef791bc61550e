import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters } from '../support/fabricatedMedia.ts';
import { API_KEY, API_SECRET, SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool();
  harness = await SignalingHarness.start(pool, { open: false });
});
afterAll(async () => {
  await harness.close();
  pool.close();
  await pool.terminated();
});

describe('examples/server-api', () => {
  it('makes a room and a token, lists, mutes, removes and ends', async () => {
    const { peer } = await enterFirst();
    const child = spawn(process.execPath, [resolve('examples/server-api/main.mjs'), 'example'], {
      env: {
        PATH: process.env['PATH'],
        PARLEY_URL: harness.url,
        PARLEY_API_KEY: API_KEY,
        PARLEY_API_SECRET: API_SECRET,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise<number | null>((done) => child.once('exit', done));
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      const token = /\?token=(\S+)/.exec(line)?.[1];
      if (token !== undefined) await enter(token);
    }
    expect(await exited).toBe(0);
    expect(lines.filter((line) => !line.startsWith('link'))).toEqual([
      expect.stringMatching(/^room example \(\S+\) is kept for 60 s$/),
      expect.stringMatching(/^Guest is there with [01] tracks$/),
      ...lines.filter((line) => line === 'muted microphone'),
      'removed guest',
      'rooms: 1',
    ]);
    peer.close();
  });
});

/** In another room, which stays. */
async function enterFirst() {
  const { AccessToken } = await import('livekit-server-sdk');
  const token = new AccessToken(API_KEY, API_SECRET, { identity: 'other' });
  token.addGrant({ roomJoin: true, room: 'other' });
  return harness.joined('other', { token: await token.toJwt() });
}

/** Joins with the example's token, and is heard. */
async function enter(token: string): Promise<void> {
  const { peer, answer } = await harness.joined('example', { token });
  // The example may have put it out by then.
  await peer.codeOf('produce', {
    transportId: answer.media.sendTransport.transportId,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: opusParameters(),
  });
}
