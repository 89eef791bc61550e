import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { packageJson } from '../../loadtest/packageRoot.ts';

const DIRECTORY = 'bench/results/forwarding';

/** Keeps the figures of a benchmark, with the machine and the versions that they were measured with, as `<name>.json`. */
export function keep(name: string, figures: object, versions: Record<string, string> = {}): void {
  const { version, dependencies } = packageJson();
  const result = {
    format: 1,
    at: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? '',
      cores: cpus().length,
      os: `${type()} ${release()}`,
      node: process.version,
    },
    versions: { parley: version, mediasoup: dependencies['mediasoup'] ?? '', ...versions },
    ...figures,
  };
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`kept in ${DIRECTORY}/${name}.json`);
}

/** Prints a Markdown table. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
}

/** Says whether a goal was met. */
export function printGoal(what: string, measured: string, goal: string, met: boolean): void {
  console.log(`${what}: ${measured} (goal: ${goal}, ${met ? 'met' : 'missed'})`);
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;
}
