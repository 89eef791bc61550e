import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Where the load test is compiled to, for what runs in processes of its own. */
export const builtLoadtest = resolve('dist/loadtest');

/** Compiles it. Takes some seconds. */
export function buildLoadtest(): void {
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const args = ['-p', 'tsconfig.json', '--noEmit', 'false', '--outDir', builtLoadtest];
  execFileSync(process.execPath, [tsc, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}
