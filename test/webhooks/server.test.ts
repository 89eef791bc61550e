import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EgressStatus } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/processes.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';
import { TestReceiver } from '../support/webhookReceiver.ts';

/* The built server, a real receiver, and LiveKit's own verification. */

let directory: string;
let receiver: TestReceiver;
const servers: ServerProcess[] = [];
const peers: SignalingPeer[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-webhooks-'));
  receiver = await TestReceiver.open();
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  for (const server of servers.splice(0)) {
    server.signal('SIGKILL');
    await server.end();
  }
  await receiver.close();
  expect(receiver.problems).toEqual([]);
  rmSync(directory, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    PARLEY_API_KEY: API_KEY,
    PARLEY_API_SECRET: API_SECRET,
    PARLEY_DATA_DIR: directory,
    PARLEY_WEBHOOK_URLS: receiver.url,
    PARLEY_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1',
    PARLEY_EMPTY_ROOM_GRACE: '0',
    PARLEY_GRACE_PERIOD: '0',
    PARLEY_WORKERS: '1',
    ...env,
  });
  servers.push(server);
  return server;
}

async function enter(server: ServerProcess, identity: string, room = 'standup') {
  const peer = await new SignalingPeer(server.url).connected();
  peers.push(peer);
  const token = await accessToken({ sub: identity, name: identity });
  return { peer, answer: await peer.request('join', { room, token }) };
}

