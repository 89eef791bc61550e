// Bundles Eyevinn's published clients for a browser, into the file that is named. A process of its own, because Vite does
// not run in Jest's realm.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { build } from 'vite';

const ENTRY = `
import { WHIPClient } from '@eyevinn/whip-web-client';
import { WebRTCPlayer } from '@eyevinn/webrtc-player';
window.clients = { WHIPClient, WebRTCPlayer };
`;

/** What both packages take from Node's module of that name. */
const EVENTS = `
export class EventEmitter {
  #listeners = new Map();
  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }
  emit(event, ...args) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args);
    return this.#listeners.has(event);
  }
}
export default EventEmitter;
`;

const output = resolve(process.argv[2] ?? '');
const directory = await mkdtemp(join(dirname(output), 'entry-'));
try {
  const entry = join(directory, 'entry.js');
  const events = join(directory, 'events.js');
  await writeFile(entry, ENTRY);
  await writeFile(events, EVENTS);
  const [built] = [
    await build({
      configFile: false,
      root: directory,
      logLevel: 'error',
      resolve: {
        alias: {
          events,
          '@eyevinn/whip-web-client': resolve(
            'node_modules/@eyevinn/whip-web-client/dist/whip-client.modern.js',
          ),
          '@eyevinn/webrtc-player': resolve('node_modules/@eyevinn/webrtc-player/dist/main.js'),
        },
      },
      build: {
        write: false,
        minify: false,
        target: 'esnext',
        lib: { entry, formats: ['es'], fileName: 'clients' },
      },
    }),
  ].flat();
  await writeFile(output, built.output[0].code);
} finally {
  await rm(directory, { recursive: true });
}
