import { TaskQueue } from '../../src/support/TaskQueue.ts';
import type { MediaKind } from '../../src/protocol/models.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { Collector } from '../results/Collector.ts';
import type { SubscribePlan, Subscription as Wanted } from '../scenario/scenario.ts';
import type { RemoteTrack, Seat, Subscription } from '../targets/Target.ts';
import type { BotTransport } from './BotTransport.ts';
import { InboundTrack } from './InboundTrack.ts';

/** ms for which further tracks are waited for before they are subscribed to: a camera follows its microphone. */
const GATHER = 30;

export interface ViewerOptions {
  plan: SubscribePlan;
  room: string;
  collector: Collector;
  /** undefined: of media that is gone. */
  transportOf: (endpoint: Endpoint) => BotTransport | undefined;
  onFirstMedia: (kind: MediaKind) => void;
}

/** What a bot receives: it keeps its subscriptions to what its plan wants of the tracks that there are. */
export class Viewer {
  readonly #options: ViewerOptions;
  readonly #queue = new TaskQueue();
  readonly #tracks = new Map<string, InboundTrack>();
  /** Where each arrives. */
  readonly #transports = new Map<InboundTrack, BotTransport>();
  readonly #asked = new Set<string>();
  #seat: Seat | undefined;
  #page = 0;
  #gathering: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
  }

  /** Received tracks, by the publisher's track id. */
  get tracks(): ReadonlyMap<string, InboundTrack> {
    return this.#tracks;
  }

  /** Subscribes to what is there, and from then on to what comes; resolves when the first lot flows. */
  async start(seat: Seat): Promise<void> {
    this.#seat = seat;
    seat.on('trackAdded', () => this.#later());
    seat.on('trackRemoved', (trackId) => {
      this.#forget(trackId);
      this.#later();
    });
    // What was under way when the connection was lost.
    seat.on('resumed', () => this.#later());
    seat.on('trackPaused', (trackId, paused) => {
      const { stream } = this.#tracks.get(trackId) ?? {};
      if (paused) stream?.pause(performance.now());
      else stream?.resume(performance.now());
    });
    await this.#update();
  }

  /** Subscribes anew, on new transports. */
  async restart(): Promise<void> {
    for (const trackId of [...this.#tracks.keys()]) this.#forget(trackId);
    this.#asked.clear();
    await this.#update();
  }

  /** Tracks that are wanted and not muted: from these media should come. */
  expected(): RemoteTrack[] {
    return this.#wanted().filter(({ paused }) => !paused);
  }

  /** Looks at other videos, as many. */
  turnPage(): void {
    this.#page++;
    this.#later();
  }

  /** Wants another layer of one of the videos, as somebody does who enlarges or shrinks a tile. */
  async switchTile(random: () => number): Promise<void> {
    const videos = [...this.#tracks.values()].filter(({ kind }) => kind === 'video');
    const video = videos[Math.floor(random() * videos.length)];
    await video?.subscription.preferSpatialLayer(Math.floor(random() * 3));
  }

  /** Asks for a key frame of every video. */
  requestKeyFrames(): void {
    for (const [{ kind, stream }, transport] of this.#transports) {
      if (kind !== 'video' || stream.isPaused) continue;
      this.#options.collector.count('plis');
      transport.requestKeyFrame(stream.ssrc);
    }
  }

  /** Each track waits for media again; the next packet of any calls `onFirstMedia`. */
  awaitMedia(): void {
    for (const track of this.#tracks.values()) if (!track.stream.isPaused) track.awaitMedia();
  }

  /** Idempotent. */
  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#gathering);
    this.#queue.close();
    for (const trackId of [...this.#tracks.keys()]) this.#forget(trackId);
  }

  #later(): void {
    if (this.#closed) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      // Failures are reported by the request that failed.
      this.#update().catch(() => undefined);
    }, GATHER);
  }

  #update(): Promise<void> {
    return this.#queue.push('subscriptions', async () => {
      const seat = this.#seat;
      if (!seat || this.#closed) return;
      const wanted = new Set(this.#wanted().map(({ trackId }) => trackId));
      const gone = [...this.#tracks.values()].filter(({ track }) => !wanted.has(track.trackId));
      for (const track of gone) this.#forget(track.track.trackId);
      await Promise.all(gone.map(({ subscription }) => subscription.close()));
      const fresh = [...wanted].filter((trackId) => !this.#asked.has(trackId));
      if (fresh.length === 0) return;
      for (const trackId of fresh) this.#asked.add(trackId);
      try {
        await seat.subscribe(fresh, (subscription) => this.#receive(subscription));
        await this.#cap(fresh);
      } catch (error) {
        // So that they are asked for again.
        for (const trackId of fresh) this.#forget(trackId);
        throw error;
      }
    });
  }

  #receive(subscription: Subscription): void {
    const { collector, room, onFirstMedia, transportOf } = this.#options;
    const transport = transportOf(subscription.endpoint);
    if (this.#closed || !transport) return;
    const track = new InboundTrack(
      {
        subscription,
        room,
        collector,
        onFirstMedia,
        requestKeyFrame: (ssrc) => transport.requestKeyFrame(ssrc),
      },
      performance.now(),
    );
    transport.addTrack(track);
    this.#tracks.set(subscription.track.trackId, track);
    this.#transports.set(track, transport);
  }

  /** Asks for no more than the layers of its plan. */
  async #cap(trackIds: readonly string[]): Promise<void> {
    const layer = this.#options.plan.maxSpatialLayer;
    if (layer === undefined) return;
    await Promise.all(
      trackIds.map(async (trackId) => {
        const track = this.#tracks.get(trackId);
        if (track?.kind === 'video') await track.subscription.preferSpatialLayer(layer);
      }),
    );
  }

  #wanted(): RemoteTrack[] {
    const all = [...(this.#seat?.tracks.values() ?? [])];
    const { audio, video } = this.#options.plan;
    return [
      ...choose(
        all.filter(({ kind }) => kind === 'audio'),
        audio,
        0,
      ),
      ...choose(
        all.filter(({ kind }) => kind === 'video'),
        video,
        this.#page,
      ),
    ];
  }

  #forget(trackId: string): void {
    this.#asked.delete(trackId);
    const track = this.#tracks.get(trackId);
    if (!track) return;
    this.#tracks.delete(trackId);
    this.#transports.get(track)?.removeTrack(track);
    this.#transports.delete(track);
    track.end(performance.now());
  }
}

function choose(tracks: RemoteTrack[], wanted: Wanted, page: number): RemoteTrack[] {
  if (wanted === 'all') return tracks;
  if (wanted === 'none' || wanted === 0 || tracks.length === 0) return [];
  const from = (page * wanted) % tracks.length;
  return [...tracks.slice(from), ...tracks.slice(0, from)].slice(0, wanted);
}
