import type { GeneratorTally, Health } from '../run/messages.ts';
import { COUNTERS, type Counter, type Tally } from './Collector.ts';
import { Histogram } from './Histogram.ts';
import type { MetricName } from './metrics.ts';
import type { ErrorResult, ProcessHealth, SeriesPoint } from './runResult.ts';
import { ServerCpu } from './ServerCpu.ts';

/** Points in time at which heat is told, at most. */
const MAX_HEAT = 120;

/** s; bots tell about every second, so what is shorter has no rate. */
const MIN_RATED = 0.5;

const RATE_COUNTERS = ['sentPackets', 'receivedPackets', 'sentBytes', 'receivedBytes'] as const;
type RateCounter = (typeof RATE_COUNTERS)[number];

interface Generator {
  host: string;
  health: Health[];
  sent: number;
  received: number;
  latest: GeneratorTally | undefined;
  /** Since the last point: s, and counts. */
  seconds: number;
  recent: Record<RateCounter, number>;
  /** Per second; kept for points into which no tally fell. */
  rates: Record<RateCounter, number>;
}

export interface RoomSum {
  joined: number;
  failed: number;
  audioExpected: number;
  audioLost: number;
  videoExpected: number;
  videoLost: number;
  freezes: number;
  latency: Histogram;
  heat: { due: number; flowing: number }[];
}

type Counts = Record<Counter, number>;

const noRates = (): Record<RateCounter, number> => ({
  sentPackets: 0,
  receivedPackets: 0,
  sentBytes: 0,
  receivedBytes: 0,
});

const zero = (): Counts => Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counts;

/** Puts together what all generators tell: sums over the run, and a point for every second. */
export class RunTally {
  readonly series: SeriesPoint[] = [];
  readonly totals = zero();
  /** The same for the time with everybody in; and what CPU was used in it, s. */
  readonly steady = { ...zero(), generatorCpu: 0, sendingCpu: 0 };
  readonly steadyServer = new ServerCpu();
  readonly histograms = new Map<MetricName, Histogram>();
  readonly rooms = new Map<string, RoomSum>();
  readonly #errors = new Map<string, ErrorResult>();
  readonly #generators = new Map<string, Generator>();
  readonly #startedAt = Date.now();
  readonly #heatInterval: number;
  #now = zero();
  #joins = new Histogram();
  #latencies = new Histogram();
  #at = performance.now();
  #isSteady = false;
  /** Generators of which the time with everybody in is measured. */
  readonly #settled = new Set<string>();

  /** @param expectedTime ms that the run is going to take, roughly. */
  constructor(expectedTime: number) {
    this.#heatInterval = Math.max(1000, Math.ceil(expectedTime / MAX_HEAT / 1000) * 1000);
  }

  get heatInterval(): number {
    return this.#heatInterval;
  }

