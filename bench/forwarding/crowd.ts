import { randomBytes } from 'node:crypto';
import { packageJson } from '../../loadtest/packageRoot.ts';
import { ForkedGenerator } from '../../loadtest/run/GeneratorLink.ts';
import { runLoad } from '../../loadtest/run/runLoad.ts';
import { roomName } from '../../loadtest/scenario/planBots.ts';
import type { Group } from '../../loadtest/scenario/scenario.ts';

/** Bots with cameras of three layers, which watch nobody, in a room of their own. */
export interface Crowd {
  room: string;
  /** Lets them go; resolves when they are gone. */
  end: () => Promise<void>;
}

/** Resolves as soon as all of them are in. */
export async function gather(
  url: string,
  {
    count,
    fps = 0,
    version = packageJson().version,
    bots = {},
    generators = [new ForkedGenerator('crowd')],
    runId = randomBytes(4).toString('hex'),
  }: {
    count: number;
    fps?: number;
    version?: string;
    /** What else they are than cameras that watch nobody. */
    bots?: Partial<Group>;
    /** What runs them. */
    generators?: ForkedGenerator[];
    /** Crowds with the same id meet in one room. */
    runId?: string;
  },
): Promise<Crowd> {
  const leaving = new AbortController();
  let run: Promise<unknown> = Promise.resolve();
  const all = new Promise<void>((resolve, reject) => {
    run = runLoad({
      scenario: {
        name: 'crowd',
        description: 'cameras of three layers',
        target: 'parley',
        url,
        rooms: 1,
        groups: [
          {
            name: 'bot',
            count,
            audio: 'off',
            video: { codec: 'vp8', layers: 3, height: 720, fps },
            screen: false,
            subscribe: { audio: 'none', video: 'none' },
            network: {},
            behaviour: {},
            ...bots,
          },
        ],
        ramp: { rate: 10, concurrency: 4, order: 'participants' },
        duration: 600_000,
        thresholds: [],
        incidents: [],
        seed: 1,
      },
      url,
      generators,
      access: {},
      clips: {},
      server: null,
      versions: { parley: version },
      onSnapshot: ({ phase }) => {
        if (phase === 'running') resolve();
      },
      signal: leaving.signal,
      runId,
    });
    run.then(() => reject(new Error('the crowd left by itself')), reject);
  });
  await all;
  return {
    room: roomName(runId, 1),
    end: async () => {
      leaving.abort();
      await run;
    },
  };
}
