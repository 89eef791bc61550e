// @ts-check
/**
 * `node scripts/prepare.mjs [part ...]`: the set-up alone, for container images and CI. The parts are dependencies,
 * worker, server, client, sdk and loadtest; without arguments, all.
 */
import process from 'node:process';
import { requireNodeVersion } from './setup/nodeVersion.mjs';

requireNodeVersion();
const { allParts, setUp } = await import('./setup/setUp.mjs');

const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !allParts.some((known) => known === part));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are: ${allParts.join(', ')}.`);
  process.exit(2);
}
await setUp(asked.length > 0 ? allParts.filter((part) => asked.includes(part)) : allParts);
