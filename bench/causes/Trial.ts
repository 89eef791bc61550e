import type { QualityCause, View } from '../../src/protocol/models.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { OverloadThresholds } from '../../src/sfu/ServerLoad.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import type { Group } from '../../loadtest/scenario/scenario.ts';
import { LiveBots } from '../../test/loadtest/support/LiveBots.ts';
import { until } from '../../test/support/processes.ts';
import { SignalingHarness } from '../../test/support/signalingHarness.ts';

/** One way to make a track worse on purpose. */
export interface Injection {
  cause: QualityCause;
  /** Bots that publish. Default 1. */
  publishers?: number;
  publisher?: Partial<Group>;
  viewer?: Partial<Group>;
  overload?: Partial<OverloadThresholds>;
  /** bps. Default: more than everything. */
  initialOutgoingBitrate?: number;
  /** What is done once everybody is in the room. */
  inject?: (trial: Trial) => unknown;
  /** What to look at afterwards, if not the first camera. */
  watch?: (trial: Trial) => Watched | Promise<Watched>;
}

/** Which track is looked at, and for whom. */
export interface Watched {
  viewer: Peer;
  producerId: string;
}

const ROOM = 'trial';
/** bps: every link but a narrow one is known to carry everything from the start. */
const WIDE = 4_000_000;
const CAMERA: Partial<Group> = {
  audio: 'always',
  video: { codec: 'vp8', layers: 3, height: 720, fps: 30 },
  subscribe: { audio: 'none', video: 'none' },
};
const VIEWER: Partial<Group> = {
  audio: 'off',
  video: null,
  subscribe: { audio: 'all', video: 'all' },
};

/** A server, publishers and a viewer, from whom one track is watched. */
export class Trial {
  readonly room: Room;
  readonly publishers: readonly Peer[];
  readonly viewer: Peer;
  readonly #harness: SignalingHarness;
  readonly #bots: LiveBots;

  private constructor(harness: SignalingHarness, bots: LiveBots, room: Room) {
    this.#harness = harness;
    this.#bots = bots;
    this.room = room;
    const peers = [...room.peers.values()];
    const viewer = peers.find(({ name }) => name === 'viewer');
    if (!viewer) throw new Error('the viewer is not there');
    this.viewer = viewer;
    this.publishers = peers.filter((peer) => peer !== viewer);
  }

  static async start(pool: WorkerPool, injection: Injection): Promise<Trial> {
    const { publishers = 1, publisher, viewer, overload, initialOutgoingBitrate = WIDE } = injection;
    const harness = await SignalingHarness.start(pool, {
      limits: { initialOutgoingBitrate },
      ...(overload ? { overload } : {}),
    });
    const bots = new LiveBots(harness.url, ROOM);
    const names = Array.from({ length: publishers }, (_, index) => `publisher${index}`);
    await bots.join(names, { ...CAMERA, ...publisher });
    await bots.join(['viewer'], { ...VIEWER, ...viewer });
    const room = harness.registry.rooms.get(ROOM);
    if (!room) throw new Error('the room is not there');
    const trial = new Trial(harness, bots, room);
    const { producerId } = trial.camera;
    await until('the track is known', () => trial.viewer.quality.get(producerId) !== undefined);
    return trial;
  }

  /** Of the first publisher. */
  get camera(): Watched {
    return { viewer: this.viewer, producerId: this.trackOf(this.publishers[0], 'video') };
  }

  readonly trackOf = (peer: Peer | undefined, kind: 'audio' | 'video'): string => {
    const info = peer?.producers.list().find((producer) => producer.kind === kind);
    if (!info) throw new Error(`nobody sends ${kind}`);
    return info.producerId;
  };

  look(change: Partial<View>): void {
    const { viewer, producerId } = this.camera;
    const view = { producerId, visible: true, width: 1280, height: 720, importance: 'normal' as const };
    this.room.forwarding.setViews(viewer, [{ ...view, ...change }]);
  }

  report(limitedBy: 'cpu' | 'bandwidth'): void {
    const { producerId } = this.camera;
    const [publisher] = this.publishers;
    if (publisher) this.room.forwarding.quality.report(publisher, [{ producerId, limitedBy }], []);
  }

  async close(): Promise<void> {
    await this.#bots.close();
    await this.#harness.close();
  }
}
