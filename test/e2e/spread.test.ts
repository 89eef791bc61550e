import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { openSdkPage } from '../support/sdkPage.ts';
import { ServerProcess } from '../support/serverProcess.ts';

/* One room whose people are on a node each, or on a media worker each. */

const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];

interface Place {
  /** Where each of the three goes. */
  urls: readonly string[];
  close(): Promise<void>;
}

async function threeNodes(): Promise<Place> {
  const redis = await RedisServer.start();
  const servers = await Promise.all(
    ['north', 'south', 'east'].map((id) =>
      ServerProcess.start({
        PARLEY_REDIS_URL: redis.url,
        PARLEY_NODE_ADDRESS: '127.0.0.1',
        PARLEY_NODE_ID: id,
        PARLEY_WORKERS: '1',
      }),
    ),
  );
  await until('they know each other', async () => {
    const nodes = await Promise.all(servers.map((server) => nodesKnownTo(server)));
    return nodes.every((count) => count === 3);
  });
  return {
    urls: servers.map(({ url }) => url),
    close: async () => {
      for (const server of servers) expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
      // Events and definitions are there to stay; they are bounded by their number.
      const lasting = [...(await redis.keys())].filter(
        ([key, ttl]) => ttl < 0 && !key.startsWith('parley:store:'),
      );
      expect(lasting).toEqual([]);
      await redis.close();
    },
  };
}

async function threeWorkers(): Promise<Place> {
  const server = await ServerProcess.start({ PARLEY_WORKERS: '3', PARLEY_SPREAD_ROOMS: 'true' });
  return {
    urls: [server.url, server.url, server.url],
    close: async () => expect(await server.stop()).toEqual({ status: 0, leftovers: [] }),
  };
}

async function nodesKnownTo(server: ServerProcess): Promise<number | undefined> {
  const { cluster } = (await server.ready()) as { cluster?: { nodes: number } };
  return cluster?.nodes;
}

describe.each([
  ['nodes', threeNodes],
  ['workers of one node', threeWorkers],
])('three people on three %s', (_, start) => {
  let place: Place;
  let people: Participant[];

  beforeAll(async () => {
    place = await start();
    people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(people.map((participant) => participant.close()));
    await place.close();
  }, 60_000);

  const participant = (person: ClipPerson): Participant => people[PEOPLE.indexOf(person)]!;

  it('see and hear each other', async () => {
    for (const [i, one] of people.entries()) await one.join(place.urls[i]!, 'spread');
    await Promise.all(
      people.flatMap((one) =>
        people.filter((other) => other !== one).map((other) => one.seesAndHears(other.person)),
      ),
    );
  }, 90_000);

  it('read what the others write', async () => {
    for (const one of people) await one.click('toggle-chat');
    await participant(ann).write('hello from Ann');
    for (const other of [bob, cyd]) await participant(other).reads('hello from Ann');
  }, 60_000);

  it('see a screen that is shared, and see it go', async () => {
    await participant(cyd).click('toggle-screen');
    for (const one of [ann, bob]) {
      const screen = (name: string) => window.parleyTest.hasVideo(name, 'screen');
      await participant(one).until('the screen of Cyd', screen, 'Cyd');
    }
    await participant(cyd).click('toggle-screen');
    for (const one of [ann, bob]) {
      const gone = (name: string) => !window.parleyTest.hasVideo(name, 'screen');
      await participant(one).until('the screen to go', gone, 'Cyd');
    }
  }, 60_000);

  it('lose the tile of one who leaves', async () => {
    await participant(cyd).click('leave');
    for (const other of [ann, bob]) {
      const gone = (name: string) => !window.parleyTest.tile(name);
      await participant(other).until('the tile to go', gone, 'Cyd');
    }
  }, 30_000);

  it('get each other’s data messages, those to all and those to one, in order', async () => {
    for (const [i, one] of people.entries()) await openSdkPage(one, place.urls[i]!, 'data');
    for (const one of people) {
      await one.until('the others', () => window.testRoom.state.peers.length === 3, null);
    }
    await participant(ann).run(async () => {
      const room = window.testRoom;
      const bobs = room.state.peers.filter(({ name }) => name === 'Bob').map(({ peerId }) => peerId);
      await room.sendData('first');
      await room.sendData('for Bob', { to: bobs });
      await room.sendData('last');
    }, null);
    for (const [person, expected] of [
      [bob, ['first', 'for Bob', 'last']],
      [cyd, ['first', 'last']],
    ] as const) {
      await participant(person).until(
        'the last message',
        () => window.received.some(({ payload }) => payload === 'last'),
        null,
      );
      const received = await participant(person).run(
        () => window.received.map(({ payload }) => payload),
        null,
      );
      expect(received).toEqual(expected);
    }
  }, 60_000);

  it('leave no errors on their pages', () => {
    expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