async function api(
  server: ServerProcess,
  path: string,
  video: Record<string, unknown> = { roomAdmin: true },
) {
  const authorization = `Bearer ${await accessToken({ video })}`;
  const response = await fetch(`${server.url}${path}`, { headers: { authorization } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a server with a receiver of webhooks', () => {
  it('tells the life of a room, in order', async () => {
    const server = await start();
    const { peer } = await enter(server, 'ann');
    await peer.request('leave', {});
    await receiver.gets('the room to be finished', () => receiver.kinds.includes('room_finished'));
    expect(receiver.kinds).toEqual([
      'room_started',
      'participant_joined',
      'participant_left',
      'room_finished',
    ]);
    expect(receiver.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const [started, joined, left] = receiver.events;
    expect(started?.livekit.room?.name).toBe('standup');
    expect(joined?.livekit).toMatchObject({ participant: { identity: 'ann', name: 'ann' } });
    expect(Math.abs(Number(joined?.livekit.createdAt) - Date.now() / 1000)).toBeLessThan(60);
    expect(left?.participant).toMatchObject({ identity: 'ann', disconnectReason: 'CLIENT_INITIATED' });
    const { body } = await api(server, '/api/events?after=1&limit=2');
    expect(body).toMatchObject({ first: 1, last: 4, missed: 0 });
    expect((body['events'] as { id: string }[]).map(({ id }) => id)).toEqual(
      receiver.events.slice(1, 3).map(({ id }) => id),
    );
    expect((await api(server, '/api/webhooks')).body).toMatchObject({
      receivers: [
        { origin: new URL(receiver.url).origin, active: true, delivered: 4, dropped: 0, problem: null },
      ],
      lost: 0,
    });
    expect(server.output).not.toContain('hush');
  });

  it('delivers after it was killed what its receiver was away for, and the end of what was cut off', async () => {
    await receiver.close();
    const first = await start();
    await enter(first, 'ann');
    await enter(first, 'bob');
    const last = async (server: ServerProcess) => (await api(server, '/api/events')).body['last'];
    await until('they are written', async () => (await last(first)) === 3);
    first.signal('SIGKILL');
    await first.end();
    await receiver.open();
    const second = await start();
    await receiver.gets('all of it', () => receiver.kinds.includes('room_finished'));
    const kinds = receiver.of().map(({ event, participant }) => [event, participant?.identity]);
    expect(kinds.slice(0, 3)).toEqual([
      ['room_started', undefined],
      ['participant_joined', 'ann'],
      ['participant_joined', 'bob'],
    ]);
    for (const identity of ['ann', 'bob']) {
      expect(kinds.filter(([, who]) => who === identity).map(([kind]) => kind)).toEqual([
        'participant_joined',
        'participant_connection_aborted',
        'participant_left',
      ]);
    }
    expect(kinds.at(-1)).toEqual(['room_finished', undefined]);
    expect(receiver.of().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await last(second)).toBe(8);
  });

  it('tells the end of everything before it ends itself', async () => {
    const server = await start();
    await enter(server, 'ann');
    await receiver.gets('ann', () => receiver.kinds.includes('participant_joined'));
    expect(await server.end('SIGINT')).toBe(0);
    expect(receiver.of().map(({ event, participant }) => [event, participant?.disconnectReason])).toEqual([
      ['room_started', undefined],
      ['participant_joined', undefined],
      ['participant_left', 'SERVER_SHUTDOWN'],
      ['room_finished', undefined],
    ]);
    // Nothing is left to be told by the next one.
    const next = await start();
    expect((await api(next, '/api/events')).body['last']).toBe(4);
  });

  it('tells of recordings in the shape of LiveKit’s egress', async () => {
    const server = await start({ PARLEY_RECORDINGS_DIR: join(directory, 'recordings') });
    const { answer } = await enter(server, 'ann');
    const authorization = `Bearer ${await accessToken({ video: { roomRecord: true } })}`;
    const ask = (path: string) =>
      fetch(`${server.url}/api/rooms/standup/recordings${path}`, {
        method: 'POST',
        headers: { authorization },
      });
    const { recordingId } = (await (await ask('')).json()) as { recordingId: string };
    await ask(`/${recordingId}/stop`);
    await receiver.gets('its end', () => receiver.kinds.includes('egress_ended'));
    const told = receiver.events.flatMap(({ event, livekit }) =>
      livekit.egressInfo ? [{ event, info: livekit.egressInfo }] : [],
    );
    expect(told.map(({ event, info }) => [event, EgressStatus[info.status]])).toEqual([
      ['egress_started', 'EGRESS_ACTIVE'],
      ['egress_updated', 'EGRESS_ENDING'],
      ['egress_ended', 'EGRESS_COMPLETE'],
    ]);
    const { roomId, roomName, request, startedAt = 0n, endedAt = 0n } = told[2]?.info ?? {};
    const sid = receiver.events.find(({ event }) => event === 'room_started')?.room?.sid;
    expect({ roomId, roomName, request: request?.case }).toEqual({
      ...{ roomId: sid, roomName: 'standup', request: 'roomComposite' },
    });
    expect(told.every(({ info }) => info.egressId === recordingId)).toBe(true);
    expect(endedAt > startedAt && Math.abs(Number(startedAt / 1_000_000n) - Date.now()) < 60_000).toBe(true);
    expect(answer.snapshot.recording).toBeNull();
  });

  it('keeps a directory to itself', async () => {
    await start();
    await expect(start()).rejects.toThrow(/another process has the directory .*PARLEY_DATA_DIR/);
  });

  it('shows its events to admins of the server alone', async () => {
    const server = await start();
    expect((await fetch(`${server.url}/api/events`)).status).toBe(401);
    for (const path of ['/api/events', '/api/webhooks']) {
      expect((await api(server, path, { roomAdmin: true, room: 'standup' })).status).toBe(403);
      expect((await api(server, path, { roomJoin: true })).status).toBe(403);
    }
    for (const query of ['after=-1', 'after=x', 'limit=0', 'limit=1001', 'after=1&after=2', 'after=1e3'])
      expect([query, (await api(server, `/api/events?${query}`)).status]).toEqual([query, 400]);
    expect((await api(server, '/api/events?after=5')).status).toBe(409);
    expect((await api(server, '/api/events')).body).toEqual({ events: [], first: 0, last: 0, missed: 0 });
  });
});
