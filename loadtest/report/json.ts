import { badRequest } from '../../src/support/errors.ts';
import { metrics } from '../results/metrics.ts';
import type { RunResult } from '../results/runResult.ts';
import { reportSchema } from './reportSchema.ts';

const FIRST_KEYS = [
  'format',
  'tool',
  'machine',
  'startedAt',
  'took',
  'verdict',
  'invalid',
  'thresholds',
  'scenario',
  'server',
  'metrics',
  'errors',
  'generator',
  'canaries',
  'heatInterval',
  'rooms',
  'series',
];
const KEYS = [...FIRST_KEYS, 'name', 'kind', 'unit', 'value', 'values', 'count', 'min', 'avg', 'p50', 'p90'];
const RANKS = new Map(
  [...KEYS, 'p95', 'p99', 'max', 'at', ...Object.keys(metrics)].map((key, rank) => [key, rank]),
);

/**
 * The run as JSON: keys always in the same order, and one line for each second, room and error, so that two reports
 * can be compared as text.
 */
export function reportJson(result: RunResult): string {
  return `${pretty(ordered(result), 0)}\n`;
}

/**
 * Reads what `reportJson` wrote. `name` says in errors which file it was. Throws `badRequest` with a line per field
 * that is wrong.
 */
export function readReport(text: string, name: string): RunResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badRequest(`${name} is not a load test report: it is not JSON`, { cause });
  }
  if (typeof json !== 'object' || json === null || !('format' in json)) {
    throw badRequest(`${name} is not a load test report: it has no "format"`);
  }
  if (json.format !== 1) {
    throw badRequest(
      `${name} is a load test report of format ${String(json.format)}; this version reads format 1`,
    );
  }
  const parsed = reportSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw badRequest(`${name} is not a complete load test report: ${details[0] ?? ''}`, { details });
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  const rank = (key: string): number => RANKS.get(key) ?? RANKS.size;
  entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, content]) => [key, ordered(content)]));
}

/** Spreads the outer two levels over lines. */
function pretty(value: unknown, depth: number): string {
  if (depth === 2 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = Array.isArray(value)
    ? value.map((item) => pretty(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pretty(item, depth + 1)}`);
  if (lines.length === 0) return open + close;
  const indent = '  '.repeat(depth + 1);
  return `${open}\n${lines.map((line) => indent + line).join(',\n')}\n${'  '.repeat(depth)}${close}`;
}
