#!/usr/bin/env node
// @ts-check
/**
 * `npm run --silent parley -- ...` and `parley ...`: sets up what is not yet, and runs the command. Its set-up says what
 * it does on stderr, so that stdout is the command's alone.
 */
import process from 'node:process';
import { requireNodeVersion } from './setup/nodeVersion.mjs';

requireNodeVersion();
const { setUp } = await import('./setup/setUp.mjs');

// The doctor starts a media worker where no server runs.
/** @type {readonly import('./setup/setUp.mjs').Part[]} */
const parts =
  process.argv[2] === 'doctor' ? ['dependencies', 'worker', 'server'] : ['dependencies', 'server'];
await setUp(parts, undefined, process.stderr);
await import(new URL('../dist/server/src/cli.js', import.meta.url).href);
