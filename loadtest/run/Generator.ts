import { badRequest } from '../../src/support/errors.ts';
import { Bot, type BotState } from '../bots/Bot.ts';
import type { BotContext } from '../bots/botContext.ts';
import { loadClips } from '../bots/clips.ts';
import { talkersOf, turnOf } from '../bots/turns.ts';
import { Pacer } from '../media/Pacer.ts';
import { Collector } from '../results/Collector.ts';
import type { Incident } from '../scenario/scenario.ts';
import { createTarget } from '../targets/createTarget.ts';
import { HealthMeter } from './HealthMeter.ts';
import type { Assignment, GeneratorTally } from './messages.ts';

/** ms between the rounds in which bots send what feedback is due; each bot has every second one. */
const ROUND = 20;
/** ms for which networks stay away when an incident does not say. */
const DROP_FOR = 3000;
/** ms until bots that do not get to leave are left behind. */
const LEAVE_DEADLINE = 5000;

/** The bots of one process: lets them in at their pace, and measures. */
export class Generator {
  readonly #assignment: Assignment;
  readonly #bots: readonly Bot[];
  readonly #collector: Collector;
  readonly #pacer: Pacer;
  readonly #health: HealthMeter;
  readonly #timers: NodeJS.Timeout[] = [];
  #joining = 0;
  #next = 0;
  #round = 0;
  #closed = false;

  private constructor(assignment: Assignment, bots: readonly Bot[], collector: Collector, pacer: Pacer) {
    this.#assignment = assignment;
    this.#bots = bots;
    this.#collector = collector;
    this.#pacer = pacer;
    this.#health = new HealthMeter(() => pacer.cpu);
    this.#timers.push(setInterval(() => this.#tick(), ROUND));
  }

  /** Reads the clips and makes the bots; nobody joins yet. @throws ParleyError `unavailable` without ffmpeg. */
  static async create(assignment: Assignment): Promise<Generator> {
    const { scenario, url, onlyBots, access, deadline } = assignment;
    const collector = new Collector();
    const pacer = new Pacer();
    const clips = await loadClips(scenario.groups, assignment.clips);
    const target = createTarget(scenario, access);
    const context: BotContext = { target, url, collector, pacer, clips, onlyBots };
    if (deadline !== undefined) context.deadline = deadline;
    const bots = assignment.bots.map((plan) => {
      const group = scenario.groups.find(({ name }) => name === plan.group);
      if (!group) throw badRequest(`there is no group ${plan.group}`);
      return new Bot(plan, group, turnOf(plan, scenario), context, talkersOf(plan, scenario));
    });
    return new Generator(assignment, bots, collector, pacer);
  }

  /** Lets the bots in, each not before its time and so many at once. */
  start(): void {
    const startedAt = performance.now();
    const letIn = (): void => {
      if (this.#closed) return;
      const since = performance.now() - startedAt;
      while (this.#joining < this.#assignment.concurrency) {
        const bot = this.#bots[this.#next];
        if (!bot || bot.plan.joinAt > since) return;
        this.#next++;
        this.#joining++;
        void bot.join().finally(() => {
          this.#joining--;
          letIn();
        });
      }
    };
    this.#timers.push(setInterval(letIn, ROUND));
    letIn();
  }

  /** Does something to all bots at once. */
  incident({ do: what, for: ms = DROP_FOR }: Incident): void {
    for (const bot of this.#bots) {
      if (what === 'dropAllNetworks') void bot.dropNetwork(ms);
      else if (what === 'dropAllSockets') void bot.dropSocket().catch(() => undefined);
      else if (what === 'keyFrameStorm') bot.requestKeyFrames();
    }
  }

  /** Everything since the last call. */
  flush(): GeneratorTally {
    const count = (...states: BotState[]): number =>
      this.#bots.filter(({ state }) => states.includes(state)).length;
    const ports = new Set(this.#bots.flatMap((bot) => bot.ports));
    return {
      tally: this.#collector.flush(),
      health: this.#health.read(this.#bots.length, ports),
      joined: count('joined'),
      joining: count('joining'),
      failed: count('failed'),
      waiting: count('waiting'),
    };
  }

  /** All bots leave; resolves when they have, or after a while anyway. */
  async end(): Promise<void> {
    this.#closed = true;
    let giveUp: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => (giveUp = setTimeout(resolve, LEAVE_DEADLINE)));
    await Promise.race([Promise.allSettled(this.#bots.map((bot) => bot.stop())), deadline]);
    clearTimeout(giveUp);
    for (const timer of this.#timers) clearInterval(timer);
    this.#pacer.close();
    this.#health.close();
  }

  #tick(): void {
    const now = performance.now();
    this.#round++;
    for (let i = this.#round % 2; i < this.#bots.length; i += 2) this.#bots[i]?.tick(now);
  }
}
