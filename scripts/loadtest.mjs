#!/usr/bin/env node
// @ts-check
/**
 * `npm run loadtest -- ...` and `parley-loadtest ...`: sets up what is not yet, and runs the load test with these
 * arguments. Its set-up says what it does on stderr, so that stdout is the tool's alone.
 */
import process from 'node:process';
import { requireNodeVersion } from './setup/nodeVersion.mjs';

requireNodeVersion();
const { setUp } = await import('./setup/setUp.mjs');

const startsServer = process.argv.includes('--start');
/** @type {readonly import('./setup/setUp.mjs').Part[]} */
const parts = startsServer
  ? ['dependencies', 'worker', 'server', 'client', 'loadtest']
  : ['dependencies', 'loadtest'];
await setUp(parts, undefined, process.stderr);
await import(new URL('../dist/loadtest/loadtest/main.js', import.meta.url).href);
