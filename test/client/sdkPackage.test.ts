import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer } from '../support/sdkPackage.ts';

const run = promisify(execFile);

/** What somebody writes who uses the types. */
const USES: Record<string, string> = {
  'sdk.ts': `
    import { connect, ParleyError, type PeerState, type RoomClient, type RoomState } from '@parley/client';
    const room: RoomClient = await connect({ url: 'https://meet.example.com', room: 'standup' });
    room.on('trackSubscribed', (track, { source, quality }, peer) => {
      const kinds: 'audio' | 'video' = track.kind === 'audio' ? 'audio' : 'video';
      const from: 'microphone' | 'camera' | 'screen' | 'screenAudio' | 'custom' = source;
      const score: number | undefined = quality?.score;
      const name: string = peer.name;
      console.log(kinds, from, score, name);
    });
    const state: RoomState = room.state;
    const first: PeerState | undefined = state.peers[0];
    const may: boolean = state.permissions.canPublish;
    const bits: number | null | undefined = (await room.getStats()).connection.send?.bitrate;
    await room.moderation.setRole(first?.peerId ?? '', 'host');
    (await room.sendFile(new Blob(['x']))).on('ended', () => undefined);
    try { await room.sendChat('hello', { to: 'ann' }); } catch (error) {
      if (error instanceof ParleyError && error.code === 'forbidden') console.log(may, bits);
    }
    // @ts-expect-error There is no such source.
    await room.publishTrack({} as MediaStreamTrack, { source: 'keyboard' });
    // @ts-expect-error There is no such event.
    room.on('rained', () => undefined);
    // @ts-expect-error A room is needed.
    await connect({ url: '/' });
    export const isAny: 0 extends 1 & RoomState ? true : false = false;
    export const isKindAny: 0 extends 1 & RoomState['peers'][number]['publications'][number]['kind'] ? true : false = false;
  `,
  'react.tsx': `
    import { RoomProvider, useMediaElement, useParticipants, useRoom, useRoomState, useTracks, type TrackReference } from '@parley/client/react';
    function Tile({ publication, name }: TrackReference) {
      return <figure><video ref={useMediaElement(publication.track)} autoPlay muted /><figcaption>{name}</figcaption></figure>;
    }
    function People() {
      const count: number = useRoomState((state) => state?.peers.length ?? 0);
      // @ts-expect-error A number is no text.
      const text: string = useRoomState((state) => state?.peers.length ?? 0);
      const tracks = useTracks({ sources: ['camera'] });
      return <>{useParticipants()[0]?.name}{count}{text}{tracks.map((one) => <Tile key={one.publication.producerId} {...one} />)}</>;
    }
    export function App() {
      const { room, status, leave } = useRoom({ room: 'standup' });
      return <RoomProvider room={room}><button onClick={leave}>{status}</button><People /></RoomProvider>;
    }
  `,
  'vue.ts': `
    import { ref } from 'vue';
    import { useMediaElement, useParticipant, useRoom, useRoomState, useTracks } from '@parley/client/vue';
    const name = ref('Ann');
    const { room, status, leave } = useRoom(() => ({ room: 'standup', name: name.value }));
    const count = useRoomState((state) => state?.peers.length ?? 0, room);
    export const number: number = count.value;
    export const picture = useMediaElement(() => useTracks().value[0]?.publication.track);
    export const shown: string = useParticipant(name).value?.name ?? status.value;
    // @ts-expect-error A number is no text.
    export const text: string = count.value;
    export const away: () => void = leave;
  `,
};

