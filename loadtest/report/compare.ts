import { finite } from '../results/measured.ts';
import { metrics, type MetricDefinition, type MetricName } from '../results/metrics.ts';
import type { RunResult, Unit } from '../results/runResult.ts';

/** A run and what it is called in a comparison. */
export interface NamedRun {
  name: string;
  result: RunResult;
}

/** `same`: within 5 %; `unknown`: not comparable, or nobody can say which is better. */
export type Judgement = 'better' | 'worse' | 'same' | 'unknown';

/** The median and the bad end: p95, and min where more is better. */
type ComparedStatistic = 'p50' | 'p95' | 'min';

export interface ComparedMetric {
  metric: string;
  /** Of a distribution. */
  statistic?: ComparedStatistic;
  unit: Unit;
  /** null: not measured. */
  a: number | null;
  b: number | null;
  /** b/a; null where either is missing or a is 0. */
  ratio: number | null;
  /** Of b against a. */
  judgement: Judgement;
}

export interface Comparison {
  a: NamedRun;
  b: NamedRun;
  metrics: ComparedMetric[];
  /** Why the numbers may not be comparable, a sentence each. */
  warnings: string[];
}

const HIGHER_IS_BETTER: readonly MetricName[] = ['video.fps', 'canary.fps'];
/** These say what was done, not how well. */
const NEUTRAL: readonly MetricName[] = ['samples', 'sent', 'received', 'sent.bitrate', 'received.bitrate'];
/** Changes that are taken for noise. */
const SAME = 0.05;

/** Compares run b with run a, metric by metric. What neither measured is left out. */
export function compareRuns(a: NamedRun, b: NamedRun): Comparison {
  const names = [
    ...new Set([...Object.keys(metrics), ...Object.keys(a.result.metrics), ...Object.keys(b.result.metrics)]),
  ];
  const rows = names.flatMap((name) => compareMetric(name, a.result, b.result));
  return {
    a,
    b,
    metrics: rows.filter((row) => row.a !== null || row.b !== null),
    warnings: warningsOf(a, b),
  };
}

function compareMetric(metric: string, a: RunResult, b: RunResult): ComparedMetric[] {
  const definition: MetricDefinition | undefined =
    metric in metrics ? metrics[metric as MetricName] : undefined;
  const found = a.metrics[metric] ?? b.metrics[metric];
  const unit = definition?.unit ?? found?.unit ?? 'count';
  const kind = definition?.kind ?? found?.kind ?? 'value';
  const badEnd = includes(HIGHER_IS_BETTER, metric) ? 'min' : 'p95';
  const statistics = kind === 'distribution' ? (['p50', badEnd] as const) : [undefined];
  return statistics.map((statistic) => {
    const values = { a: read(a, metric, statistic), b: read(b, metric, statistic) };
    const ratio = values.a !== null && values.b !== null && values.a !== 0 ? values.b / values.a : null;
    return {
      metric,
      ...(statistic === undefined ? {} : { statistic }),
      unit,
      ...values,
      ratio,
      judgement: judge(metric, values.a, values.b),
    };
  });
}

function read(result: RunResult, metric: string, statistic: ComparedStatistic | undefined): number | null {
  const found = result.metrics[metric];
  if (found === undefined) return null;
  if (found.kind === 'value') return finite(found.value);
  return found.values.count === 0 ? null : finite(found.values[statistic ?? 'p50']);
}

function includes(list: readonly string[], metric: string): boolean {
  return list.includes(metric);
}

function judge(metric: string, a: number | null, b: number | null): Judgement {
  if (a === null || b === null || includes(NEUTRAL, metric) || !(metric in metrics)) return 'unknown';
  if (Math.abs(b - a) <= SAME * Math.abs(a)) return 'same';
  return b > a === includes(HIGHER_IS_BETTER, metric) ? 'better' : 'worse';
}

function warningsOf(a: NamedRun, b: NamedRun): string[] {
  const warnings: string[] = [];
  for (const { name, result } of [a, b]) {
    if (result.verdict === 'invalid')
      warnings.push(`${name} is invalid: its load generator was the bottleneck.`);
  }
  const scenario = differences(a.result.scenario, b.result.scenario, [
    'name',
    'description',
    'thresholds',
    'url',
  ]);
  if (scenario.length > 0) warnings.push(`The scenarios differ in ${scenario.join(', ')}.`);
  const machine = differences(a.result.machine, b.result.machine, []);
  if (machine.length > 0) warnings.push(`The machines differ in ${machine.join(', ')}.`);
  const tool = differences(a.result.tool, b.result.tool, []);
  if (tool.length > 0) warnings.push(`The load tests differ in ${tool.join(', ')}.`);
  return warnings;
}

/** Names of the properties that differ, deeply. */
function differences(a: object, b: object, besides: readonly string[]): string[] {
  const left = new Map<string, unknown>(Object.entries(a));
  const right = new Map<string, unknown>(Object.entries(b));
  return [...new Set([...left.keys(), ...right.keys()])].filter(
    (key) => !besides.includes(key) && canonical(left.get(key)) !== canonical(right.get(key)),
  );
}

/** JSON in which the order of keys does not matter. */
function canonical(value: unknown): string {
  if (value === undefined) return '';
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)))
      : item,
  );
}

/** `video.loss`, `latency p95`. */
export function metricLabel({ metric, statistic }: ComparedMetric): string {
  return statistic === undefined ? metric : `${metric} ${statistic}`;
}

/** `×1.25`, or `-`. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? '-' : `×${ratio >= 99.5 ? ratio.toFixed(0) : ratio.toFixed(2)}`;
}
