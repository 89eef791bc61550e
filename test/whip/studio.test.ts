import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson, type Rgb } from '../support/clips.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { studioScript, type Show } from './support/studio.ts';

/* One page in Chromium that publishes twice, on two nodes of a cluster, and plays on one of them. */

const [ann] = PEOPLE as [ClipPerson];
const RED: Rgb = [200, 40, 40];
const BLUE: Rgb = [40, 60, 200];
const page = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end('<!doctype html><body></body>');
});
let redis: RedisServer;
let north: ServerProcess;
let south: ServerProcess;
let studio: Participant;

beforeAll(async () => {
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  redis = await RedisServer.start();
  const node = { PARLEY_REDIS_URL: redis.url, PARLEY_NODE_ADDRESS: '127.0.0.1', PARLEY_WORKERS: '1' };
  [north, south] = await Promise.all([ServerProcess.start(node), ServerProcess.start(node)]);
  for (const { url } of [north, south])
    await until('both nodes to be there', async () => {
      const { cluster } = (await (await fetch(`${url}/readyz`)).json()) as { cluster?: { nodes: number } };
      return cluster?.nodes === 2;
    });
  studio = await Participant.launch(ann);
  await studio.page.addInitScript({
    content: `addEventListener('DOMContentLoaded', () => { ${studioScript()} })`,
  });
  await studio.open(`http://127.0.0.1:${(page.address() as AddressInfo).port}/`);
}, 90_000);

afterEach(() => studio.run(() => window.studio.close(), null));

afterAll(async () => {
  await studio.close();
  page.closeAllConnections();
  page.close();
  for (const server of [north, south]) expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  await redis.close();
}, 60_000);

const publish = (server: ServerProcess, room: string, show: Omit<Show, 'endpoint'>): Promise<void> =>
  studio.run((whole) => window.studio.publish(whole), { ...show, endpoint: `${server.url}/whip/${room}` });

const play = (room: string): Promise<void> =>
  studio.run((endpoint) => window.studio.play(endpoint), `${south.url}/whep/${room}`);

const speaks = (name: string, isAudible: boolean): Promise<void> =>
  studio.run(({ name, isAudible }) => window.studio.speak(name, isAudible), { name, isAudible });

const shows = (what: string, colour: Rgb): Promise<void> =>
  studio.until(
    `the player to show ${what}`,
    (wanted: Rgb) => {
      const colour = window.studio.colour();
      return colour && wanted.every((value, i) => Math.abs(value - (colour[i] ?? 0)) < 50);
    },
    colour,
  );

/** Waits until more pictures are decoded, of such a width. */
const decodes = async (width: number): Promise<void> => {
  const played = () => studio.run(() => window.studio.played(), null);
  const before = await played();
  await until(
    `more pictures, ${width} wide`,
    async () => {
      const now = await played();
      return now.frames > before.frames + 10 && now.width === width;
    },
    // On a busy machine Chromium's estimate takes its time to allow the largest layer.
    60_000,
  );
};

const restartsIce = async (name: string): Promise<void> => {
  const ufrag = await studio.run((who) => window.studio.restartIce(who), name);
  await until(`the other ICE session of ${name}`, () =>
    studio.run((wanted) => window.studio.isConnectedAs(wanted.name, wanted.ufrag), { name, ufrag }),
  );
};

describe('in Chromium', () => {
  it.each(['video/VP9', 'video/H264', 'video/AV1'])(
    '%s of two nodes is sent and played, and the player follows who speaks',
    async (codec) => {
      const room = codec.slice(codec.indexOf('/') + 1);
      await publish(north, room, { name: 'Red', codec, colour: RED, width: 320 });
      await publish(south, room, { name: 'Blue', codec, colour: BLUE, width: 320 });
      await speaks('Red', true);
      await play(room);
      await shows('who speaks', RED);
      await decodes(320);
      expect((await studio.run(() => window.studio.played(), null)).codec).toBe(codec);
      await speaks('Red', false);
      await speaks('Blue', true);
      await shows('the other one', BLUE);
      await decodes(320);
    },
    60_000,
  );

  it('simulcast is taken and played layer by layer, and goes on when ICE is restarted on either side', async () => {
    await publish(north, 'layers', {
      ...{ name: 'Red', codec: 'video/VP8', colour: RED, width: 960 },
      rids: ['l', 'm', 'h'],
    });
    const answer = await studio.run(() => window.studio.answer('Red'), null);
    expect(answer).toMatch(/^a=simulcast:recv l;m;h\r$/m);
    for (const rid of ['l', 'm', 'h']) expect(answer).toMatch(new RegExp(`^a=rid:${rid} recv\\r$`, 'm'));
    await studio.run((rids) => window.studio.send('Red', rids), ['l', 'm', 'h']);
    await play('layers');
    await decodes(960);
    await studio.run((rids) => window.studio.send('Red', rids), ['l', 'm']);
    await decodes(480);
    await studio.run((rids) => window.studio.send('Red', rids), ['l']);
    await decodes(240);
    await restartsIce('player');
    await decodes(240);
    await restartsIce('Red');
    await restartsIce('Red');
    await studio.run((rids) => window.studio.send('Red', rids), ['l', 'm', 'h']);
    await decodes(960);
    expect(studio.errors).toEqual([]);
  }, 240_000);
});
