import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const DIRECTORY = 'bench/results/forwarding';

/** Keeps what a benchmark of forwarding measured, with where and with what, as `<name>.json`. */
export function keepResults(name: string, browser: string, figures: object): void {
  const result = {
    at: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
    versions: {
      parley: versionOf('package.json'),
      mediasoup: versionOf('node_modules/mediasoup/package.json'),
      chromium: browser,
    },
    ...figures,
  };
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`kept in ${DIRECTORY}/${name}.json`);
}

function versionOf(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
