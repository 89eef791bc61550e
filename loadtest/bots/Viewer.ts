import { setTimeout as wait } from 'node:timers/promises';
import { TaskQueue } from '../../src/support/TaskQueue.ts';
import type { MediaKind } from '../../src/protocol/models.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { Collector } from '../results/Collector.ts';
import type { BotPlan } from '../scenario/planBots.ts';
import type { SubscribePlan } from '../scenario/scenario.ts';
import type { RemoteTrack, Seat, Subscription, TrackView } from '../targets/Target.ts';
import type { BotTransport } from './BotTransport.ts';
import { chooseTracks } from './chooseTracks.ts';
import type { Gaps } from './Gaps.ts';
import { InboundTrack } from './InboundTrack.ts';
import type { Onsets } from './Onsets.ts';
import { Reception } from './Reception.ts';
import { Tiles } from './Tiles.ts';

/** ms for which further tracks are waited for before they are subscribed to: a camera follows its microphone. */
const GATHER = 30;
/** ms that media may take to come on new transports, and between two looks, as the SDK has them. */
const PLAYS_WITHIN = 2500;
const LOOK = 50;

export interface ViewerOptions {
  plan: SubscribePlan;
  bot: BotPlan;
  collector: Collector;
  /** undefined: of media that is gone. */
  transportOf: (endpoint: Endpoint) => BotTransport | undefined;
  onFirstMedia: (kind: MediaKind) => unknown;
  /** The server says that it sends less than it did, or than was asked for: see `expected`. */
  onLess: () => unknown;
  onsets: Onsets;
  gaps: Gaps;
}

