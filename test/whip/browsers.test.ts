import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { makeVoice, PEOPLE, type ClipPerson, type Rgb } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { MediaPage } from './support/mediaPage.ts';

const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];
let server: ServerProcess;
let page: MediaPage;
/** In the room page; publishes by WHIP; plays by WHEP. */
let member: Participant;
let sender: Participant;
let player: Participant;

beforeAll(async () => {
  [server, page] = await Promise.all([ServerProcess.start(), MediaPage.serve()]);
  [member, sender, player] = (await Promise.all(
    [ann, bob, cyd].map(async (person) =>
      Participant.launch(person, { microphone: await makeVoice(person) }),
    ),
  )) as [Participant, Participant, Participant];
}, 90_000);

afterAll(async () => {
  await Promise.all([member, sender, player].map((participant) => participant.close()));
  await page.close();
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

/** Has the page play what is at this URL. */
const plays = (participant: Participant, url: string): Promise<void> =>
  participant.run(async (address: string) => {
    await window.player?.unload();
    const video = document.querySelector('video')!;
    window.player = new window.clients.WebRTCPlayer({ video, type: 'whep', iceServers: [] });
    await window.player.load(new URL(address));
  }, url);

/** Waits until what is played moves and has somebody's colour. */
const shows = (participant: Participant, { name, colour }: ClipPerson): Promise<void> =>
  participant.until(
    `the player to show ${name}`,
    (wanted: Rgb) => {
      const video = document.querySelector('video')!;
      if (video.readyState < 2 || video.getVideoPlaybackQuality().totalVideoFrames < 5) return false;
      const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 });
      const context = canvas.getContext('2d')!;
      context.drawImage(video, 0, 0, 16, 16);
      // Under the blocks of the frame counter there is the colour alone.
      const pixel = context.getImageData(8, 13, 1, 1).data;
      return wanted.every((value, i) => Math.abs(value - (pixel[i] ?? 0)) < 40);
    },
    colour,
  );

const speak = (participant: Participant, isAudible: boolean): Promise<void> =>
  participant.run((enabled: boolean) => {
    for (const track of window.stream.getAudioTracks()) track.enabled = enabled;
  }, isAudible);

describe('published clients in Chromium', () => {
  it('publish into a room, whose people see and hear it', async () => {
    await member.join(server.url, 'door');
    await sender.open(page.url);
    await sender.run(
      async ({ endpoint }: { endpoint: string }) => {
        window.stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
        window.publisher = new window.clients.WHIPClient({
          endpoint,
          opts: { iceServers: [], noTrickleIce: false },
        });
        await window.publisher.ingest(window.stream);
      },
      { endpoint: `${server.url}/whip/door?name=${bob.name}` },
    );
    await member.seesAndHears(bob);
  }, 90_000);

  it('play a participant', async () => {
    await player.open(page.url);
    await player.until('the clients', () => 'clients' in window, null);
    const peerId = await member.run(
      (name: string) => window.parleyTest.all(`[data-peer-name="${name}"]`)[0]?.getAttribute('data-peer-id'),
      bob.name,
    );
    await plays(player, `${server.url}/whep/door/${peerId}`);
    await shows(player, bob);
  }, 90_000);

  it('play whoever speaks: the picture changes with the speaker', async () => {
    await speak(sender, false);
    await plays(player, `${server.url}/whep/door`);
    await shows(player, ann);
    await member.click('toggle-audio');
    await speak(sender, true);
    await shows(player, bob);
    await speak(sender, false);
    await member.click('toggle-audio');
    await shows(player, ann);
    expect([player.errors, sender.errors, member.errors]).toEqual([[], [], []]);
  }, 90_000);

  it('leave nothing behind', async () => {
    const address = await sender.run(() => window.publisher.getResourceUrl(), null);
    await sender.run(() => window.publisher.destroy(), null);
    await member.until(
      'the sender to be gone',
      (name: string) => window.parleyTest.all(`[data-peer-name="${name}"]`).length === 0,
      bob.name,
    );
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(404);
  }, 60_000);
});
