import { metrics, type MetricDefinition } from '../results/metrics.ts';
import { STATISTICS } from '../results/thresholds.ts';
import { spellings } from '../results/unitValues.ts';
import { builtinNames } from '../scenario/builtins.ts';
import { readBuiltin } from '../scenario/readScenario.ts';
import { runFlags, type RunFlag } from './runFlags.ts';

/** The flags of a run as a Markdown table. */
export function flagsTable(): string {
  const rows = Object.values<RunFlag>(runFlags).map(({ flags, description }) => [
    `\`${flags}\``,
    description,
  ]);
  return markdown(['flag', 'meaning'], rows);
}

/** The metrics as a Markdown table. */
export function metricsTable(): string {
  const rows = metricRows().map(([name = '', example = '', description = '']) => [
    `\`${name}\``,
    `\`${example}\``,
    description,
  ]);
  return markdown(['metric', 'threshold', 'meaning'], rows);
}

/** The built-in scenarios as a Markdown table. */
export function scenariosTable(): string {
  return markdown(
    ['scenario', 'what it does'],
    scenarioRows().map(([name = '', description = '']) => [`\`${name}\``, description]),
  );
}

/** The metrics for a terminal. */
export function metricsList(): string {
  return `${columns(metricRows())}\nDistributions have ${STATISTICS.join(', ')}.\n`;
}

/** The built-in scenarios for a terminal. */
export function scenariosList(): string {
  return columns(scenarioRows());
}

/** Name, an example of a threshold, description. */
function metricRows(): string[][] {
  return Object.entries<MetricDefinition>(metrics).map(([name, { kind, unit, description }]) => {
    const value = spellings[unit].example.split(/,| or /)[0] ?? '';
    return [name, `${name}${kind === 'distribution' ? '.p95' : ''}<${value}`, description];
  });
}

function scenarioRows(): string[][] {
  return builtinNames().map((name) => [name, readBuiltin(name).description]);
}

/** A bar inside a cell would end it. */
function markdown(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function columns(rows: string[][]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) =>
      row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(width(column) + 2) : cell)).join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}