/** What an application takes of it: kB (1000 bytes), minified and gzipped, without React and Vue. */
const BUNDLES: [what: string, code: string, atMost: number][] = [
  ['the whole SDK', `import * as all from '@parley/client'; globalThis.use = all;`, 80],
  ['connect', `import { connect } from '@parley/client'; globalThis.use = connect;`, 80],
  ['the list of devices', `import { listDevices } from '@parley/client'; globalThis.use = listDevices;`, 1],
  ['a level meter', `import { LevelMeter } from '@parley/client'; globalThis.use = LevelMeter;`, 1],
  ['the errors', `import { ParleyError } from '@parley/client'; globalThis.use = ParleyError;`, 1],
  ['all of the hooks and the SDK', `import * as all from '@parley/client/react'; globalThis.use = all;`, 82],
  [
    'all of the composables and the SDK',
    `import * as all from '@parley/client/vue'; globalThis.use = all;`,
    82,
  ],
  ['one hook', `import { useChat } from '@parley/client/react'; globalThis.use = useChat;`, 1.5],
  ['one composable', `import { useChat } from '@parley/client/vue'; globalThis.use = useChat;`, 1.5],
];

let consumer: Consumer;

beforeAll(async () => {
  consumer = await Consumer.create(['react', 'vue', '@types/react']);
}, 60_000);

afterAll(async () => {
  await consumer.close();
});

describe('the package @parley/client', () => {
  it('has nothing in it that is not needed, and depends on what it imports', async () => {
    const root = join(consumer.directory, 'node_modules/@parley/client');
    const files = await readdir(root, { recursive: true });
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'client/lib/parley.d.ts']));
    expect(files.filter((file) => /element|\.ts$/.test(file) && !file.endsWith('.d.ts'))).toEqual([]);
    const { version, dependencies } = await consumer.manifest();
    expect(Object.keys(dependencies)).toEqual(['awaitqueue', 'mediasoup-client', 'socket.io-client']);
    expect(version).toBe((JSON.parse(await readFile('package.json', 'utf8')) as { version: string }).version);
  });

  it('has types that lead nowhere else', async () => {
    for (const [file, text] of Object.entries(USES)) await writeFile(join(consumer.directory, file), text);
    const config = {
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2023', 'DOM', 'DOM.Iterable'],
        module: 'NodeNext',
        jsx: 'react-jsx',
        strict: true,
        noEmit: true,
        types: [],
        // What is in the package is checked as well.
        skipLibCheck: false,
      },
      files: Object.keys(USES),
    };
    await writeFile(join(consumer.directory, 'package.json'), '{ "type": "module" }');
    await writeFile(join(consumer.directory, 'tsconfig.json'), JSON.stringify(config));
    await consumer.run('typescript/bin/tsc', ['-p', '.', '--pretty', 'false']);
  }, 90_000);

  it('can be loaded by Node, where no browser is', async () => {
    const script = `
      const { connect, ParleyError } = await import('@parley/client');
      const { useRoom } = await import('@parley/client/react');
      const vue = await import('@parley/client/vue');
      console.log(typeof connect, typeof ParleyError, typeof useRoom, typeof vue.useRoom);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: consumer.directory,
    });
    expect(stdout).toBe('function function function function\n');
  });

  it('lets bundlers take only what is used', async () => {
    const modules = BUNDLES.map((_, i) => `bundle${i}.js`);
    for (const [i, [, code]] of BUNDLES.entries())
      await writeFile(join(consumer.directory, `bundle${i}.js`), code);
    const script = resolve('test/support/bundleSizes.mjs');
    const { stdout } = await run(process.execPath, [script, consumer.directory, ...modules], {
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const sizes = Object.values(JSON.parse(stdout) as Record<string, number>);
    const tooLarge = BUNDLES.flatMap(([what, , atMost], i) =>
      (sizes[i] ?? Infinity) > atMost * 1000 ? [`${what}: ${sizes[i]} bytes`] : [],
    );
    expect(tooLarge).toEqual([]);
    // Something is in each of them.
    expect(Math.min(...sizes)).toBeGreaterThan(200);
    expect(sizes[0]).toBeGreaterThan(40_000);
  }, 60_000);

  it('has a reference in which nothing is left out', async () => {
    // `npm run docs:sdk`, whose warnings are errors, without writing it down.
    const typedoc = resolve('node_modules/typedoc/bin/typedoc');
    await run(process.execPath, [typedoc, '--options', 'typedoc.json', '--emit', 'none']);
  }, 60_000);
});