  get errors(): ErrorResult[] {
    return [...this.#errors.values()];
  }

  /** From now on everybody is in; or not any more. */
  setSteady(isSteady: boolean): void {
    this.#isSteady = isSteady;
  }

  add(name: string, host: string, told: GeneratorTally): void {
    const { tally, health } = told;
    const generator = this.#generators.get(name) ?? {
      host,
      health: [],
      sent: 0,
      received: 0,
      latest: undefined,
      seconds: 0,
      recent: noRates(),
      rates: noRates(),
    };
    this.#generators.set(name, generator);
    generator.latest = told;
    generator.seconds += health.seconds;
    for (const counter of RATE_COUNTERS) generator.recent[counter] += tally.counters[counter] ?? 0;
    for (const counter of COUNTERS) this.#now[counter] += tally.counters[counter] ?? 0;
    // The first tally after the last join tells of the joining still.
    if (this.#isSteady && this.#settled.has(name)) {
      generator.health.push(health);
      for (const counter of COUNTERS) this.steady[counter] += tally.counters[counter] ?? 0;
      generator.sent += tally.counters.sentPackets ?? 0;
      generator.received += tally.counters.receivedPackets ?? 0;
      this.steady.generatorCpu += health.cpu;
      this.steady.sendingCpu += health.sendingCpu;
    }
    if (this.#isSteady) this.#settled.add(name);
    this.#addHistograms(tally);
    this.#addRooms(tally);
    for (const { phase, code, message, count, firstAt } of tally.errors)
      this.error(phase, code, message, count, firstAt);
  }

  /** Something went wrong outside of the generators, or in one. */
  error(phase: string, code: string, message: string, count = 1, firstAt = Date.now()): void {
    const key = `${phase}\n${code}\n${message}`;
    const at = Math.max(0, firstAt - this.#startedAt);
    const known = this.#errors.get(key);
    if (!known) this.#errors.set(key, { phase, code, message, count, firstAt: at });
    else {
      known.count += count;
      known.firstAt = Math.min(known.firstAt, at);
    }
  }

  /** Ends a second: a point of what was added since the point before. */
  point(at: number, server: SeriesPoint['serverProcesses']): SeriesPoint {
    const ms = Math.max(1, performance.now() - this.#at);
    this.#at = performance.now();
    const now = this.#now;
    this.#now = zero();
    const latest = [...this.#generators.values()].flatMap(({ latest: told }) => told ?? []);
    const sum = (of: (told: GeneratorTally) => number): number =>
      latest.reduce((total, told) => total + of(told), 0);
    const most = (of: (told: GeneratorTally) => number): number =>
      latest.reduce((highest, told) => Math.max(highest, of(told)), 0);
    const rates = this.#rates();
    const point: SeriesPoint = {
      at,
      joined: sum((told) => told.joined),
      joining: sum((told) => told.joining),
      failed: sum((told) => told.failed),
      ...(this.#joins.count > 0 ? { join: this.#joins.distribution() } : {}),
      sentPackets: Math.round(rates.sentPackets),
      receivedPackets: Math.round(rates.receivedPackets),
      sentBitrate: Math.round(rates.sentBytes * 8),
      receivedBitrate: Math.round(rates.receivedBytes * 8),
      audioLost: now.audioLost,
      audioExpected: now.audioExpected,
      videoLost: now.videoLost,
      videoExpected: now.videoExpected,
      ...(this.#latencies.count > 0 ? { latency: this.#latencies.distribution() } : {}),
      freezes: now.freezes,
      nacks: now.nackedPackets,
      plis: now.plis,
      ...(server && server.length > 0
        ? {
            serverCpu: server.reduce((total, { cpu }) => total + cpu, 0),
            serverMemory: server.reduce((total, { memory }) => total + memory, 0),
            serverProcesses: server,
          }
        : {}),
      generatorCpu: sum(({ health }) => health.cpu / Math.max(health.seconds, 0.001)),
      generatorLoop: most(({ health }) => health.loop),
      generatorDelay: most(({ health }) => health.delay),
      socketDrops: sum(({ health }) => health.socketDrops),
    };
    this.#joins = new Histogram();
    this.#latencies = new Histogram();
    for (const counter of COUNTERS) this.totals[counter] += now[counter];
    if (this.#isSteady) this.steadyServer.add(ms, server);
    for (const room of this.rooms.values())
      if (room.heat.length < Math.floor(at / this.#heatInterval) + 1) room.heat.push({ due: 0, flowing: 0 });
    this.series.push(point);
    return point;
  }

  /** s for which generators told of the time with everybody in. */
  get steadySeconds(): number {
    const seconds = [...this.#generators.values()].map(({ health }) =>
      health.reduce((sum, one) => sum + one.seconds, 0),
    );
    return Math.max(0, ...seconds);
  }

  /** Bots as they stand: how many are to come or on their way, and how many are in. */
  get bots(): { pending: number; joined: number; failed: number } {
    const latest = [...this.#generators.values()].flatMap(({ latest: told }) => told ?? []);
    return {
      pending: latest.reduce((sum, { waiting, joining }) => sum + waiting + joining, 0),
      joined: latest.reduce((sum, { joined }) => sum + joined, 0),
      failed: latest.reduce((sum, { failed }) => sum + failed, 0),
    };
  }

  /** The generators' health over the time with everybody in. */
  processes(): ProcessHealth[] {
    return [...this.#generators].map(([name, { host, health, sent, received, latest }]) => {
      const sum = (of: (one: Health) => number): number => health.reduce((total, one) => total + of(one), 0);
      const cpu = sum((one) => one.cpu);
      const sending = sum((one) => one.sendingCpu);
      const loops = health.map(({ loop }) => loop).sort((a, b) => a - b);
      return {
        name,
        host,
        pid: latest?.health.pid ?? 0,
        bots: latest?.health.bots ?? 0,
        cpu:
          cpu /
          Math.max(
            sum((one) => one.seconds),
            0.001,
          ),
        cpuPerReceived: received > 0 ? ((cpu - sending) * 1e6) / received : null,
        cpuPerSent: sent > 0 ? (sending * 1e6) / sent : null,
        loop: loops[Math.max(0, Math.ceil(loops.length * 0.95) - 1)] ?? 0,
        delay: Math.max(0, ...health.map(({ delay }) => delay)),
        socketDrops: sum((one) => one.socketDrops),
      };
    });
  }

  /** Per second, all generators together; each tells when its second is over, not when a point is due. */
  #rates(): Record<RateCounter, number> {
    const sum = noRates();
    for (const generator of this.#generators.values()) {
      const { seconds, recent, rates } = generator;
      for (const counter of RATE_COUNTERS) {
        if (seconds >= MIN_RATED) rates[counter] = recent[counter] / seconds;
        sum[counter] += rates[counter];
      }
      if (seconds > 0 && seconds < MIN_RATED) continue;
      generator.seconds = 0;
      generator.recent = noRates();
    }
    return sum;
  }

  #addHistograms(tally: Tally): void {
    for (const [name, json] of Object.entries(tally.histograms)) {
      const metric = name as MetricName;
      const told = Histogram.fromJSON(json);
      let whole = this.histograms.get(metric);
      if (!whole) this.histograms.set(metric, (whole = new Histogram()));
      whole.merge(told);
      if (metric === 'join') this.#joins.merge(told);
      if (metric === 'latency') this.#latencies.merge(told);
    }
  }

  #addRooms(tally: Tally): void {
    for (const [name, told] of Object.entries(tally.rooms)) {
      let room = this.rooms.get(name);
      if (!room) {
        const filled =
          this.series.length === 0 ? 0 : Math.floor((this.series.at(-1)?.at ?? 0) / this.#heatInterval);
        room = {
          joined: 0,
          failed: 0,
          audioExpected: 0,
          audioLost: 0,
          videoExpected: 0,
          videoLost: 0,
          freezes: 0,
          latency: new Histogram(),
          heat: Array.from({ length: filled + 1 }, () => ({ due: 0, flowing: 0 })),
        };
        this.rooms.set(name, room);
      }
      room.joined += told.joined;
      room.failed += told.failed;
      room.audioExpected += told.audioExpected;
      room.audioLost += told.audioLost;
      room.videoExpected += told.videoExpected;
      room.videoLost += told.videoLost;
      room.freezes += told.freezes;
      if (told.latency) room.latency.merge(Histogram.fromJSON(told.latency));
      const heat = room.heat.at(-1);
      if (heat) {
        heat.due += told.due;
        heat.flowing += told.flowing;
      }
    }
  }
}
