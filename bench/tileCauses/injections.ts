import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { ForkedGenerator } from '../../loadtest/run/GeneratorLink.ts';
import type { QualityCause } from '../../src/protocol/models.ts';
import { until } from '../../test/support/processes.ts';
import { Crowd } from '../faults/Crowd.ts';
import { gather } from '../forwarding/crowd.ts';
import { group } from '../forwarding/underLoad.ts';
import type { Call, Place } from './Call.ts';
import { limitProcessor } from './processorShare.ts';

/** One way to make a tile bad for real, or to leave it good. */
export interface Injection {
  name: string;
  /** What is done, for the table. */
  what: string;
  place: Place;
  expected: QualityCause;
  /** Does it; resolves with what takes it back. */
  inject: (call: Call) => Promise<() => unknown>;
}

/** bps. */
const NARROW = 500_000;
/** Share of the packets: well above what the server calls lossy, and below what makes congestion control give way. */
const LOSS = 0.07;
/** Share of the time that the publisher's pages get. */
const STARVED = 0.2;
/** In which a tile is smaller than half the camera's picture. */
const SMALL = { width: 480, height: 340 };
const PAGED = { width: 400, height: 480 };
/** Who are there so that there is a second page. */
const OTHERS = 12;
/** Open microphones and those who hear them all, in another room: more packets than one worker can send. */
const SHOUTING = 30;
const HEARING = 300;
/** Of processes. */
const LAST = 19;

const nothing = (): Promise<() => undefined> => Promise.resolve(() => undefined);

export const injections: readonly Injection[] = [
  { name: 'nothing', what: 'nothing', place: 'loopback', expected: 'fine', inject: nothing },
  {
    name: 'muted',
    what: 'the publisher switches the camera off by its button',
    place: 'loopback',
    expected: 'mutedBySender',
    inject: async ({ publisher }) => {
      await publisher.click('toggle-video');
      return () => publisher.click('toggle-video');
    },
  },
  {
    name: 'small',
    what: `the viewer's window shrinks to ${SMALL.width} × ${SMALL.height}`,
    place: 'loopback',
    expected: 'tileIsSmall',
    inject: async (call) => {
      await call.resize(SMALL);
      return () => call.resize();
    },
  },
  {
    name: 'otherPage',
    what: `${OTHERS} more come, and the viewer turns to the second page`,
    place: 'loopback',
    expected: 'notVisible',
    inject: async (call) => {
      const silent = group('silent', OTHERS, {});
      const crowd = await Crowd.create(call.server.url, call.room, [silent]);
      for (let bot = 0; bot < OTHERS; bot++) await crowd.join(silent);
      await call.resize(PAGED);
      await call.viewer.until('a second page', () => window.parleyTest.click('next-page'), null);
      return async () => {
        await crowd.leave();
        await call.resize();
      };
    },
  },
  {
    name: 'senderCpu',
    what: `the publisher's browser gets ${Math.round(STARVED * 100)} % of the time`,
    place: 'fullRate',
    expected: 'senderCpu',
    inject: ({ renderers }) => Promise.resolve(limitProcessor(renderers, STARVED)),
  },
  {
    name: 'overload',
    what: `${SHOUTING} open microphones in another room of the same worker, heard by ${HEARING}`,
    place: 'loopback',
    expected: 'serverOverload',
    inject: async ({ server }) => {
      const silent = { audio: 'off', video: null } as const;
      const runId = randomBytes(4).toString('hex');
      const listen = { ...silent, subscribe: { audio: 'all', video: 'none' } } as const;
      // Whoever hears nothing for want of time costs the server as much; whoever speaks must have it.
      const generators = [1, 2].map((number) => new ForkedGenerator(`hearing ${number}`));
      for (const { pid } of generators) setPriority(pid, LAST);
      const hearing = await gather(server.url, { count: HEARING, runId, bots: listen, generators });
      const speak = { ...silent, audio: 'always' } as const;
      const shouting = await gather(server.url, { count: SHOUTING, runId, bots: speak });
      return () => Promise.all([hearing.end(), shouting.end()]);
    },
  },
  { name: 'network', what: 'nothing, in a network', place: 'network', expected: 'fine', inject: nothing },
  {
    name: 'uplink',
    what: `the publisher's uplink is policed to ${NARROW / 1000} kbit/s`,
    place: 'network',
    expected: 'senderBandwidth',
    inject: ({ network }) => {
      network.impair('server', { from: 'publisher', rate: NARROW });
      return Promise.resolve(() => network.impair('server', null));
    },
  },
  {
    name: 'uplinkLoss',
    what: `${Math.round(LOSS * 100)} % of what the publisher sends is lost`,
    place: 'network',
    expected: 'senderLoss',
    inject: ({ network }) => {
      network.impair('server', { from: 'publisher', loss: LOSS });
      return Promise.resolve(() => network.impair('server', null));
    },
  },
  {
    name: 'downlink',
    what: `the viewer's downlink is policed to ${NARROW / 1000} kbit/s`,
    place: 'network',
    expected: 'receiverBandwidth',
    inject: ({ network }) => {
      network.impair('viewer', { rate: NARROW });
      return Promise.resolve(() => network.impair('viewer', null));
    },
  },
  {
    name: 'downlinkLoss',
    what: `${Math.round(LOSS * 100)} % of what is sent to the viewer is lost`,
    place: 'network',
    expected: 'receiverLoss',
    inject: ({ network }) => {
      network.impair('viewer', { loss: LOSS });
      return Promise.resolve(() => network.impair('viewer', null));
    },
  },
  {
    name: 'dynacast',
    what: 'the upper layer is left out for a small tile; the tile grows, and the publisher cannot be told',
    place: 'network',
    expected: 'layerNotSent',
    inject: async (call) => {
      const { network } = call;
      await call.resize(SMALL);
      const isLeftOut = async (): Promise<boolean> => (await call.layers()).at(-1) === false;
      await until('the publisher to leave its largest layer out', isLeftOut, 20_000);
      network.impair('publisher', { loss: 1, protocol: 'tcp' });
      await call.resize();
      return () => network.impair('publisher', null);
    },
  },
  {
    name: 'dynacastBack',
    what: 'the same, and the publisher is told as always',
    place: 'network',
    expected: 'fine',
    inject: async (call) => {
      await call.resize(SMALL);
      const isLeftOut = async (): Promise<boolean> => (await call.layers()).at(-1) === false;
      await until('the publisher to leave its largest layer out', isLeftOut, 20_000);
      await call.resize();
      return () => undefined;
    },
  },
  { name: 'turn', what: 'nothing, over TURN', place: 'turn', expected: 'fine', inject: nothing },
  {
    name: 'turnLoss',
    what: `${Math.round(LOSS * 100)} % of what TURN sends to the viewer is lost`,
    place: 'turn',
    expected: 'receiverLoss',
    inject: ({ network }) => {
      network.impair('viewer', { loss: LOSS });
      return Promise.resolve(() => network.impair('viewer', null));
    },
  },
  {
    name: 'turnNarrow',
    what: `TURN's way to the viewer is policed to ${NARROW / 1000} kbit/s`,
    place: 'turn',
    expected: 'receiverBandwidth',
    inject: ({ network }) => {
      network.impair('viewer', { rate: NARROW });
      return Promise.resolve(() => network.impair('viewer', null));
    },
  },
];
