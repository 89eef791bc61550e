import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { scriptRecognition } from '../support/scriptedRecognition.ts';
import { ServerProcess } from '../support/serverProcess.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];

let server: ServerProcess;
let folder: string;
/** With a camera of 1080 lines. */
let speaker: Participant;
let viewer: Participant;

/** A film (Y4M) of 1920 x 1080 in one colour. */
function largeFilm(): Buffer {
  const [width, height] = [1920, 1080];
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(width * height, 120),
    Buffer.alloc((width * height) / 2, 140),
  ]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`),
    frame,
    frame,
  ]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-switches-'));
  const camera = join(folder, 'large.y4m');
  writeFileSync(camera, largeFilm());
  server = await ServerProcess.start();
  [speaker, viewer] = await Promise.all([Participant.launch(ann, { camera }), Participant.launch(bob)]);
  await Promise.all([
    speaker.page.addInitScript(scriptRecognition),
    viewer.page.addInitScript(() => {
      for (const name of ['SpeechRecognition', 'webkitSpeechRecognition'])
        Object.defineProperty(window, name, { value: undefined });
    }),
  ]);
  await speaker.join(server.url, 'switches');
  await viewer.join(server.url, 'switches');
}, 60_000);

afterAll(async () => {
  await Promise.all([speaker.close(), viewer.close()]);
  rmSync(folder, { recursive: true, force: true });
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

const shows = ([name, atLeast, atMost]: [string, number, number]): boolean =>
  window.parleyTest
    .all(`[data-peer-name="${name}"]`)
    .flatMap((tile) => [...(tile.shadowRoot?.querySelectorAll('video') ?? [])])
    .some(
      (video) =>
        video.hasAttribute('data-playing') && video.videoHeight >= atLeast && video.videoHeight <= atMost,
    );

const says = ([selector, sentence]: [string, string]): boolean =>
  window.parleyTest.all(selector).some((element) => element.textContent.includes(sentence));

const choose = (who: Participant, step: string): Promise<unknown> =>
  who.page.locator('[data-role="quality"]').selectOption(step);

/** Which producer's picture of a person plays; empty: none does. */
const producerOf = (name: string): string =>
  window.parleyTest
    .all(`[data-peer-name="${name}"]`)
    .flatMap((tile) => [...(tile.shadowRoot?.querySelectorAll('video') ?? [])])
    .find((video) => video.hasAttribute('data-playing'))?.dataset['producerId'] ?? '';

/** A producer that came in the place of another. */
const isAnother = ([name, before]: [string, string]): boolean => {
  const now = window.parleyTest
    .all(`[data-peer-name="${name}"]`)
    .flatMap((tile) => [...(tile.shadowRoot?.querySelectorAll('video') ?? [])])
    .find((video) => video.hasAttribute('data-playing'))?.dataset['producerId'];
  return now !== undefined && now !== before;
};

describe('the quality of pictures', () => {
  it('is what is received at most', async () => {
    // An encoder short of time makes 540 of the 720 lines, and 270 of the 360.
    const more: [string, number, number] = [ann.name, 361, 720];
    await viewer.until('the full picture', shows, more, 60_000);
    await viewer.click('toggle-settings');
    await choose(viewer, 'low');
    // Otherwise it would be the place beside the panel that is small.
    await viewer.click('toggle-settings');
    await viewer.until('360 lines at most', shows, [ann.name, 1, 360], 60_000);
    await viewer.click('toggle-settings');
    await choose(viewer, 'standard');
    await viewer.click('toggle-settings');
    await viewer.until('the full picture again', shows, more, 60_000);
  }, 200_000);

  it('is what the own camera gives the others, and is remembered', async () => {
    await speaker.click('toggle-settings');
    let before = await viewer.run(producerOf, ann.name);
    for (const [step, lines] of [
      ['low', 360],
      ['high', 1080],
    ] as const) {
      await choose(speaker, step);
      await speaker.until(`a camera of ${lines} lines`, shows, [ann.name, lines, lines], 40_000);
      // Another size has other layers, and so a producer of its own.
      await viewer.until('the picture that took its place', isAnother, [ann.name, before], 60_000);
      before = await viewer.run(producerOf, ann.name);
    }
    const stored = await speaker.run(() => localStorage.getItem('parley.preferences'), null);
    expect(JSON.parse(stored ?? '')).toMatchObject({ switches: { videoQuality: 1080 } });
    await choose(speaker, 'standard');
  }, 200_000);
});

describe('audio only', () => {
  it('leaves pictures out with a sentence, goes on with the sound, and brings them back', async () => {
    await viewer.click('toggle-settings');
    await viewer.page.locator('[data-role="audio-only"]').check();
    await viewer.until('the sentence', says, ['.without', 'You chose audio only'], 20_000);
    await viewer.page.locator('[data-role="audio-only-chosen"]').waitFor({ state: 'visible' });
    await viewer.page
      .locator(`parley-tile[data-peer-name="${ann.name}"] video`)
      .first()
      .waitFor({ state: 'hidden' });
    await viewer.until('the tone', (p) => window.parleyTest.hears(p.name, p.tone), ann);
    // The own camera is another choice, and nobody asked for that.
    await speaker.until('Bob’s picture', (p) => window.parleyTest.sees(p.name, p.colour), bob);
    await viewer.page.locator('[data-role="stop-camera"]').check();
    await speaker.until(
      'Bob’s camera to be off',
      (name) =>
        window.parleyTest
          .all(`[data-peer-name="${name}"]`)
          .every((tile) => tile.shadowRoot?.querySelector('video') === null),
      bob.name,
    );
    await viewer.click('show-pictures');
    await viewer.until(
      'the picture',
      ([name]: [string]) => window.parleyTest.hasVideo(name, 'camera'),
      [ann.name],
      40_000,
    );
    await speaker.run(() => window.parleyTest.clear(), null);
    await speaker.until('Bob’s picture again', (p) => window.parleyTest.sees(p.name, p.colour), bob, 40_000);
    expect(await viewer.page.locator('.without').count()).toBe(0);
  }, 150_000);
});

describe('captions', () => {
  it('are written by the speaker’s browser, and shown to those who want them', async () => {
    // Who cannot write any may read them.
    expect(await viewer.page.locator('[data-role="caption-me"]').count()).toBe(0);
    await viewer.page.locator('[data-role="captions"]').check();
    await speaker.page.locator('[data-role="caption-me"]').check();
    await speaker.until(
      'the recognition',
      () => {
        try {
          window.speak('good morn', false);
          return true;
        } catch {
          return false;
        }
      },
      null,
    );
    await viewer.until('what is being said', says, ['[data-role="caption"]', 'good morn']);
    await speaker.run(() => window.speak('Good morning, everybody.', true), null);
    await viewer.until('what was said', says, [
      '[data-role="caption"]',
      `${ann.name}Good morning, everybody.`,
    ]);
    await viewer.until('it in the log', says, [
      'parley-captions [role="log"], [role="log"]',
      `${ann.name}: Good morning`,
    ]);
    await speaker.click('toggle-audio');
    await speaker.until(
      'silence',
      () => {
        try {
          window.speak('x', false);
          return false;
        } catch {
          return true;
        }
      },
      null,
    );
    expect([...speaker.errors, ...viewer.errors]).toEqual([]);
  }, 60_000);
});
