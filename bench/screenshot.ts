import { Participant } from '../test/support/chromium.ts';
import type { ClipPerson } from '../test/support/clips.ts';
import { ServerProcess } from '../test/support/serverProcess.ts';
import { drawCamera, paintPortraits, type Portrait } from './portraits.ts';

/* Takes docs/screenshot.png: a room with four people and the chat open, as one of them sees it. */

const cast: { person: ClipPerson; portrait: Portrait }[] = [
  {
    person: { name: 'Ada', colour: [150, 120, 90], tone: 500 },
    portrait: {
      wall: ['#6d8f93', '#2f4d55'],
      skin: '#e3b08f',
      hair: '#3c2a22',
      longHair: true,
      clothes: '#c9553d',
      quiet: true,
    },
  },
  {
    person: { name: 'Grace Hopper', colour: [90, 120, 150], tone: 1000 },
    portrait: {
      wall: ['#c7a983', '#8a6a4b'],
      skin: '#c98d68',
      hair: '#1e1a1c',
      longHair: false,
      clothes: '#2d5f73',
      quiet: false,
    },
  },
  {
    person: { name: 'Katherine', colour: [120, 150, 90], tone: 2000 },
    portrait: {
      wall: ['#8d86ad', '#4b4570'],
      skin: '#8a5a3f',
      hair: '#17110f',
      longHair: true,
      clothes: '#e0b64c',
      quiet: true,
    },
  },
  {
    person: { name: 'Alan Turing', colour: [90, 150, 120], tone: 3000 },
    portrait: {
      wall: ['#9db38f', '#587353'],
      skin: '#edc3a4',
      hair: '#8a5a2b',
      longHair: false,
      clothes: '#38415a',
      quiet: true,
    },
  },
];
const talk = [
  { name: 'Grace Hopper', text: 'Morning! The build is green again.' },
  { name: 'Katherine', text: 'Nice. Shall we go through the release notes?' },
  { name: 'Alan Turing', text: 'Yes, they are at https://example.com/notes' },
];

const server = await ServerProcess.start();
const people = await Promise.all(
  cast.map(async ({ person, portrait }) => {
    const participant = await Participant.launch(person);
    await participant.page.addInitScript(paintPortraits);
    await participant.page.addInitScript(drawCamera, portrait);
    return participant;
  }),
);
try {
  for (const participant of people) await participant.join(server.url, 'standup');
  const [viewer, ...others] = people;
  if (!viewer) throw new Error('nobody is there to look');
  await viewer.page.setViewportSize({ width: 1280, height: 800 });
  for (const { person } of others) {
    await viewer.until(
      'a picture',
      (name: string) => window.parleyTest.hasVideo(name, 'camera'),
      person.name,
    );
  }
  for (const { name, text } of talk) {
    const speaker = people.find(({ person }) => person.name === name);
    await speaker?.click('toggle-chat');
    await speaker?.write(text);
    await speaker?.until(
      'the message',
      (said: string) => window.parleyTest.messages().some((message) => message.includes(said)),
      text,
    );
  }
  await viewer.click('toggle-chat');
  await viewer.until(
    'the chat',
    (count: number) => window.parleyTest.messages().length === count,
    talk.length,
  );
  await viewer.until(
    'the notices to go',
    () => window.parleyTest.all('[data-role="notice"]').length === 0,
    null,
  );
  const sharp = (): boolean =>
    window.parleyTest
      .all('video[data-source="camera"]')
      .every((video) => video instanceof HTMLVideoElement && video.videoWidth >= 480);
  // A busy machine sends small pictures; they are pictures, too.
  await viewer.until('sharp pictures', sharp, null).catch(() => undefined);
  await viewer.page.screenshot({ path: 'docs/screenshot.png', animations: 'disabled' });
  console.log('docs/screenshot.png');
} finally {
  await Promise.all(people.map((participant) => participant.close()));
  await server.stop();
}
