import { join } from 'node:path';
import { CHROMIUM } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { TestNetwork } from '../test/support/testNetwork.ts';
import { CAMERA } from './forwarding/camera.ts';
import { enter, look, publish, show } from './forwarding/callers.ts';
import { firstAsWideAs, firstNarrowerThan, longestFreeze } from './forwarding/frames.ts';
import type { Flow, Frame } from './forwarding/pageWatch.ts';
import { rateBetween } from './forwarding/rates.ts';
import { keep } from './forwarding/results.ts';
import { figuresOf, tableOf, type Row } from './forwarding/table.ts';
import { startServer } from './ownMachine.ts';

/*
 * A viewer whose downlink is policed to 500 kbit/s and then freed, in two real Chromium, each in a network namespace of
 * its own: one publishes a camera of 1280 x 720 with three layers and a microphone, the other looks at it in full size.
 * The policer drops and never queues, so that there is no delay to notice it by. Needs root.
 *
 * `npm run bench:downlink -- [rounds] [kbit/s]`: three rounds of 500 unless told otherwise; the results of those alone are kept.
 */

const rounds = Number(process.argv[3] ?? 3);
/** bps. */
const STANDARD = 500_000;
const POLICED = process.argv[4] === undefined ? STANDARD : Number(process.argv[4]) * 1000;
/** ms. */
const POLICED_FOR = 30_000;
const FREED_FOR = 20_000;
const DEADLINE = 60_000;
/**
 * What the picture takes before the link is policed, bps: with less the policer's bucket is full for seconds, and what is measured
 * is the bucket.
 */
const FULL_RATE = 1_300_000;

const [publisher, viewer] = PEOPLE;
if (!publisher || !viewer) throw new Error('two people are needed');

const figures = {
  before: [] as number[],
  policed: [] as number[],
  audioLoss: [] as number[],
  audioLossAtFirst: [] as number[],
  audioLossLater: [] as number[],
  concealed: [] as number[],
  videoLoss: [] as number[],
  firstLoss: [] as number[],
  lower: [] as number[],
  lowerAfterLoss: [] as number[],
  freeze: [] as number[],
  freezeAfter: [] as number[],
  fullAgain: [] as number[],
};

const network = TestNetwork.create(['server', 'publisher', 'viewer']);
try {
  const server = await startServer(
    // Off localhost, browsers give cameras to HTTPS pages only.
    { PARLEY_HTTPS: 'true', PARLEY_CACHE_DIR: join(network.directory, 'cache') },
    { host: network.host('server') },
  );
  const on = (host: string) => ({
    url: server.url,
    room: 'bench',
    program: network.program(host, CHROMIUM),
    flags: ['--ignore-certificate-errors'],
  });
  const sender = await enter(publisher, on('publisher'));
  const watcher = await enter(viewer, on('viewer'));
  try {
    await publish(sender, { microphone: true });
    const both = (): boolean =>
      window.benchRoom.state.peers.some((peer) => !peer.isLocal && peer.publications.length === 2);
    await watcher.until('camera and microphone', both, null);
    await show(watcher);
    await look(watcher, { visible: true, width: CAMERA.width, height: CAMERA.height });
    void watcher.page.evaluate(() => window.benchWatch.sample(100)).catch(() => undefined);
    for (let round = 1; round <= rounds; round++) {
      await watcher.until('the full picture', isFull, CAMERA.width, DEADLINE);
      await pause(4000);
      await watcher
        .until('the rate of a full picture', isAtRate, FULL_RATE, DEADLINE)
        .catch(() => console.log(`round ${round}: its publisher sends less than a full picture takes`));
      await once(round);
    }
    print();

    async function once(round: number): Promise<void> {
      const begun = Date.now();
      await pause(3000);
      const policedAt = Date.now();
      network.policeDownlink('viewer', POLICED);
      await pause(POLICED_FOR);
      const freedAt = Date.now();
      network.policeDownlink('viewer', null);
      await pause(FREED_FOR);
      const now = Date.now();
      const { flows, frames } = await watcher.page.evaluate(
        (since): { flows: Flow[]; frames: Frame[] } => ({
          flows: window.benchWatch.flows.filter(({ at }) => at >= since),
          frames: window.benchWatch.framesSince(since),
        }),
        begun,
      );
      const lower = firstNarrowerThan(frames, CAMERA.width, policedAt);
      const lost = firstLoss(flows, policedAt);
      const full = firstAsWideAs(frames, CAMERA.width, freedAt);
      figures.before.push(rateBetween(flows, 'received', begun, policedAt) / 1000);
      figures.policed.push(rateBetween(flows, 'received', policedAt + 5000, freedAt) / 1000);
      figures.audioLoss.push(loss(flows, 'audio', policedAt, now));
      figures.audioLossAtFirst.push(loss(flows, 'audio', policedAt, policedAt + 5000));
      figures.audioLossLater.push(loss(flows, 'audio', policedAt + 10_000, freedAt));
      figures.concealed.push(concealed(flows, policedAt, now));
      figures.videoLoss.push(loss(flows, 'video', policedAt, freedAt));
      figures.firstLoss.push(lost - policedAt);
      figures.lower.push(lower ? lower - policedAt : Infinity);
      figures.lowerAfterLoss.push(lower ? lower - lost : Infinity);
      figures.freeze.push(longestFreeze(frames, policedAt, freedAt));
      figures.freezeAfter.push(longestFreeze(frames, freedAt, now));
      figures.fullAgain.push(full ? full - freedAt : Infinity);
      const last = Object.entries(figures).map(
        ([name, values]) => `${name} ${(values.at(-1) ?? NaN).toFixed(1)}`,
      );
      console.log(`round ${round}: ${last.join(', ')}`);
      console.log(`  sizes: ${steps(frames, policedAt)}`);
      console.log(`  freezes: ${freezes(frames, policedAt)}`);
    }

    function print(): void {
      const rows: Row[] = [
        { what: 'received before', values: figures.before, unit: 'kbit/s' },
        { what: 'received while policed', values: figures.policed, unit: 'kbit/s' },
        { what: 'loss of sound', values: figures.audioLoss, unit: '%', goal: { atMost: 1 } },
        { what: 'loss of sound in the first 5 s', values: figures.audioLossAtFirst, unit: '%' },
        { what: 'loss of sound from 10 s on, while policed', values: figures.audioLossLater, unit: '%' },
        { what: 'sound that was made up', values: figures.concealed, unit: '%' },
        { what: 'loss of video while policed', values: figures.videoLoss, unit: '%' },
        { what: 'until the first loss', values: figures.firstLoss, unit: 'ms' },
        { what: 'until a lower layer is shown', values: figures.lower, unit: 'ms', goal: { atMost: 3000 } },
        { what: 'the same from the first loss', values: figures.lowerAfterLoss, unit: 'ms' },
        { what: 'longest freeze while policed', values: figures.freeze, unit: 'ms', goal: { atMost: 1000 } },
        {
          what: 'longest freeze once freed',
          values: figures.freezeAfter,
          unit: 'ms',
          goal: { atMost: 1000 },
        },
        {
          what: 'until the full picture once freed',
          values: figures.fullAgain,
          unit: 'ms',
          goal: { atMost: 10_000 },
        },
      ];
      const table = rows.map(figuresOf);
      console.log(tableOf(table));
      if (POLICED === STANDARD)
        keep('downlink', { rounds, policed: POLICED, table, figures }, { chromium: sender.version });
    }
  } finally {
    await Promise.all([sender.close(), watcher.close()]);
    await server.stop();
  }
} finally {
  network.close();
}