/** What a bot receives: it keeps its subscriptions to what its plan wants of the tracks that there are. */
export class Viewer {
  readonly #options: ViewerOptions;
  readonly #queue = new TaskQueue();
  readonly #reception = new Reception();
  /** Subscribed to, whether they are sent at present or not. */
  readonly #asked = new Set<string>();
  readonly #tiles: Tiles | undefined;
  #seat: Seat | undefined;
  #page = 0;
  /** Counts the changes of transports; what was asked for before the last one is of no use. */
  #epoch = 0;
  #gathering: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
    const { tiles } = options.plan;
    // Not all in a room look at the same ones.
    if (tiles) this.#tiles = new Tiles(tiles, options.bot.number - 1);
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
      for (const track of this.#reception.all(trackId)) track.setPaused(paused, performance.now());
    });
    seat.on('subscribed', (subscription) => {
      const { trackId } = subscription.track;
      // Not wanted any more, as the server is about to hear.
      if (!this.#asked.has(trackId)) return;
      this.#reception.end(trackId);
      this.#receive(subscription);
      // Failures are reported by the request that failed.
      this.#cap([trackId]).catch(() => undefined);
    });
    seat.on('subscriptionEnded', (trackId) => {
      this.#reception.end(trackId);
      this.#options.onLess();
    });
    seat.on('trackCause', (cause) => {
      const track = this.#reception.get(cause.trackId);
      if (track) track.setCause(cause, performance.now());
      else this.#options.collector.count('causeChanges');
      if (cause.isHeld) this.#options.onLess();
    });
    await this.#update();
  }

  /** Subscribes anew, on new transports. */
  async restart(): Promise<void> {
    for (const trackId of this.#reception.trackIds) this.#forget(trackId);
    await this.#anew();
  }

  /** Receives everything on new transports as well; resolves once there is media of what was subscribed to at once. */
  async moveTo(): Promise<void> {
    this.#reception.setAside();
    await this.#anew();
    const deadline = performance.now() + PLAYS_WITHIN;
    const isAwaited = (): boolean => [...this.#reception].some(({ track }) => track.waits);
    while (!this.#closed && isAwaited() && performance.now() < deadline) await wait(LOOK);
  }

  /** What was received before `moveTo` is so no more. */
  moved(): void {
    this.#reception.letGo();
  }

  /** What was received before `moveTo` is all that is received. */
  goBack(): void {
    this.#epoch++;
    this.#reception.goBack();
    this.#asked.clear();
    for (const trackId of this.#reception.trackIds) this.#asked.add(trackId);
    this.#later();
  }

  /** Tracks that are wanted, not muted and not held back by the server: from these media should come. */
  expected(): RemoteTrack[] {
    const deferred = this.#seat?.deferred;
    return this.#wanted().filter(
      ({ trackId, paused }) => !paused && !deferred?.has(trackId) && !this.#reception.get(trackId)?.isHeld,
    );
  }

  /** The microphone of somebody who should be heard if they speak; undefined: there is none. */
  microphoneOf(name: string): RemoteTrack | undefined {
    for (const track of this.#seat?.tracks.values() ?? [])
      if (track.name === name && track.source === 'microphone' && this.#asked.has(track.trackId))
        return track.paused ? undefined : track;
    return undefined;
  }

  /** Looks at other videos, as many. */
  turnPage(): void {
    this.#page++;
    this.#tiles?.turnPage();
    this.#later();
  }

  /** Wants another layer or size of one of the videos, as somebody does who enlarges or shrinks a tile. */
  async switchTile(random: () => number): Promise<void> {
    const tiles = this.#seat?.setViews && this.#tiles;
    if (tiles) {
      const visible = [...tiles.visible(this.#videos())];
      const chosen = visible[Math.floor(random() * visible.length)];
      if (chosen !== undefined) tiles.resize(chosen, random);
      await this.#update();
      return;
    }
    const videos = [...this.#reception].filter(({ track }) => track.kind === 'video');
    const video = videos[Math.floor(random() * videos.length)];
    await video?.track.subscription.preferSpatialLayer(Math.floor(random() * 3));
  }

  /** Asks for a key frame of every video. */
  requestKeyFrames(): void {
    for (const { track, transport } of this.#reception) {
      const { kind, stream } = track;
      if (kind !== 'video' || stream.isPaused) continue;
      this.#options.collector.count('plis');
      transport.requestKeyFrame(stream.ssrc);
    }
  }

  /** Each track waits for media again; the next packet of any calls `onFirstMedia`. */
  awaitMedia(): void {
    for (const { track } of this.#reception) if (!track.stream.isPaused) track.awaitMedia();
  }

  /** Idempotent. */
  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#gathering);
    this.#queue.close();
    for (const trackId of this.#reception.trackIds) this.#forget(trackId);
  }

  /** Subscribes to everything on transports that nothing is subscribed to on. */
  #anew(): Promise<void> {
    this.#epoch++;
    this.#asked.clear();
    this.#tiles?.forget();
    return this.#update();
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
      await this.#drop(
        seat,
        [...this.#asked].filter((trackId) => !wanted.has(trackId)),
      );
      // Before it subscribes, so that nothing comes that it does not look at.
      const views = seat.setViews ? this.#tiles?.takeChanges(this.#videos()) : undefined;
      if (views && views.length > 0) await this.#tellViews(seat, views);
      const fresh = [...wanted].filter((trackId) => !this.#asked.has(trackId));
      if (fresh.length === 0) return;
      for (const trackId of fresh) this.#asked.add(trackId);
      const epoch = this.#epoch;
      try {
        await seat.subscribe(fresh, (subscription) => this.#receive(subscription));
        await this.#cap(fresh);
      } catch (error) {
        // So that they are asked for again.
        if (epoch === this.#epoch) for (const trackId of fresh) this.#forget(trackId);
        throw error;
      }
    });
  }

  async #tellViews(seat: Seat, views: readonly TrackView[]): Promise<void> {
    // Before it is told, lest what it causes comes first.
    for (const { trackId, visible } of views)
      if (visible) this.#reception.get(trackId)?.setHeld(false, performance.now());
    await seat.setViews?.(views);
    // What it does not look at is not sent any more, which facts tell later.
    for (const { trackId, visible } of views)
      if (!visible) this.#reception.get(trackId)?.setHeld(true, performance.now());
  }

  /** Does not want these any more. */
  async #drop(seat: Seat, trackIds: readonly string[]): Promise<void> {
    const subscriptions = trackIds.flatMap((trackId) => this.#reception.get(trackId)?.subscription ?? []);
    for (const trackId of trackIds) this.#forget(trackId);
    if (!seat.unsubscribe) await Promise.all(subscriptions.map((subscription) => subscription.close()));
    else if (trackIds.length > 0) await seat.unsubscribe(trackIds);
  }

  #receive(subscription: Subscription): void {
    const { collector, bot, onFirstMedia, transportOf, onsets, gaps } = this.#options;
    const transport = transportOf(subscription.endpoint);
    if (this.#closed || !transport) return;
    const now = performance.now();
    const { name, source } = subscription.track;
    const track = new InboundTrack(
      {
        subscription,
        gap: gaps.of(name, source, now),
        room: bot.room,
        collector,
        onFirstMedia,
        requestKeyFrame: (ssrc) => transport.requestKeyFrame(ssrc),
        onSpeech: (speaking, at, took) => onsets.heard(speaking, at, took),
      },
      now,
    );
    onsets.watch(track);
    this.#reception.add(subscription.track.trackId, track, transport);
  }

  /** Asks for no more than the layers of its plan. */
  async #cap(trackIds: readonly string[]): Promise<void> {
    const layer = this.#options.plan.maxSpatialLayer;
    if (layer === undefined) return;
    await Promise.all(
      trackIds.map(async (trackId) => {
        const track = this.#reception.get(trackId);
        if (track?.kind === 'video') await track.subscription.preferSpatialLayer(layer);
      }),
    );
  }

  #wanted(): RemoteTrack[] {
    const all = [...(this.#seat?.tracks.values() ?? [])];
    const microphones = all.filter(({ kind }) => kind === 'audio');
    return [...chooseTracks(microphones, this.#options.plan.audio, 0), ...this.#videos()];
  }

  /** Those that it subscribes to: without views, only what is on the page. */
  #videos(): RemoteTrack[] {
    const all = [...(this.#seat?.tracks.values() ?? [])].filter(({ kind }) => kind === 'video');
    const { video, tiles } = this.#options.plan;
    if (!tiles) return chooseTracks(all, video, this.#page);
    const known = chooseTracks(all, video, 0);
    return this.#seat?.setViews ? known : chooseTracks(known, tiles.count, this.#page);
  }

  #forget(trackId: string): void {
    this.#asked.delete(trackId);
    this.#reception.forget(trackId);
  }
}
