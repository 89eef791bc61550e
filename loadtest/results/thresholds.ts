import { badRequest } from '../../src/support/errors.ts';
import { didYouMean } from '../nearest.ts';
import { metrics, type MetricDefinition, type MetricName } from './metrics.ts';
import type { Distribution, MetricResult, ThresholdResult, Unit } from './runResult.ts';
import { readUnitValue } from './unitValues.ts';

/** What can be asked of a distribution. */
export const STATISTICS = [
  'p50',
  'p90',
  'p95',
  'p99',
  'avg',
  'min',
  'max',
  'count',
] as const satisfies readonly (keyof Distribution)[];
export type Statistic = (typeof STATISTICS)[number];

const compare = {
  '<': (measured, bound) => measured < bound,
  '<=': (measured, bound) => measured <= bound,
  '>': (measured, bound) => measured > bound,
  '>=': (measured, bound) => measured >= bound,
  '==': (measured, bound) => measured === bound,
  '!=': (measured, bound) => measured !== bound,
} as const satisfies Record<string, (measured: number, bound: number) => boolean>;

export type Operator = keyof typeof compare;
export const OPERATORS = Object.keys(compare) as Operator[];

/** An expression such as `join.p95<800ms`, understood. */
export interface Threshold {
  /** As it was written, without outer blanks. */
  expression: string;
  metric: MetricName;
  /** Absent for metrics that are a single value. */
  statistic?: Statistic;
  operator: Operator;
  /** In `unit`. */
  bound: number;
  /** The metric's; `count` for the statistic `count`. */
  unit: Unit;
}

const names = Object.keys(metrics) as MetricName[];
const isMetric = (name: string): name is MetricName => Object.hasOwn(metrics, name);
const isStatistic = (name: string): name is Statistic => STATISTICS.some((statistic) => statistic === name);

/**
 * Understands `metric[.statistic] operator number[unit]`, with blanks wherever they are liked.
 *
 * @throws ParleyError `badRequest` with a sentence that says what to write instead.
 */
export function parseThreshold(text: string): Threshold {
  const expression = text.trim();
  const match = /^([^<>=!\s]*)\s*([<>=!]+)\s*(.*)$/.exec(expression);
  const fail = (reason: string): never => {
    throw badRequest(`threshold "${expression}": ${reason}`);
  };
  if (!match) return fail('must read like join.p95<800ms');
  const [, name = '', operator = '', value = ''] = match;
  if (name === '') return fail('has no metric: write for example join.p95<800ms');
  if (!isOperator(operator)) {
    return fail(`"${operator}" is no operator: write ${OPERATORS.join(' ')}`);
  }
  if (value === '') return fail('has nothing to be compared with');
  try {
    const { metric, statistic } = resolveName(name);
    const unit = statistic === 'count' ? 'count' : metrics[metric].unit;
    return {
      expression,
      metric,
      ...(statistic ? { statistic } : {}),
      operator,
      bound: readUnitValue(value, unit),
      unit,
    };
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Holds thresholds against a run's metrics; one for which nothing was measured is broken. */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  measured: Readonly<Record<string, MetricResult>>,
): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const value = measuredBy(threshold, measured[threshold.metric]);
    return {
      expression: threshold.expression,
      met: value !== null && compare[threshold.operator](value, threshold.bound),
      measured: value,
      unit: threshold.unit,
    };
  });
}

function measuredBy({ statistic }: Threshold, result: MetricResult | undefined): number | null {
  if (result === undefined) return null;
  if (result.kind === 'value') return result.value;
  // How often it happened is known even if it never did.
  if (statistic === undefined || (result.values.count === 0 && statistic !== 'count')) return null;
  return result.values[statistic];
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(compare, text);
}

function resolveName(name: string): { metric: MetricName; statistic?: Statistic } {
  if (isMetric(name)) {
    if (definition(name).kind === 'value') return { metric: name };
    throw badRequest(`${name} is a distribution: say which part of it is meant, such as ${name}.p95`);
  }
  const dot = name.lastIndexOf('.');
  const [stem, last] = [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
  if (isMetric(stem)) {
    if (definition(stem).kind === 'distribution') {
      if (isStatistic(last)) return { metric: stem, statistic: last };
      throw badRequest(`${stem} has no ${last}: ${STATISTICS.join(', ')}`);
    }
    if (isStatistic(last) || /^p\d+$/.test(last)) {
      throw badRequest(`${stem} is a single value: write it without .${last}`);
    }
  }
  const asked = isStatistic(last) && stem !== '' ? stem : name;
  throw badRequest(`there is no metric ${asked}${didYouMean(asked, names)}`);
}

/** Widened, so that a metric's kind stays a question. */
function definition(name: MetricName): MetricDefinition {
  return metrics[name];
}
