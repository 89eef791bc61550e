import { cpus, release, totalmem, type } from 'node:os';
import process from 'node:process';
import type { Canaries } from '../canary/Canaries.ts';
import { toolVersion } from '../packageRoot.ts';
import { invalidBecause } from '../results/validity.ts';
import { roomResults, runMetrics } from '../results/runMetrics.ts';
import { RunTally } from '../results/RunTally.ts';
import type { CanaryResult, RunResult, SeriesPoint, Verdict } from '../results/runResult.ts';
import { evaluateThresholds, parseThreshold, type Threshold } from '../results/thresholds.ts';
import { planBots } from '../scenario/planBots.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { NamedProcess } from '../servers/ServerUnderTest.ts';
import type { Access } from '../targets/createTarget.ts';
import type { LiveSnapshot, RunPhase } from '../view/LiveView.ts';
import { Arrivals } from './Arrivals.ts';
import type { GeneratorLink } from './GeneratorLink.ts';
import { LoadRun } from './LoadRun.ts';
import { ServerWatch } from './ServerWatch.ts';

/** What every run is held against when nobody says otherwise. */
export const DEFAULT_THRESHOLDS = ['join.failed<=0%', 'lost<=0'];

/** ms. */
const SECOND = 1000;
/** Joins that failed, with none that succeeded, after which the others are not tried. */
const HOPELESS = 24;
/** ms for which nobody is in any more, and nobody about to come back, before the run ends early. */
const DESERTED = 5000;
/** ms that the last join may take beyond the ramp. */
const JOIN_PATIENCE = 90_000;

export interface RunLoadOptions {
  scenario: Scenario;
  /** The server's base URL. */
  url: string;
  generators: readonly GeneratorLink[];
  access: Access;
  clips: { videoFile?: string; audioFile?: string };
  /** The server's processes on this machine, or null when it runs elsewhere. */
  server: { processes: () => NamedProcess[]; killWorker?: () => number } | null;
  versions: Readonly<Record<string, string>>;
  /** Real browsers that join too; stopped when the run ends, however it does. */
  canaries?: Canaries;
  onSnapshot: (snapshot: LiveSnapshot) => void;
  /** Aborted: the run ends now, with what was measured so far. */
  signal: AbortSignal;
  runId: string;
  /** ms that each step of a join may take: connecting, ICE, DTLS, the first media of another. Default: 15 s, media 10 s. */
  deadline?: number;
}

/**
 * Runs a scenario against a server that is there; resolves with the result, also of a run that went wrong.
 *
 * @throws ParleyError when it cannot begin: without ffmpeg, or when a generator does not get ready.
 */
export async function runLoad(options: RunLoadOptions): Promise<RunResult> {
  return new Run(options).run();
}

class Run {
  readonly #options: RunLoadOptions;
  readonly #thresholds: Threshold[];
  readonly #tally: RunTally;
  readonly #load: LoadRun;
  readonly #watch: ServerWatch | null;
  readonly #planned: number;
  readonly #rooms: readonly string[];
  readonly #startedAt = new Date();
  readonly #start = performance.now();
  #phase: RunPhase = 'starting';
  #note: string | undefined;
  #runningSince = 0;
  #participants = 0;
  #desertedSince: number | undefined;
  readonly #arrivals = new Arrivals();
  #canaryResults: CanaryResult[] = [];