/** Runs in the page. */
function isFull(width: number): boolean {
  return window.benchWatch.framesSince(Date.now() - 1000).some((frame) => frame.width >= width);
}

/** Runs in the page: over the last three seconds. */
function isAtRate(bps: number): boolean {
  const { flows } = window.benchWatch;
  const last = flows.at(-1);
  const first = last && flows.find(({ at }) => at >= last.at - 3000);
  return first !== undefined && last !== undefined && last.at > first.at + 2000
    ? ((last.received - first.received) * 8000) / (last.at - first.at) >= bps
    : false;
}

/** When a packet of the picture was first missed after a moment. */
function firstLoss(flows: readonly Flow[], from: number): number {
  const before = flows.findLast(({ at }) => at < from)?.videoLost ?? 0;
  return flows.find(({ at, videoLost }) => at >= from && videoLost > before)?.at ?? Infinity;
}

/** Share of the packets in percent, between two moments. */
function loss(flows: readonly Flow[], kind: 'audio' | 'video', from: number, to: number): number {
  const inside = flows.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last) return NaN;
  const lost = last[`${kind}Lost`] - first[`${kind}Lost`];
  return (100 * lost) / (last[`${kind}Packets`] - first[`${kind}Packets`] + lost);
}

/** Share of the played sound in percent, between two moments. */
function concealed(flows: readonly Flow[], from: number, to: number): number {
  const inside = flows.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last) return NaN;
  return (100 * (last.audioConcealed - first.audioConcealed)) / (last.audioSamples - first.audioSamples);
}

/** When which width was shown, s. */
function steps(frames: readonly Frame[], from: number): string {
  return frames
    .filter((frame, index) => frame.at >= from && frame.width !== frames[index - 1]?.width)
    .map(({ at, width }) => `${((at - from) / 1000).toFixed(1)} s ${width}`)
    .join(', ');
}

/** When there was no frame for long, s and ms. */
function freezes(frames: readonly Frame[], from: number): string {
  return frames
    .map(({ at }, index) => ({ at, gap: at - (frames[index - 1]?.at ?? at) }))
    .filter(({ at, gap }) => at >= from && gap > 300)
    .map(({ at, gap }) => `${((at - from) / 1000).toFixed(1)} s ${gap} ms`)
    .join(', ');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
