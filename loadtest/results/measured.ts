import { formatValue } from './format.ts';
import { metrics, type MetricName } from './metrics.ts';
import type { Distribution, RunResult, Unit } from './runResult.ts';

/** What is said instead of a number that nobody measured. */
export const NOT_MEASURED = 'not measured';

export type Statistic = Exclude<keyof Distribution, 'count'>;

/** A metric's value, or that statistic (p50 unless told) of its distribution; null: not measured. */
export function measured(
  result: Pick<RunResult, 'metrics'>,
  name: MetricName,
  statistic: Statistic = 'p50',
): number | null {
  const metric = result.metrics[name];
  if (metric === undefined) return null;
  if (metric.kind === 'value') return finite(metric.value);
  return metric.values.count === 0 ? null : finite(metric.values[statistic]);
}

/** The same for a person, with its unit. */
export function shown(
  result: Pick<RunResult, 'metrics'>,
  name: MetricName,
  statistic: Statistic = 'p50',
): string {
  return shownValue(measured(result, name, statistic), metrics[name].unit);
}

/** A number for a person; null, undefined and what is not finite were not measured. */
export function shownValue(value: number | null | undefined, unit: Unit): string {
  const number = finite(value);
  return number === null ? NOT_MEASURED : formatValue(number, unit);
}

/** null for whatever is no finite number. */
export function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Participants that the scenario asks for, all rooms together. */
export function plannedParticipants(scenario: RunResult['scenario']): number {
  return scenario.rooms * scenario.groups.reduce((sum, group) => sum + group.count, 0);
}

/** Time since the start: `0:07`, `12:30`, `1:02:03`. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
