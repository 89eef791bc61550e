import process from 'node:process';
import type { Browser } from 'playwright-core';
import { unavailable } from '../../src/support/errors.ts';
import { findProgram } from '../../src/support/findProgram.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

/** Where Chromium is: what `CHROMIUM_PATH` names, or the first of its names in PATH. @throws ParleyError `unavailable`. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['CHROMIUM_PATH'];
  const found = (given ? [given] : NAMES)
    .map((name) => findProgram(name, env['PATH']))
    .find((path) => path !== undefined);
  if (found !== undefined) return found;
  throw unavailable(
    given
      ? `CHROMIUM_PATH names ${given}, which cannot be run`
      : '--canary needs Chromium, which was not found: apt-get install chromium (or set CHROMIUM_PATH)',
  );
}

/**
 * Starts a Chromium without windows whose camera and microphone are made up.
 *
 * @param url of the server; pages from there may use them also without TLS.
 * @throws Error when it does not start.
 */
export async function launchChromium(program: string, url: string): Promise<Browser> {
  // Loaded only by runs that have canaries.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: program,
    args: [...FLAGS, `--unsafely-treat-insecure-origin-as-secure=${new URL(url).origin}`],
    // The run decides when it ends; Playwright would end the process with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
