import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];
const pages = createServer(express().use(express.static('examples/whip')));
let server: ServerProcess;
let sender: Participant;
let player: Participant;

beforeAll(async () => {
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  server = await ServerProcess.start();
  [sender, player] = (await Promise.all([ann, bob].map((person) => Participant.launch(person)))) as [
    Participant,
    Participant,
  ];
}, 90_000);

afterAll(async () => {
  await Promise.all([sender, player].map((participant) => participant.close()));
  pages.closeAllConnections();
  pages.close();
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

async function open(participant: Participant, page: string, endpoint: string): Promise<void> {
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  await participant.open(`${origin}/${page}?endpoint=${encodeURIComponent(`${server.url}${endpoint}`)}`);
  await press(participant);
}

const press = (participant: Participant): Promise<void> =>
  participant.run(() => document.querySelector('button')!.click(), null);

const says = (participant: Participant, text: string): Promise<void> =>
  participant.until(
    `the page to say "${text}"`,
    (wanted: string) => document.querySelector('output')!.value.includes(wanted),
    text,
  );

describe('examples/whip', () => {
  it('says so when nothing is live', async () => {
    await open(player, 'play.html', '/whep/studio');
    await says(player, '409');
  }, 60_000);

  it('publishes, and plays what is published', async () => {
    await open(sender, 'publish.html', '/whip/studio');
    await says(sender, 'live');
    await press(player);
    await says(player, 'playing');
    await player.until(
      'moving pictures',
      () => document.querySelector('video')!.getVideoPlaybackQuality().totalVideoFrames > 10,
      null,
    );
    await press(sender);
    await says(sender, 'stopped');
    // The 409 of before is on its console too.
    expect(sender.errors).toEqual([]);
  }, 60_000);
});
