import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { freePort } from '../../src/workers/freePort.ts';
import { until } from '../support/processes.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

const program = resolve(import.meta.dirname, '../../examples/webhooks/receiver.mjs');
const keys = { PARLEY_API_KEY: API_KEY, PARLEY_API_SECRET: API_SECRET };

let server: ServerProcess | undefined;
let example: ChildProcess | undefined;
let peer: SignalingPeer | undefined;
afterEach(async () => {
  peer?.close();
  example?.kill('SIGKILL');
  server?.signal('SIGKILL');
  await server?.end();
});

it('the example of a receiver catches up, and follows who is in a room', async () => {
  const port = await freePort(['127.0.0.1']);
  server = await ServerProcess.start({
    ...keys,
    PARLEY_WEBHOOK_URLS: `http://127.0.0.1:${port}/`,
    PARLEY_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1',
    PARLEY_WORKERS: '1',
    PARLEY_EMPTY_ROOM_GRACE: '0',
  });
  const enter = async (identity: string) => {
    const one = await new SignalingPeer(server!.url).connected();
    await one.request('join', { room: 'standup', token: await accessToken({ sub: identity }) });
    return one;
  };
  peer = await enter('ann');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...keys, PARLEY_URL: server.url, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  example = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const says = (line: string) => until(`it says ${line}: ${said}`, () => said.split('\n').includes(line));
  await says(`listening on ${port}`);
  expect(
    said
      .split('\n')
      .slice(0, 2)
      .map((line) => line.trim()),
  ).toEqual(['room_started standup; in:', 'participant_joined standup ann; in: ann']);
  const bob = await enter('bob');
  await says('participant_joined standup bob; in: ann, bob');
  await bob.request('leave', {});
  await says('participant_left standup bob; in: ann');
  const forged = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: JSON.stringify({ event: 'room_started', id: 'x' }),
    headers: { authorization: await accessToken() },
  });
  expect(forged.status).toBe(401);
  // Each once, although the first two came as webhooks as well.
  expect(said.match(/participant_joined/g)).toHaveLength(2);
  child.kill('SIGKILL');
  await once(child, 'exit');
});
