import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bot } from '../../loadtest/bots/Bot.ts';
import type { BotContext } from '../../loadtest/bots/botContext.ts';
import { loadClips } from '../../loadtest/bots/clips.ts';
import { Pacer } from '../../loadtest/media/Pacer.ts';
import { PERSONAS, type Persona } from '../../loadtest/media/personas.ts';
import { Collector } from '../../loadtest/results/Collector.ts';
import type { Group, VideoPlan } from '../../loadtest/scenario/scenario.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { startParley } from '../../loadtest/servers/startParley.ts';
import { ParleyTarget } from '../../loadtest/targets/ParleyTarget.ts';
import { Participant } from '../support/chromium.ts';
import { PEOPLE } from '../support/clips.ts';

/*
 * Bots and a real Chromium in one room. Each bot has a colour, a tone and a codec of its own, so that what the browser
 * decodes says whose it is.
 */

const ROOM = 'bots-in-chromium';
const [red, green, blue] = PERSONAS;
const BOTS: { persona: Persona; video: VideoPlan }[] = [
  { persona: red, video: { codec: 'vp8', layers: 3, height: 720, fps: 15 } },
  { persona: green, video: { codec: 'h264', layers: 3, height: 720, fps: 15 } },
  { persona: blue, video: { codec: 'vp9', layers: 1, height: 720, fps: 15 } },
];

const collector = new Collector();
const pacer = new Pacer();
const bots: Bot[] = [];
let server: ServerUnderTest | undefined;
let chromium: Participant | undefined;
let ticking: NodeJS.Timeout | undefined;

declare global {
  interface Window {
    testedConnections: RTCPeerConnection[];
  }
}

async function makeBot({ persona, video }: (typeof BOTS)[number], index: number): Promise<Bot> {
  const { name } = persona;
  const group: Group = {
    name,
    count: 1,
    audio: 'always',
    video,
    screen: false,
    subscribe: { audio: 'all', video: 'all' },
    network: {},
    behaviour: {},
  };
  const context: BotContext = {
    target: new ParleyTarget(),
    url: server!.url,
    collector,
    pacer,
    clips: await loadClips([group], { persona }),
    onlyBots: false,
  };
  return new Bot(
    { index, room: ROOM, group: name, number: 1, name, seed: index + 1, joinAt: 0 },
    group,
    null,
    context,
  );
}

beforeAll(async () => {
  server = await startParley({ workers: 1 });
  for (const [index, options] of BOTS.entries()) bots.push(await makeBot(options, index));
  chromium = await Participant.launch(PEOPLE[0]!);
  await chromium.page.addInitScript(() => {
    window.testedConnections = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        window.testedConnections.push(this);
      }
    };
  });
  ticking = setInterval(() => {
    for (const bot of bots) bot.tick(performance.now());
  }, 40);
  await Promise.all(bots.map((bot) => bot.join()));
  await chromium.join(server.url, ROOM);
}, 180_000);

afterAll(async () => {
  await chromium?.close();
  await Promise.all(bots.map((bot) => bot.stop()));
  clearInterval(ticking);
  pacer.close();
  await server?.stop();
}, 30_000);

describe.each(BOTS.map(({ persona, video }) => ({ codec: video.codec, layers: video.layers, persona })))(
  'a bot that sends $codec in $layers layers',
  ({ codec, persona: { name, colour, tone } }) => {
    it('is seen and heard in Chromium', () => chromium!.seesAndHears({ name, colour, tone }));

    it('is shown in a layer that fills its tile', () =>
      chromium!.until(
        'a picture as large as its tile',
        (tile) => {
          const videos = window.parleyTest.all('video', window.parleyTest.tile(tile)!.shadowRoot!);
          const { clientWidth, clientHeight, videoWidth, videoHeight } = videos[0] as HTMLVideoElement;
          const ratio = window.devicePixelRatio;
          return videoWidth >= clientWidth * ratio && videoHeight >= clientHeight * ratio;
        },
        name,
      ));

    it('is decoded as what it is', async () => {
      const decoded = await chromium!.run(async (tile) => {
        const video = window.parleyTest.all('video', window.parleyTest.tile(tile)!.shadowRoot!)[0];
        const [track] = ((video as HTMLVideoElement).srcObject as MediaStream).getVideoTracks();
        const stats = (
          await Promise.all(window.testedConnections.map((connection) => connection.getStats()))
        ).flatMap((report) => [...report.values()] as Record<string, unknown>[]);
        const stream = stats.find(({ trackIdentifier }) => trackIdentifier === track!.id);
        return stats.find(({ id }) => id === stream!['codecId'])!['mimeType'];
      }, name);
      expect(decoded).toBe(`video/${codec.toUpperCase()}`);
    });
  },
);
