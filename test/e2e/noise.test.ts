import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];

let server: ServerProcess;
let folder: string;
/** In a room with a fan. */
let speaker: Participant;
let listener: Participant;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-noise-'));
  const microphone = join(folder, 'noise.wav');
  writeFileSync(microphone, hum(10));
  server = await ServerProcess.start();
  [speaker, listener] = await Promise.all([Participant.launch(ann, { microphone }), Participant.launch(bob)]);
}, 60_000);

afterAll(async () => {
  await Promise.all([speaker.close(), listener.close()]);
  rmSync(folder, { recursive: true, force: true });
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

/** dBFS, of `hum`, which is some -32 before it is sent. RNNoise leaves some -60 of it after a second, and less and less. */
const LOUD = -44;
const QUIET = -50;

/**
 * Noise with little above 150 Hz, as of a fan, in a WAV file of 16 bits and 48 kHz. White noise RNNoise takes away at some levels only,
 * and slowly.
 */
function hum(seconds: number): Buffer {
  const samples = seconds * 48_000;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(48_000, 24);
  file.writeUInt32LE(96_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  // The same in every run (xorshift: Marsaglia 2003).
  let [state, sample] = [1, 0];
  for (let index = 0; index < samples; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    sample = 0.98 * sample + 600 * (state / 2 ** 32);
    file.writeInt16LE(Math.round(sample), 44 + index * 2);
  }
  return file;
}

/** Runs in the page before anything else: says how loud is what comes from a person, over the last second (dBFS). */
function listen(): void {
  let heard: { stream: MediaStream; analyser: AnalyserNode } | null = null;
  const loudness = (name: string): number => {
    const stream = window.parleyTest
      .all(`[data-peer-name="${name}"]`)
      .flatMap((tile) => [...(tile.shadowRoot?.querySelectorAll('audio') ?? [])])
      .map((audio) => audio.srcObject)
      .find((source) => source instanceof MediaStream);
    if (!stream) return -Infinity;
    if (heard?.stream !== stream) {
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 32_768 });
      new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
      heard = { stream, analyser };
    }
    const samples = new Float32Array(heard.analyser.fftSize);
    heard.analyser.getFloatTimeDomainData(samples);
    return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length + 1e-10);
  };
  Object.assign(window, { loudness });
}

declare global {
  interface Window {
    loudness: (name: string) => number;
    opened: MediaStreamTrack[];
  }
}

/**
 * Runs in the page before anything else: keeps every track that is opened, and has the browser leave the sound as it is. Its
 * own processing takes seconds to find its levels, which are others on a busy machine.
 */
function rememberTracks(): void {
  const opened: MediaStreamTrack[] = [];
  Object.assign(window, { opened });
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const audio = wanted?.audio && { ...(wanted.audio === true ? {} : wanted.audio), ...plain };
    const stream = await open({ ...wanted, ...(audio ? { audio } : {}) });
    opened.push(...stream.getTracks());
    return stream;
  };
}

const isLoud = ([name, above]: [string, number]): boolean => window.loudness(name) > above;
const isQuiet = ([name, below]: [string, number]): boolean => window.loudness(name) < below;
const loudnessOf = (name: string): number => window.loudness(name);
/** Another track of the microphone lives, and no former one does. */
const isOpenedAnew = (before: number): boolean => {
  const live = window.opened.filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live');
  return window.opened.length > before && live.length === 1 && live[0] === window.opened.at(-1);
};
const checked = (on: boolean): boolean => {
  const box = window.parleyTest.all('[data-role="noise-filter"]')[0];
  return box instanceof HTMLInputElement && box.checked === on;
};
const publishes = (on: boolean): boolean =>
  window.parleyTest.all('[data-action="toggle-audio"]')[0]?.getAttribute('aria-pressed') === String(on);

describe('a microphone in a noisy room', () => {
  it('is heard without the noise while the filter is on, and with it again', async () => {
    await listener.page.addInitScript(listen);
    await speaker.page.addInitScript(rememberTracks);
    await speaker.join(server.url, 'noise');
    await listener.join(server.url, 'noise');
    await listener.until('the noise', isLoud, [ann.name, LOUD], 30_000);
    const before = await listener.run(loudnessOf, ann.name);

    await speaker.click('toggle-settings');
    await speaker.page.locator('[data-role="noise-filter"]').check();
    await speaker.until('the filter', checked, true);
    await listener.until('quiet', isQuiet, [ann.name, QUIET], 60_000);
    const filtered = await listener.run(loudnessOf, ann.name);
    console.info(`noise of ${before.toFixed(1)} dBFS came as ${filtered.toFixed(1)} dBFS through the filter`);
    expect(await speaker.run(publishes, true)).toBe(true);

    await speaker.page.locator('[data-role="noise-filter"]').uncheck();
    await listener.until('the noise again', isLoud, [ann.name, LOUD], 30_000);
  }, 120_000);

  it('is let go of with the filter in between', async () => {
    const before = await speaker.run(() => window.opened.length, null);
    await speaker.page.locator('[data-role="noise-filter"]').check();
    await speaker.until('the microphone to be opened anew', isOpenedAnew, before);
    const device = await speaker.run(
      () => (window.parleyTest.all('[data-device="microphone"]')[0] as HTMLSelectElement).value,
      null,
    );
    expect(device).not.toBe('');
    await speaker.click('leave');
    await speaker.until('the end', () => window.parleyTest.status() === 'closed', null);
    const opened = await speaker.run(() => window.opened.map((track) => track.readyState), null);
    expect(opened.length).toBeGreaterThan(0);
    expect(opened.filter((state) => state === 'live')).toEqual([]);
  }, 60_000);
});
