import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';
import { TestReceiver } from '../support/webhookReceiver.ts';
import { until } from '../support/processes.ts';

/* Two nodes, one log, one receiver. */

let redis: RedisServer;
let receiver: TestReceiver;
const servers: ServerProcess[] = [];
const peers: SignalingPeer[] = [];

beforeAll(async () => {
  redis = await RedisServer.start({ keeps: true });
  receiver = await TestReceiver.open();
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  for (const server of servers.splice(0)) {
    server.signal('SIGKILL');
    await server.end();
  }
});
afterAll(async () => {
  await receiver.close();
  await redis.close();
});

async function start(name: string): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    PARLEY_API_KEY: API_KEY,
    PARLEY_API_SECRET: API_SECRET,
    PARLEY_REDIS_URL: redis.url,
    PARLEY_NODE_ADDRESS: '127.0.0.1',
    PARLEY_NODE_ID: name,
    PARLEY_WEBHOOK_URLS: receiver.url,
    PARLEY_WEBHOOK_ALLOW_PRIVATE: 'true',
    PARLEY_EMPTY_ROOM_GRACE: '0',
    PARLEY_GRACE_PERIOD: '0',
    PARLEY_WORKERS: '1',
  });
  servers.push(server);
  return server;
}

async function enter(server: ServerProcess, identity: string, room: string): Promise<SignalingPeer> {
  const peer = await new SignalingPeer(server.url).connected();
  peers.push(peer);
  await peer.request('join', { room, token: await accessToken({ sub: identity }) });
  return peer;
}

async function receivers(server: ServerProcess): Promise<{ active: boolean }[]> {
  const authorization = `Bearer ${await accessToken({ video: { roomAdmin: true } })}`;
  const response = await fetch(`${server.url}/api/webhooks`, { headers: { authorization } });
  return ((await response.json()) as { receivers: { active: boolean }[] }).receivers;
}

describe('a cluster', () => {
  it('tells a room’s life once, in order, and goes on when Redis or a node is gone', async () => {
    const north = await start('north');
    const south = await start('south');
    const activeOf = async () => (await Promise.all([north, south].map(receivers))).flat();
    await until(
      'one of them delivers',
      async () => (await activeOf()).filter(({ active }) => active).length === 1,
    );
    const room = (name: string) => receiver.of().filter((event) => event.room?.name === name);

    const [ann, bob] = [await enter(north, 'ann', 'one'), await enter(south, 'bob', 'one')];
    await ann.request('leave', {});
    await bob.request('leave', {});
    await receiver.gets('the end of it', () => room('one').some(({ event }) => event === 'room_finished'));
    const story = room('one').map(({ event, participant }) =>
      `${event} ${participant?.identity ?? ''}`.trim(),
    );
    for (const once of ['room_started', 'room_finished', 'participant_joined ann', 'participant_left bob'])
      expect([once, story.filter((line) => line === once).length]).toEqual([once, 1]);
    expect([story[0], story.at(-1)]).toEqual(['room_started', 'room_finished']);
    const seqs = receiver.of().map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));

    await redis.kill();
    await enter(south, 'cid', 'two');
    await redis.restart();
    await receiver.gets('what happened meanwhile', () => room('two').length >= 2, 20_000);
    expect(room('two').map(({ event }) => event)).toEqual(['room_started', 'participant_joined']);

    // Whoever delivers is killed, with somebody in; the other one takes over and tells the end.
    const [{ active } = { active: false }] = await receivers(north);
    const [dying, staying] = active ? [north, south] : [south, north];
    await enter(dying, 'dan', 'three');
    await enter(staying, 'eve', 'three');
    await receiver.gets('both', () => room('three').length >= 3, 20_000);
    dying.signal('SIGKILL');
    await receiver.gets(
      'dan to have left',
      () =>
        room('three').some(
          ({ event, participant }) => event === 'participant_left' && participant?.identity === 'dan',
        ),
      60_000,
    );
    expect(room('three').map(({ event }) => event)).not.toContain('room_finished');
    expect(receiver.problems).toEqual([]);
  }, 120_000);
});
