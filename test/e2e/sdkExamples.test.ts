import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/workers/freePort.ts';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ForeignPages, type Answer } from '../support/foreignPages.ts';
import { until } from '../support/processes.ts';
import { Consumer } from '../support/sdkPackage.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';
import { tracesScript } from '../support/traces.ts';

/*
 * The examples as somebody uses them who has the package: built by Vite or run by Node in a directory outside of this
 * repository, in one call with each other.
 */

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];
const ROOM = 'standup';

let server: ServerProcess;
const consumers: Consumer[] = [];
const sites: ForeignPages[] = [];
const people: Participant[] = [];
const programs: ChildProcess[] = [];

beforeAll(async () => {
  server = await ServerProcess.start({
    PARLEY_API_KEY: API_KEY,
    PARLEY_API_SECRET: API_SECRET,
    PARLEY_OPEN: 'true',
    // Whoever goes without saying so would stay for as long as the tests take.
    PARLEY_GRACE_PERIOD: '600000',
  });
  for (const person of [ann, bob]) {
    const participant = await Participant.launch(person);
    await participant.page.addInitScript({ content: tracesScript });
    people.push(participant);
  }
}, 60_000);

afterAll(async () => {
  const errors = people.flatMap((person) => person.errors);
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(people.map((person) => person.close()));
  for (const site of sites) site.close();
  await Promise.all(consumers.map((consumer) => consumer.close()));
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  expect(errors).toEqual([]);
}, 60_000);

/** An example with the package that it says it needs. */
async function installed(example: string, packages: readonly string[]): Promise<Consumer> {
  const consumer = await Consumer.create(packages, resolve('examples', example));
  consumers.push(consumer);
  return consumer;
}

/** Builds what Vite builds, and serves it as another site. React takes both of StrictMode's steps in development alone. */
async function site(consumer: Consumer): Promise<ForeignPages> {
  await consumer.run('vite/bin/vite.js', ['build', '--mode', 'development', '--logLevel', 'error'], {
    NODE_ENV: 'development',
    VITE_PARLEY_URL: server.url,
  });
  const dist = join(consumer.directory, 'dist');
  const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', html: 'text/html' };
  const answers: Record<string, Answer> = {};
  for (const file of await readdir(dist, { recursive: true })) {
    const type = types[file.split('.').at(-1) ?? ''];
    if (type === undefined) continue;
    const body = await readFile(join(dist, file), 'utf8');
    answers[`/${file}`] = () => ({ type, body });
  }
  const pages = await ForeignPages.open(answers);
  sites.push(pages);
  return pages;
}