  constructor(options: RunLoadOptions) {
    const { scenario, generators, url, access, clips, server, runId, deadline } = options;
    const bots = planBots(scenario, runId);
    const rampTime = scenario.ramp.rate ? (bots.length / scenario.ramp.rate) * SECOND : bots.length * 30;
    const expressions = scenario.thresholds.length > 0 ? scenario.thresholds : DEFAULT_THRESHOLDS;
    this.#options = options;
    this.#thresholds = expressions.map(parseThreshold);
    this.#planned = bots.length;
    this.#rooms = [...new Set(bots.map(({ room }) => room))];
    this.#tally = new RunTally(rampTime + scenario.duration);
    this.#watch = server ? new ServerWatch(server.processes) : null;
    this.#load = new LoadRun({
      scenario,
      url,
      bots,
      generators,
      access,
      clips,
      // Of what a WHEP server plays when nobody publishes here, nothing is known.
      onlyBots: !options.canaries && scenario.target !== 'whep',
      ...(deadline === undefined ? {} : { deadline }),
      tally: this.#tally,
    });
  }

  async run(): Promise<RunResult> {
    try {
      this.#show();
      await this.#load.prepare((clips) => {
        const what = clips === 1 ? 'a clip' : `${clips} clips`;
        this.#note = `making ${what} with ffmpeg, once for this machine: up to a minute each`;
        this.#show();
      });
      this.#note = undefined;
      await this.#goThrough();
    } finally {
      this.#load.close();
      await this.#stopCanaries();
    }
    return this.#result();
  }

  async #goThrough(): Promise<void> {
    const { scenario, canaries, url, signal } = this.#options;
    this.#phase = 'joining';
    this.#load.start();
    let canariesTried = !canaries;
    void canaries
      ?.join(url, this.#rooms, (room) => this.#arrivals.in(room))
      .then(() => {
        canariesTried = true;
      });
    const lastJoin = scenario.ramp.rate ? (this.#planned / scenario.ramp.rate) * SECOND : 0;
    await this.#until(() => {
      const { pending, joined, failed } = this.#tally.bots;
      if ((joined === 0 && failed >= HOPELESS) || this.#load.isBroken) return true;
      const told = this.#tally.series.length > 0 && joined + failed + pending >= this.#planned;
      if (told && pending === 0) this.#arrivals.close();
      return (
        (told && pending === 0 && canariesTried) ||
        this.#elapsed() > lastJoin + JOIN_PATIENCE + this.#planned * 100
      );
    });
    const { joined, failed } = this.#tally.bots;
    const hopeless = (joined === 0 && failed > 0) || this.#load.isBroken;
    if (!hopeless && !signal.aborted) await this.#holdLoad();
    this.#phase = 'ending';
    this.#show();
    await Promise.all([this.#stopCanaries(), this.#load.end()]);
    for (const { name, error } of this.#canaryResults)
      if (error !== undefined && !signal.aborted)
        this.#tally.error('canary', 'unavailable', `${name}: ${error}`);
    this.#point();
  }

  async #holdLoad(): Promise<void> {
    const { scenario } = this.#options;
    this.#phase = 'running';
    this.#runningSince = performance.now();
    this.#tally.setSteady(true);
    const incidents = [...scenario.incidents].sort((a, b) => a.at - b.at);
    await this.#until(() => {
      const running = performance.now() - this.#runningSince;
      while (incidents[0] && incidents[0].at <= running) {
        const incident = incidents.shift();
        if (incident) this.#do(incident);
      }
      return running >= scenario.duration || this.#isDeserted();
    });
    this.#tally.setSteady(false);
  }

  async #stopCanaries(): Promise<void> {
    this.#arrivals.close();
    this.#canaryResults = (await this.#options.canaries?.stop()) ?? [];
  }

  /** Something that the scenario wants done now. */
  #do(incident: Scenario['incidents'][number]): void {
    this.#note = `incident: ${incident.do}`;
    const { server } = this.#options;
    if (incident.do !== 'killWorker') this.#load.incident(incident);
    else if (server?.killWorker) server.killWorker();
    else
      this.#tally.error(
        'incident',
        'unsupported',
        'only a server that the tool started itself can lose a worker',
      );
  }

  /** Everybody was lost and nobody is on the way back: there is nothing more to be measured. */
  #isDeserted(): boolean {
    const { pending, joined, failed } = this.#tally.bots;
    const deserted = (joined === 0 && pending === 0 && failed > 0) || this.#load.size === 0;
    if (!deserted) this.#desertedSince = undefined;
    else this.#desertedSince ??= performance.now();
    return this.#desertedSince !== undefined && performance.now() - this.#desertedSince >= DESERTED;
  }

  /** Makes a point every second, until the condition holds or the run is aborted. */
  #until(condition: () => boolean): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      const stop = (): void => {
        clearInterval(timer);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const timer = setInterval(() => {
        this.#point();
        if (condition()) stop();
      }, SECOND);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
    });
  }

  #point(): void {
    const isGone = (): boolean => this.#watch?.isGone ?? false;
    const wasGone = isGone();
    const point = this.#tally.point(this.#elapsed(), this.#watch?.sample());
    if (!wasGone && isGone() && this.#phase !== 'ending')
      this.#tally.error('server', 'lost', 'the server’s processes are gone');
    this.#participants = Math.max(this.#participants, point.joined);
    for (const [room, { joined }] of this.#tally.rooms) if (joined > 0) this.#arrivals.came(room);
    this.#show(point);
  }

  #show(latest: SeriesPoint | null = this.#tally.series.at(-1) ?? null): void {
    const { scenario, url, onSnapshot } = this.#options;
    onSnapshot({
      phase: this.#phase,
      scenario,
      server: url,
      elapsed: this.#elapsed(),
      running: this.#runningSince === 0 ? 0 : performance.now() - this.#runningSince,
      planned: this.#planned,
      latest,
      history: this.#tally.series,
      thresholds: evaluateThresholds(this.#thresholds, this.#metrics()),
      errors: this.#tally.errors,
      ...(this.#note === undefined ? {} : { note: this.#note }),
    });
  }

  #metrics(): RunResult['metrics'] {
    return runMetrics({
      tally: this.#tally,
      processes: this.#tally.processes(),
      canaries: this.#canaryResults,
      server: this.#watch ? { memory: this.#watch.memory } : null,
      participants: this.#participants,
    });
  }

  #result(): RunResult {
    const { scenario, versions } = this.#options;
    const processes = this.#tally.processes();
    const metrics = this.#metrics();
    const thresholds = evaluateThresholds(this.#thresholds, metrics);
    const invalid = invalidBecause(processes, this.#tally.steady.receivedPackets);
    for (const { phase, message } of this.#tally.errors)
      if (phase === 'generator') invalid.push(`a generator failed: ${message}`);
    const verdict: Verdict =
      invalid.length > 0 ? 'invalid' : thresholds.every(({ met }) => met) ? 'met' : 'broken';
    return {
      format: 1,
      tool: { name: 'parley-loadtest', version: toolVersion(), node: process.version },
      machine: {
        cpu: cpus()[0]?.model ?? '',
        cores: cpus().length,
        memory: totalmem(),
        os: `${type()} ${release()}`,
      },
      startedAt: this.#startedAt.toISOString(),
      took: Math.round(this.#elapsed()),
      scenario: { ...scenario, url: this.#options.url },
      server: { ...versions },
      verdict,
      invalid,
      thresholds,
      metrics,
      series: this.#tally.series,
      heatInterval: this.#tally.heatInterval,
      rooms: roomResults(this.#tally),
      errors: this.#tally.errors,
      generator: processes,
      canaries: this.#canaryResults,
    };
  }

  #elapsed(): number {
    return performance.now() - this.#start;
  }
}
