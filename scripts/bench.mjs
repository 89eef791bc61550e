// @ts-check
/** `npm run bench:NAME`: sets up what is not yet, compiles `bench/` and runs `bench/NAME.ts`. */
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { requireNodeVersion } from './setup/nodeVersion.mjs';

requireNodeVersion();
const { allParts, root, setUp } = await import('./setup/setUp.mjs');
const { ensureTestPackages } = await import('./setup/testPackages.mjs');

await setUp(allParts, ensureTestPackages);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
});
await import(new URL(`../dist/bench/bench/${process.argv[2]}.js`, import.meta.url).href);
