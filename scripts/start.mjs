// @ts-check
/**
 * `npm start`: sets up what is not yet, and runs the server in this process. Arguments go to the server.
 */
import process from 'node:process';
import { requireNodeVersion } from './setup/nodeVersion.mjs';

requireNodeVersion();
const { setUp } = await import('./setup/setUp.mjs');

// To print a text, the server needs no media worker, whose build takes minutes.
const onlyPrints = process.argv
  .slice(2)
  .some((arg) => ['--help', '-h', '--version', '-v', '-V'].includes(arg));
await setUp(onlyPrints ? ['dependencies', 'server'] : ['dependencies', 'worker', 'server', 'client']);
await import(new URL('../dist/server/src/main.js', import.meta.url).href);
