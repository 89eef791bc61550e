import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM, Participant } from '../chromium.ts';
import { makeVoice, PEOPLE, type ClipPerson } from '../clips.ts';
import { scriptRecognition } from '../scriptedRecognition.ts';
import { ServerProcess } from '../serverProcess.ts';
import { accessToken, API_KEY, API_SECRET } from '../signalingHarness.ts';
import { TestNetwork } from '../testNetwork.ts';
import type { Visitor } from '../visitor.ts';
import { Companion } from './Companion.ts';
import { ForeignSite } from './ForeignSite.ts';
import type { Hands } from './Hands.ts';
import { Logbook } from './Logbook.ts';
import { Tourist } from './Tourist.ts';

/** A browser and hands on it, on a host of a test network. */
export type Launch = (network: TestNetwork, host: string) => Promise<{ visitor: Visitor; hands: Hands }>;

/** One thing to do, and what is to come of it. */
export interface Step {
  name: string;
  /** Left out where this cannot be driven. */
  needs?: string;
  take: (tour: Tour) => Promise<void>;
}

const [, bob] = PEOPLE as [ClipPerson, ClipPerson];

/** The tourist, a companion in another browser, and a server, each on a host of its own. */
export class Tour {
  readonly network: TestNetwork;
  readonly url: string;
  readonly me: Tourist;
  readonly bob: Companion;
  /** Where the tourist's room is; it gives a token for any room. */
  readonly site: ForeignSite;
  readonly #server: ServerProcess;

  private constructor(
    network: TestNetwork,
    server: ServerProcess,
    me: Tourist,
    bob: Companion,
    site: ForeignSite,
  ) {
    this.network = network;
    this.#server = server;
    this.url = server.url;
    this.me = me;
    this.bob = bob;
    this.site = site;
  }

  static async open(launch: Launch): Promise<Tour> {
    const network = TestNetwork.create(['server', 'tourist', 'bob']);
    const opened: { close(): unknown }[] = [network];
    try {
      const recordings = join(network.directory, 'recordings');
      mkdirSync(recordings);
      const server = await ServerProcess.start(
        {
          // Off localhost, browsers give cameras to HTTPS pages only.
          PARLEY_HTTPS: 'true',
          PARLEY_CACHE_DIR: join(network.directory, 'cache'),
          PARLEY_API_KEY: API_KEY,
          PARLEY_API_SECRET: API_SECRET,
          PARLEY_OPEN: 'true',
          PARLEY_RECORDINGS_DIR: recordings,
          PARLEY_WORKERS: '1',
          PARLEY_RTC_PORT: '20000',
          // Nobody answers there. To have any is what matters: Firefox cannot be given new ones in a call.
          PARLEY_ICE_SERVERS: JSON.stringify([{ urls: `stun:${network.host('server').address}:3478` }]),
        },
        { host: network.host('server') },
      );
      opened.unshift({ close: () => server.kill() });
      const { visitor, hands } = await launch(network, 'tourist');
      opened.unshift(visitor);
      const participant = await Participant.launch(bob, {
        program: network.program('bob', CHROMIUM),
        flags: ['--ignore-certificate-errors'],
        microphone: await makeVoice(bob),
      });
      opened.unshift(participant);
      await participant.page.addInitScript(scriptRecognition);
      const sub = visitor.person.name;
      const site = await ForeignSite.open(network, 'server', server.url, {
        '/token': await Tour.token(sub),
        '/guest': await accessToken({ sub, video: { roomJoin: true, canUpdateOwnMetadata: true } }),
      });
      const me = new Tourist(visitor, hands, new Logbook());
      return new Tour(network, server, me, new Companion(participant, server.url), site);
    } catch (error) {
      for (const one of opened) await one.close();
      throw error;
    }
  }

  /** Of somebody who may do everything, in any room. */
  static token(sub: string): Promise<string> {
    return accessToken({ sub, video: { roomJoin: true, roomAdmin: true, canUpdateOwnMetadata: true } });
  }

  /** Resolves with what went wrong on the pages, and with what is left of the server. */
  async close(): Promise<{ errors: string[]; server: Awaited<ReturnType<ServerProcess['stop']>> }> {
    try {
      const { participant } = this.bob;
      this.site.close();
      await Promise.all([this.me.visitor.close(), participant.close()]);
      const server = await this.#server.stop();
      return { errors: [...this.me.visitor.errors, ...participant.errors], server };
    } finally {
      this.#server.kill();
      this.network.close();
    }
  }
}
