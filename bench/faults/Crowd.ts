import { Bot } from '../../loadtest/bots/Bot.ts';
import { loadClips, type Clips } from '../../loadtest/bots/clips.ts';
import type { LongestGap } from '../../loadtest/bots/Gaps.ts';
import { Pacer } from '../../loadtest/media/Pacer.ts';
import { Collector, type ErrorTally } from '../../loadtest/results/Collector.ts';
import type { Group, VideoPlan } from '../../loadtest/scenario/scenario.ts';
import { ParleyTarget } from '../../loadtest/targets/ParleyTarget.ts';
import type { Move, Target } from '../../loadtest/targets/Target.ts';
import type { MediaSource } from '../../src/protocol/models.ts';
import { group } from '../forwarding/underLoad.ts';

/** ms between the rounds in which feedback is sent. */
const ROUND = 20;
/** ms after which a source that sent nothing does not flow. */
const STILL = 1000;
const camera: VideoPlan = { codec: 'vp8', layers: 1, height: 180, fps: 15 };
export const people = group('people', 1, {
  audio: 'always',
  video: camera,
  subscribe: { audio: 'all', video: 'all' },
});

/** What one bot missed of another one. */
export interface Missed extends LongestGap {
  subscriber: string;
}

/** What became of bots' places since they came in. */
export interface Changes {
  moved: number;
  /** Moves that came to nothing. */
  cancelled: number;
  /** Media was lost and built anew. */
  rebuilt: number;
  /** The place in the room was lost. */
  lost: number;
}

/** The load test's bots, in this process: each hears and sees all others. */
export class Crowd {
  readonly room: string;
  readonly #url: string;
  readonly #clips: Clips;
  readonly #collector = new Collector();
  readonly #pacer = new Pacer();
  readonly #bots: Bot[] = [];
  /** What each sends, by its name. */
  readonly #sources = new Map<string, readonly MediaSource[]>();
  #moves: Move[] = [];
  readonly changes: Changes = { moved: 0, cancelled: 0, rebuilt: 0, lost: 0 };
  readonly #timer: NodeJS.Timeout;
  #ticked = performance.now();
  #stall = 0;

  private constructor(url: string, room: string, clips: Clips) {
    this.#url = url;
    this.room = room;
    this.#clips = clips;
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#stall = Math.max(this.#stall, now - this.#ticked - ROUND);
      this.#ticked = now;
      for (const bot of this.#bots) bot.tick(now);
    }, ROUND);
  }

  /** @param groups What its bots are like. */
  static async create(url: string, room: string, groups: readonly Group[] = [people]): Promise<Crowd> {
    return new Crowd(url, room, await loadClips(groups));
  }

  get names(): string[] {
    return this.#bots.map(({ plan }) => plan.name);
  }

  /** One more comes in. Resolves with the ms that it took to be in and see others. @throws Error when it did not get in. */
  async join(group: Group = people, url = this.#url): Promise<{ name: string; took: number }> {
    const number = this.#bots.length + 1;
    const name = `bot-${number}`;
    const plan = { index: number, room: this.room, group: group.name, number, name, seed: number, joinAt: 0 };
    const bot = new Bot(plan, group, null, {
      target: this.#target(),
      url,
      collector: this.#collector,
      pacer: this.#pacer,
      clips: this.#clips,
      onlyBots: true,
    });
    this.#bots.push(bot);
    this.#sources.set(name, [
      ...(group.audio === 'off' ? [] : (['microphone'] as const)),
      ...(group.video ? (['camera'] as const) : []),
    ]);
    const startedAt = performance.now();
    await bot.join();
    if (bot.state !== 'joined') throw new Error(`${name} did not get in: ${JSON.stringify(this.errors())}`);
    return { name, took: performance.now() - startedAt };
  }

  /** ms for which this process, and all bots with it, stood still at most since `restart`. */
  get stall(): number {
    return this.#stall;
  }

  /** From now on gaps are looked for anew. */
  restart(): void {
    this.#stall = 0;
    for (const { gaps } of this.#bots) gaps.restart(performance.now());
  }

  missed(): Missed[] {
    const now = performance.now();
    return this.#bots.flatMap(({ plan, gaps }) =>
      gaps
        .longest(now)
        // Who comes back finds what they were before, until that is known to be gone.
        .filter(({ publisher }) => publisher !== plan.name)
        .map((gap) => ({ subscriber: plan.name, ...gap })),
    );
  }

  /** Sources that should come and do not: `who of whom`. @param name Of those that somebody sends or gets; default all. */
  still(name?: string): string[] {
    const now = performance.now();
    const flowing = new Set(
      this.missed()
        .filter(({ lastAt }) => lastAt !== null && now - lastAt < STILL)
        .map(({ subscriber, publisher, source }) => `${subscriber} of ${publisher}'s ${source}`),
    );
    return this.names
      .flatMap((subscriber) =>
        this.names
          .filter((publisher) => publisher !== subscriber)
          .filter((publisher) => name === undefined || name === subscriber || name === publisher)
          .flatMap((publisher) =>
            (this.#sources.get(publisher) ?? []).map((source) => `${subscriber} of ${publisher}'s ${source}`),
          ),
      )
      .filter((pair) => !flowing.has(pair));
  }

  /** Those bots whose picture of the room is not this: so many people, of whom each bot publishes what its group does. */
  mistaken(people: number): string[] {
    return this.#bots.flatMap(({ plan, seen, state }) => {
      const others = [...this.#sources].filter(([name]) => name !== plan.name);
      const tracks = others.flatMap(([, sources]) => sources).length;
      const isRight = state === 'joined' && seen?.participants === people && seen.tracks.size === tracks;
      return isRight
        ? []
        : `${plan.name} (${state}) sees ${seen?.participants ?? 0} people and ${seen?.tracks.size ?? 0} tracks`;
    });
  }

  /** What went wrong in the bots since the last call. */
  errors(): ErrorTally[] {
    return this.#collector.flush().errors;
  }

  /** Whether any is on its way to other transports. */
  get isMoving(): boolean {
    return this.#moves.some(({ over }) => !over);
  }

  #target(): Target {
    const target = new ParleyTarget();
    const { changes } = this;
    return {
      join: async (request) => {
        const seat = await target.join(request);
        seat.on('moving', (move) => {
          changes.moved++;
          this.#moves = [...this.#moves.filter(({ over }) => !over), move];
        });
        seat.on('moveCancelled', () => changes.cancelled++);
        seat.on('mediaReset', () => changes.rebuilt++);
        seat.on('lost', () => changes.lost++);
        return seat;
      },
    };
  }

  /** All leave. */
  async leave(): Promise<void> {
    await Promise.all(this.#bots.map((bot) => bot.stop()));
    clearInterval(this.#timer);
    this.#pacer.close();
  }
}
