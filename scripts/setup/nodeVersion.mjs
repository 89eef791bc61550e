// @ts-check
import { readFileSync } from 'node:fs';

// This module and whoever imports it first must parse and run on old versions of Node, which it is there to refuse.

/**
 * Ends the process with a plain message when this Node is older than package.json's `engines.node` (`>=x.y.z`).
 */
export function requireNodeVersion() {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const wanted = String(manifest.engines.node).replace(/^>=\s*/, '');
  if (isAtLeast(process.versions.node, wanted)) return;
  console.error(`Parley needs Node.js ${wanted} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/**
 * @param {string} version
 * @param {string} wanted
 */
function isAtLeast(version, wanted) {
  const have = version.split('.').map(Number);
  const want = wanted.split('.').map(Number);
  for (let i = 0; i < want.length; ++i) {
    if (have[i] !== want[i]) return Number(have[i]) > Number(want[i]);
  }
  return true;
}
