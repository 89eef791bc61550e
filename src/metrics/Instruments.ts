import { Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';

/** What a metric is called, and what it says. */
export interface Definition<Label extends string> {
  /** With the unit at its end, and `_total` where it only grows; `parley_` comes before it. */
  name: string;
  help: string;
  /** Of each label few values may come: never names of rooms, peers or people. */
  labels?: readonly Label[];
}

/** A metric as it is shown. */
export interface MetricInfo {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labels: readonly string[];
}

export type Labels<Label extends string> = Readonly<Record<Label, string | number>>;
/** One line of a metric. */
export type Reading<Label extends string> = readonly [labels: Labels<Label>, value: number];
type Readings<Label extends string> = Iterable<Reading<Label>>;

/** Makes metrics, in a registry of its own. */
export class Instruments {
  readonly #registry = new Registry();

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the order in which they are shown. */
  get definitions(): readonly MetricInfo[] {
    // Its types have no labels, and numbers for words.
    const metrics = this.#registry.getMetricsAsArray() as unknown as (Omit<MetricInfo, 'labels'> & {
      labelNames: readonly string[];
    })[];
    return metrics.map(({ name, help, type, labelNames }) => ({ name, help, type, labels: labelNames }));
  }

  /** Everything, in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Takes over a metric that was made elsewhere. */
  adopt(metric: Metric): void {
    this.#registry.registerMetric(metric);
  }

  /** What there is at present, read whenever somebody asks. */
  gauge<Label extends string = never>(
    definition: Definition<Label>,
    read: () => Readings<Label> | Promise<Readings<Label>>,
  ): void {
    new Gauge({
      ...this.#options(definition),
      async collect(this: Gauge<Label>) {
        const readings = await read();
        this.reset();
        // One without labels has a value from the start, also where there is nothing to read.
        if (!definition.labels) this.remove({} as Labels<Label>);
        for (const [labels, value] of readings) this.set(labels, value);
      },
    });
  }

  /** What was counted elsewhere and only grows, read whenever somebody asks. */
  counterOf<Label extends string = never>(definition: Definition<Label>, read: () => Readings<Label>): void {
    new Counter({
      ...this.#options(definition),
      collect(this: Counter<Label>) {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }

  /**
   * Counts what happens.
   *
   * @param known Labels that are shown from the start, so that the first time is seen as an increase.
   */
  counter<Label extends string = never>(
    definition: Definition<Label>,
    known: Iterable<Labels<Label>> = [],
  ): Counter<Label> {
    const counter = new Counter(this.#options(definition));
    for (const labels of known) counter.inc(labels, 0);
    return counter;
  }

  /** How often how much. @param known As of a counter. */
  histogram<Label extends string = never>(
    definition: Definition<Label> & { buckets: readonly number[] },
    known: Iterable<Labels<Label>> = [],
  ): Histogram<Label> {
    const histogram = new Histogram({
      ...this.#options(definition),
      buckets: [...definition.buckets],
    });
    for (const labels of known) histogram.zero(labels);
    return histogram;
  }

  #options<Label extends string>({ name, help, labels = [] }: Definition<Label>) {
    return { name: `parley_${name}`, help, labelNames: labels, registers: [this.#registry] };
  }
}

/** One value without labels. */
export const only = (value: number): Reading<never>[] => [[{}, value]];

/** Counts things by their labels, beginning with zero for all that are known, so that none vanishes when it is empty. */
export function tally<Label extends string>(known: Iterable<Labels<Label>>): Tally<Label> {
  return new Tally(known);
}

class Tally<Label extends string> implements Iterable<Reading<Label>> {
  readonly #counts = new Map<string, { labels: Labels<Label>; count: number }>();

  constructor(known: Iterable<Labels<Label>>) {
    for (const labels of known) this.add(labels, 0);
  }

  add(labels: Labels<Label>, count = 1): void {
    const key = Object.values(labels).join(' ');
    const entry = this.#counts.get(key);
    if (entry) entry.count += count;
    else this.#counts.set(key, { labels, count });
  }

  *[Symbol.iterator](): Iterator<Reading<Label>> {
    for (const { labels, count } of this.#counts.values()) yield [labels, count];
  }
}
