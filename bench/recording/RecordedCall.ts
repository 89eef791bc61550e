import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Participant } from '../../test/support/chromium.ts';
import { offsetOf } from '../../test/support/recordings.ts';
import { commandLine, descendants, until } from '../../test/support/processes.ts';
import type { ServerProcess } from '../../test/support/serverProcess.ts';
import type { Group } from '../../loadtest/scenario/scenario.ts';
import type { RecordedFile, Timeline } from '../../src/recording/timeline.ts';
import { Crowd } from '../faults/Crowd.ts';
import { flashAndBeep, SIGNAL } from './flashAndBeep.ts';

const ROOM = 'recorded';
/** ms within which something goes on that should. */
const PATIENCE = 60_000;

export interface CallOptions {
  server: ServerProcess;
  /** With `roomRecord`. */
  token: string;
  /** `PARLEY_RECORDINGS_DIR` of the server. */
  directory: string;
  /** Besides Chromium. */
  bots: readonly Group[];
  onStep?: (what: string) => void;
}

/** A recording that is over. */
export interface Recorded {
  directory: string;
  timeline: Timeline;
  /** When the first recorder was killed, and when its successor was told to end; ms since the epoch. */
  ends: readonly [killed: number, stopped: number];
  /** Who flashes and beeps. */
  flashing: string;
  /**
   * ms for which its page did not get to draw, or the bots' process to send, at most: what was not sent then nobody can
   * record.
   */
  standstill: number;
  /** ms by which beeps left its page later than the flashes that belong to them, at the median. */
  sentApart: number;
  chromium: string;
}

/** A call of Chromium, which flashes and beeps, and bots with real clips, recorded over the API by a server process. */
export class RecordedCall {
  readonly #options: CallOptions;
  readonly #flashing: Participant;
  readonly #crowd: Crowd;
  readonly #delays = monitorEventLoopDelay();

  private constructor(options: CallOptions, flashing: Participant, crowd: Crowd) {
    this.#options = options;
    this.#flashing = flashing;
    this.#crowd = crowd;
    this.#delays.enable();
  }

  /** Everybody comes in. */
  static async begin(options: CallOptions): Promise<RecordedCall> {
    const { server, bots } = options;
    const crowd = await Crowd.create(server.url, ROOM, bots);
    let flashing: Participant | undefined;
    try {
      flashing = await Participant.launch({ name: 'Flash', colour: [255, 255, 255], tone: SIGNAL.tone });
      await flashing.page.addInitScript(flashAndBeep, SIGNAL);
      await flashing.join(server.url, ROOM);
      await flashing.until(
        'the room',
        () => document.querySelector('parley-room')?.getAttribute('data-status') === 'connected',
        null,
      );
      for (const bot of bots) await crowd.join(bot);
      return new RecordedCall(options, flashing, crowd);
    } catch (error) {
      await crowd.leave();
      await flashing?.close();
      throw error;
    }
  }

  /** The browser's page, for whoever wants to look at it. */
  get page(): Participant {
    return this.#flashing;
  }

  /** Records the call for so many ms before its recorder is killed, and so many after. */
  async record(before: number, after: number): Promise<Recorded> {
    const { server, directory, onStep = () => undefined } = this.#options;
    const begun = await this.#api<Timeline>('', 'POST');
    const path = `/${begun.recordingId}`;
    const read = (): Promise<Timeline> => this.#api<Timeline>(path);
    const count = 2 * (this.#options.bots.length + 1);
    const grown = (parts: number, ms: number): Promise<void> =>
      until(
        `${ms} ms of all ${count} tracks, part ${parts}`,
        async () => {
          // One that answers several hundred times a second measures itself.
          await new Promise((resolve) => setTimeout(resolve, 100));
          const { tracks } = await read();
          const files = tracks.map((track) => track.files[parts - 1]);
          return files.length === count && files.every((file) => file && lengthOf(file) >= ms);
        },
        ms + PATIENCE,
      );
    onStep('recording');
    const { page } = this.#flashing;
    await page.evaluate(() => {
      window.standstill = 0;
      if (window.leftPage) window.leftPage.flashes.length = window.leftPage.beeps.length = 0;
    });
    await grown(1, before);
    const recorder = descendants(server.pid).find((pid) =>
      commandLine(pid).some((word) => word.endsWith('recorderMain.js')),
    );
    if (recorder === undefined) throw new Error('there is no recorder');
    const killed = Date.now();
    process.kill(recorder, 'SIGKILL');
    onStep('the recorder was killed');
    await grown(2, after);
    const left = await page.evaluate(() => window.leftPage ?? { flashes: [], beeps: [] });
    const standstill = Math.max(await page.evaluate(() => window.standstill ?? 0), this.#delays.max / 1e6);
    const stopped = Date.now();
    await this.#api(`${path}/stop`, 'POST');
    onStep('finishing');
    let timeline = await read();
    await until(
      'the files to be finished',
      async () => {
        timeline = await read();
        return timeline.state === 'finished';
      },
      5 * PATIENCE,
    );
    const flashing = timeline.participants.find(({ name }) => name === 'Flash')?.peerId ?? '';
    return {
      directory: join(directory, timeline.recordingId),
      timeline,
      ends: [killed, stopped],
      flashing,
      standstill,
      sentApart: offsetOf(
        left.flashes.map((ms) => ms / 1000),
        left.beeps.map((ms) => ms / 1000),
      ),
      chromium: this.#flashing.version,
    };
  }

  /** Everybody leaves. */
  async close(): Promise<void> {
    this.#delays.disable();
    await this.#crowd.leave();
    await this.#flashing.close();
  }

  async #api<T>(path: string, method = 'GET'): Promise<T> {
    const { server, token } = this.#options;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/api/rooms/${ROOM}/recordings${path}`, { method, headers });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

/** ms by its timeline. */
export const lengthOf = ({ startedAt, endedAt }: RecordedFile): number => endedAt - startedAt;
