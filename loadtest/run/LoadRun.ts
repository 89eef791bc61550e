import { hostname } from 'node:os';
import { timeout, unavailable } from '../../src/support/errors.ts';
import { makeClips } from '../bots/clips.ts';
import { clockOrigin } from '../rtp/ntp.ts';
import { partitionBots, type BotPlan } from '../scenario/planBots.ts';
import type { Incident, Scenario } from '../scenario/scenario.ts';
import type { Access } from '../targets/createTarget.ts';
import type { RunTally } from '../results/RunTally.ts';
import type { GeneratorLink } from './GeneratorLink.ts';
import type { Assignment, FromGenerator } from './messages.ts';

/** ms until a generator that does not get ready fails the run; on another machine it makes the clips first. */
const READY_DEADLINE = 60_000;
const REMOTE_READY_DEADLINE = 600_000;
/** ms until one that does not end is left behind. */
const END_DEADLINE = 10_000;

export interface LoadOptions {
  scenario: Scenario;
  url: string;
  bots: readonly BotPlan[];
  generators: readonly GeneratorLink[];
  access: Access;
  clips: { videoFile?: string; audioFile?: string };
  onlyBots: boolean;
  /** ms that each step of a join may take; absent: the usual. */
  deadline?: number;
  tally: RunTally;
}

/** The generators of a run: shares the bots out, starts them together, and hears what they tell. */
export class LoadRun {
  readonly #options: LoadOptions;
  readonly #alive = new Set<GeneratorLink>();
  readonly #ended = new Set<GeneratorLink>();
  #onChange: () => void = () => undefined;
  #closed = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    for (const generator of options.generators) {
      this.#alive.add(generator);
      generator.onClose = (reason): void => this.#gone(generator, reason);
    }
  }

  /** A generator is gone with its bots: nobody tells any more what became of them. */
  get isBroken(): boolean {
    return this.#alive.size < this.#options.generators.length;
  }

  /** Generators that are there. */
  get size(): number {
    return this.#alive.size;
  }

  /**
   * Has every generator ready to start.
   *
   * @param onMaking told how many clips this machine has to make first.
   * @throws ParleyError what a generator failed with; `timeout`; `unavailable` when one died, or without ffmpeg.
   */
  async prepare(onMaking: (clips: number) => void): Promise<void> {
    const { scenario, url, bots, generators, access, clips, onlyBots, deadline } = this.#options;
    // Made once here, so that the generators only read.
    if (generators.some(({ local }) => local)) await makeClips(scenario.groups, clips, onMaking);
    const shares = partitionBots(bots, scenario, generators.length);
    const ready = generators.map((generator, index) => {
      const assignment: Assignment = {
        scenario,
        url,
        bots: shares[index] ?? [],
        concurrency: Math.max(1, Math.ceil(scenario.ramp.concurrency / generators.length)),
        onlyBots,
        access,
        clips,
        ...(deadline === undefined ? {} : { deadline }),
        ...(generator.local ? { clockOrigin: clockOrigin() } : {}),
      };
      return this.#ready(generator, assignment);
    });
    await Promise.all(ready);
  }

  start(): void {
    for (const generator of this.#alive) {
      generator.onMessage = (message): void => this.#heard(generator, message);
      this.#send(generator, { type: 'start' });
    }
  }

  incident(incident: Incident): void {
    for (const generator of this.#alive) this.#send(generator, { type: 'incident', incident });
  }

  /** Lets all bots leave; resolves when everything has been told. */
  async end(): Promise<void> {
    for (const generator of this.#alive) this.#send(generator, { type: 'end' });
    let giveUp: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, END_DEADLINE);
      this.#onChange = (): void => {
        if ([...this.#alive].every((generator) => this.#ended.has(generator))) resolve();
      };
      this.#onChange();
    });
    clearTimeout(giveUp);
    for (const generator of this.#alive)
      if (!this.#ended.has(generator))
        this.#options.tally.error(
          'generator',
          'timeout',
          `${generator.name} did not end within ${END_DEADLINE} ms`,
        );
    this.close();
  }

  /** Ends all generators, whatever they do. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const generator of this.#options.generators) generator.close();
  }

  #ready(generator: GeneratorLink, assignment: Assignment): Promise<void> {
    const deadline = generator.local ? READY_DEADLINE : REMOTE_READY_DEADLINE;
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(
        () => reject(timeout(`${generator.name} did not get ready within ${deadline} ms`)),
        deadline,
      );
      const settle = (error?: Error): void => {
        clearTimeout(giveUp);
        if (error) reject(error);
        else resolve();
      };
      generator.onMessage = (message): void => {
        if (message.type === 'ready') settle();
        else if (message.type === 'failed') settle(unavailable(`${generator.name}: ${message.message}`));
      };
      const closed = generator.onClose;
      generator.onClose = (reason): void => {
        closed(reason);
        settle(unavailable(`${generator.name} ${reason}`));
      };
      this.#send(generator, { type: 'prepare', assignment });
    });
  }

  #heard(generator: GeneratorLink, message: FromGenerator): void {
    const { tally } = this.#options;
    if (message.type === 'tally') tally.add(generator.name, generator.host, message);
    else if (message.type === 'failed') tally.error('generator', message.code, message.message);
    else if (message.type === 'ended') this.#ended.add(generator);
    this.#onChange();
  }

  #gone(generator: GeneratorLink, reason: string): void {
    this.#alive.delete(generator);
    if (!this.#closed && !this.#ended.has(generator))
      this.#options.tally.error('generator', 'lost', `${generator.name} ${reason}`);
    this.#onChange();
  }

  #send(generator: GeneratorLink, message: Parameters<GeneratorLink['send']>[0]): void {
    try {
      generator.send(message);
    } catch (error) {
      this.#gone(generator, error instanceof Error ? error.message : hostname());
    }
  }
}
