import { Bot } from '../../../loadtest/bots/Bot.ts';
import { loadClips } from '../../../loadtest/bots/clips.ts';
import { Pacer } from '../../../loadtest/media/Pacer.ts';
import { Collector, type Counter } from '../../../loadtest/results/Collector.ts';
import { Histogram } from '../../../loadtest/results/Histogram.ts';
import type { MetricName } from '../../../loadtest/results/metrics.ts';
import type { Distribution } from '../../../loadtest/results/runResult.ts';
import { readRtcp } from '../../../loadtest/rtp/rtcp.ts';
import type { Group } from '../../../loadtest/scenario/scenario.ts';
import { ParleyTarget } from '../../../loadtest/targets/ParleyTarget.ts';
import type { Publication, Seat, Subscription, Target } from '../../../loadtest/targets/Target.ts';
import { groupOf } from './groupOf.ts';

/** A bot in this process, with a collector of its own, and what can be seen of it. */
export interface LiveBot {
  bot: Bot;
  /** Its places, the latest last. */
  seats: Seat[];
  publications: Publication[];
  /** Names of those whose video it is subscribed to now. */
  videos: Set<string>;
  /** Picture loss indications that its publications got. */
  keyFrameRequests: number;
  /** A sum since it was made. */
  count(counter: Counter): number;
  observed(metric: MetricName): number;
  distribution(metric: MetricName): Distribution;
  /** phase and code of each. */
  errors(): string[];
}

/** Bots of one room in this process, so that a test can say when each does what. */
export class LiveBots {
  readonly #url: string;
  readonly #room: string;
  readonly #pacer = new Pacer();
  readonly #bots: Bot[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(url: string, room: string) {
    this.#url = url;
    this.#room = room;
    this.#timer = setInterval(() => {
      for (const bot of this.#bots) bot.tick(performance.now());
    }, 20);
  }

  /** @param talkers Names of those who speak in turns, this one among them or not. */
  async create(
    name: string,
    changes: Partial<Group> = {},
    target?: Target,
    talkers: readonly string[] = [],
  ): Promise<LiveBot> {
    const position = talkers.indexOf(name);
    const group = groupOf(changes);
    const collector = new Collector();
    const clips = await loadClips([group]);
    const counts = new Map<Counter, number>();
    const histograms = new Map<MetricName, Histogram>();
    const errors: string[] = [];
    const flush = (): void => {
      const tally = collector.flush();
      for (const [counter, by] of Object.entries(tally.counters) as [Counter, number][])
        counts.set(counter, (counts.get(counter) ?? 0) + by);
      for (const [metric, json] of Object.entries(tally.histograms)) {
        const histogram = histograms.get(metric as MetricName) ?? new Histogram();
        histogram.merge(Histogram.fromJSON(json));
        histograms.set(metric as MetricName, histogram);
      }
      for (const error of tally.errors) errors.push(`${error.phase} ${error.code}`);
    };
    const live: Omit<LiveBot, 'bot'> = {
      seats: [],
      publications: [],
      videos: new Set(),
      keyFrameRequests: 0,
      count: (counter) => (flush(), counts.get(counter) ?? 0),
      distribution: (metric) => (flush(), (histograms.get(metric) ?? new Histogram()).distribution()),
      observed: (metric) => (flush(), histograms.get(metric)?.count ?? 0),
      errors: () => (flush(), errors),
    };
    const bot = new Bot(
      { index: 0, room: this.#room, group: group.name, number: 1, name, seed: name.length * 7919, joinAt: 0 },
      group,
      position < 0 ? null : { position, of: talkers.length },
      {
        target: watch(target ?? new ParleyTarget(), live),
        url: this.#url,
        collector,
        pacer: this.#pacer,
        clips,
        onlyBots: true,
        deadline: 5000,
      },
      talkers,
    );
    this.#bots.push(bot);
    return Object.assign(live, { bot });
  }

  /** Makes bots of these names and lets all of them in. */
  async join(names: readonly string[], changes: Partial<Group> = {}): Promise<LiveBot[]> {
    const bots = await Promise.all(names.map((name) => this.create(name, changes)));
    await Promise.all(bots.map(({ bot }) => bot.join()));
    return bots;
  }

  async close(): Promise<void> {
    await Promise.all(this.#bots.map((bot) => bot.stop()));
    clearInterval(this.#timer);
    this.#pacer.close();
  }
}

/** The same target, with everything that bots get from it noted down. */
function watch(target: Target, live: Omit<LiveBot, 'bot'>): Target {
  return {
    join: async (request) => {
      const seat = await target.join(request);
      live.seats.push(seat);
      const publish = seat.publish.bind(seat);
      const subscribe = seat.subscribe.bind(seat);
      seat.publish = async (offer) => {
        const publication = await publish(offer);
        live.publications.push(publication);
        queueMicrotask(() => countRequests(publication, live));
        return publication;
      };
      seat.subscribe = (trackIds, prepare) =>
        subscribe(trackIds, (subscription) => {
          note(subscription, live);
          prepare(subscription);
        });
      seat.on('subscribed', (subscription) => note(subscription, live));
      const gone = (trackId: string): void => {
        const track = seat.tracks.get(trackId);
        if (track?.kind === 'video') live.videos.delete(track.name);
      };
      seat.on('subscriptionEnded', gone);
      const unsubscribe = seat.unsubscribe?.bind(seat);
      if (unsubscribe)
        seat.unsubscribe = async (trackIds) => {
          await unsubscribe(trackIds);
          trackIds.forEach(gone);
        };
      return seat;
    },
  };
}

function note(subscription: Subscription, { videos }: Omit<LiveBot, 'bot'>): void {
  const { kind, name } = subscription.track;
  if (kind !== 'video') return;
  videos.add(name);
  const close = subscription.close.bind(subscription);
  subscription.close = async () => {
    await close();
    videos.delete(name);
  };
}

const wrapped = new WeakSet<object>();

function countRequests({ endpoint }: Publication, live: Omit<LiveBot, 'bot'>): void {
  if (wrapped.has(endpoint)) return;
  wrapped.add(endpoint);
  const { onRtcp } = endpoint;
  endpoint.onRtcp = (compound, arrivedAt) => {
    for (const { type } of readRtcp(compound)) if (type === 'pictureLoss') live.keyFrameRequests++;
    onRtcp(compound, arrivedAt);
  };
}