async function enter({ page, person }: Participant): Promise<void> {
  await page.getByLabel('Your name').fill(person.name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('status').getByText('connected').waitFor();
}

async function press({ page }: Participant, button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
}

async function says({ page }: Participant, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

describe('the examples of the SDK', () => {
  it('React and Vue hold a call with each other, and with a bot in Node', async () => {
    const [withReact, withVue] = people as [Participant, Participant];
    const react = await site(await installed('react', ['react', 'react-dom']));
    const vue = await site(await installed('vue', ['vue', 'vite']));
    await Promise.all([withReact.open(`${react.url}/index.html`), withVue.open(`${vue.url}/index.html`)]);
    for (const person of people) await enter(person);
    for (const person of people) {
      await press(person, 'Microphone off');
      await press(person, 'Camera off');
    }
    await withReact.seesAndHears(bob);
    await withVue.seesAndHears(ann);
    // Also in StrictMode, which has every effect happen twice.
    expect((await withReact.run(() => window.traces.opened(), null)).sockets).toBe(1);

    await says(withReact, 'hello from React');
    await withVue.page.getByText('hello from React').waitFor();
    await says(withVue, 'hello from Vue');
    await withReact.page.getByText('hello from Vue').waitFor();

    await press(withVue, 'Microphone on');
    const node = await installed('node-bot', ['werift']);
    const bot = spawn(process.execPath, ['bot.mjs', server.url, ROOM], {
      cwd: node.directory,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    programs.push(bot);
    const exited = once(bot, 'exit') as Promise<[number | null]>;
    await withVue.page.getByText('Say something, and hear how you sound.').waitFor();
    await says(withVue, '/who');
    await withVue.page.getByText('Ann, Bob, Echo').waitFor();
    // The bot says what Ann does.
    await withVue.until('the echo of Ann', (tone: number) => window.parleyTest.hears('Echo', tone), ann.tone);
    bot.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);

    await press(withReact, 'Leave');
    for (const gone of ['Ann', 'Echo'])
      await withVue.until(`${gone} to be gone`, (name: string) => !window.parleyTest.tile(name), gone);
    await press(withVue, 'Leave');
    for (const person of people) {
      await person.page.getByLabel('Your name').waitFor();
      // The audio contexts are those of this test's own ears.
      await person.until(
        'everything to be closed',
        () => {
          const { tracks, sockets, connections } = window.traces.open();
          return tracks + sockets + connections === 0;
        },
        null,
      );
    }
    await until('the room to be empty', async () => (await server.ready()).peers === 0);
  }, 120_000);

  it('plain HTML has it from the server itself', async () => {
    const [first, second] = people as [Participant, Participant];
    const page = await readFile('examples/sdk-html/index.html', 'utf8');
    const pages = await ForeignPages.open({ '/': page });
    sites.push(pages);
    for (const { page, person } of people) {
      await page.goto(`${pages.url}/?server=${server.url}`);
      await page.getByLabel('Your name').fill(person.name);
      await page.getByRole('button', { name: 'Join' }).click();
    }
    for (const [at, other] of [
      [first, bob],
      [second, ann],
    ] as const) {
      await at.until(
        `the picture of ${other.name}`,
        (name: string) => {
          const video = document.querySelector<HTMLVideoElement>(`video[title="${name}"]`);
          return (video?.currentTime ?? 0) > 0 && document.querySelector(`audio[title="${name}"]`) !== null;
        },
        other.name,
      );
    }
    for (const person of people) await person.open('about:blank');
    await until('the room to be empty', async () => (await server.ready()).peers === 0);
  }, 60_000);

  it('a site of its own makes tokens for those who are logged in, and may enter', async () => {
    const port = await freePort(['127.0.0.1']);
    const child = spawn(process.execPath, [resolve('examples/server-tokens/server.mjs')], {
      env: {
        ...process.env,
        PARLEY_URL: server.url,
        PARLEY_API_KEY: API_KEY,
        PARLEY_API_SECRET: API_SECRET,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    programs.push(child);
    await once(child.stdout, 'data');
    const at = (path: string): string => `http://localhost:${port}${path}`;
    const login = await fetch(at('/login'), {
      method: 'POST',
      body: new URLSearchParams({ user: 'bob' }),
      redirect: 'manual',
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ask = (room: unknown, headers: Record<string, string> = { cookie }) =>
      fetch(at('/token'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ room, name: 'somebody else' }),
      });
    expect((await ask(ROOM, {})).status).toBe(401);
    expect((await ask('board')).status).toBe(403);
    expect((await ask({ a: 1 })).status).toBe(403);
    expect(await (await fetch(at('/'), { headers: { cookie } })).text()).toContain(`${server.url}/embed.js`);

    const { token } = (await (await ask(ROOM)).json()) as { token: string };
    const peer = await new SignalingPeer(server.url).connected();
    const { permissions, snapshot } = await peer.request('join', { room: ROOM, name: 'Eve', token });
    expect(snapshot.peers).toMatchObject([{ identity: 'bob' }]);
    expect(permissions.roomAdmin).toBe(false);
    await peer.request('leave', {});
    peer.close();
  });
});

describe('the hooks of React', () => {
  it('show a room as it is, and listen to nothing once they are gone', async () => {
    const [person] = people as [Participant];
    const consumer = await installed('react', ['react', 'react-dom']);
    await cp('test/support/hooksPage.jsx', join(consumer.directory, 'src/hooksPage.jsx'));
    await writeFile(
      join(consumer.directory, 'index.html'),
      '<!doctype html><div id="root"></div><script type="module" src="/src/hooksPage.jsx"></script>',
    );
    const pages = await site(consumer);
    await person.open(`${pages.url}/index.html`);
    await person.run((url: string) => window.start(url), server.url);
    const shows = (what: string, wanted: Partial<Said>) =>
      person.until(
        what,
        (wanted: Partial<Said>) =>
          Object.entries(wanted).every(
            ([key, value]) => JSON.stringify(window.probe.said[key as keyof Said]) === JSON.stringify(value),
          ),
        wanted,
      );
    await shows('what is there', {
      names: ['Ann'],
      self: 'Ann',
      everybody: 1,
      others: 0,
      same: true,
      speaker: null,
      connection: 'connected',
      tracks: [],
      microphone: false,
    });
    const listening = await person.run(() => window.probe.listeners(), null);
    // One for each subscription, not two, whichever way StrictMode went.
    await person.run(() => window.probe.again(), null);
    await shows('another drawing', { again: 1 });
    expect(await person.run(() => window.probe.listeners(), null)).toEqual(listening);
    expect(listening).not.toEqual(await person.run(() => window.probe.before, null));

    await person.run(() => window.probe.toggle(true), null);
    await shows('the microphone', { microphone: true, tracks: ['Ann microphone'] });
    await person.run(async () => {
      await window.probe.room.sendChat('noted');
      await window.probe.room.react('👏');
    }, null);
    await shows('the message', { messages: ['noted'] });
    await person.until('the reaction', () => window.probe.told.includes('👏'), null);

    await person.run(() => window.probe.unmount(), null);
    await person.until(
      'no listener to be left',
      () => JSON.stringify(window.probe.listeners()) === JSON.stringify(window.probe.before),
      null,
    );
    await person.run(() => window.probe.room.leave(), null);
    await shows('the last that it was told', { connection: 'connected' });
  }, 60_000);
});

interface Said {
  names: string[];
  self: string;
  everybody: number;
  others: number;
  same: boolean;
  speaker: string | null;
  connection: string;
  tracks: string[];
  microphone: boolean;
  messages: string[];
  again: number;
}

declare global {
  interface Window {
    start(url: string): Promise<void>;
    probe: {
      said: Said;
      told: unknown[];
      before: number[];
      room: {
        sendChat(text: string): Promise<unknown>;
        react(reaction: string): Promise<void>;
        leave(): Promise<void>;
      };
      listeners(): number[];
      again(): void;
      toggle(on: boolean): Promise<void>;
      unmount(): void;
    };
  }
}
