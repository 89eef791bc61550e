import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

/*
 * Preloaded into the server (`node --import`): measures its event loop between two SIGUSR2, from inside, and writes what
 * it found to the file that PROBE_RESULT names. PROBE_PROFILE names a file for a CPU profile of the same time.
 */

/** ms between two measurements; what is recorded is the time from one to the next. */
const RESOLUTION = 10;
/** us between two samples of the profile; with the default of 1 ms an idle server needs 3 % of a core more. */
const SAMPLING = 5000;

const { PROBE_RESULT: result, PROBE_PROFILE: profile } = process.env;
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
let session: Session | undefined;
let isMeasuring = false;

function begin(): void {
  histogram.reset();
  histogram.enable();
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLING });
  session.post('Profiler.start');
}

function end(path: string): void {
  histogram.disable();
  // It comes at once, so before what is waited for first.
  session?.post('Profiler.stop', (error, found) => {
    if (!error && profile !== undefined) writeFileSync(profile, JSON.stringify(found.profile));
  });
  const found = {
    p50: late(histogram.percentile(50)),
    p99: late(histogram.percentile(99)),
    max: late(histogram.max),
  };
  // Whoever waits for the file finds all of it.
  writeFileSync(`${path}.part`, JSON.stringify(found));
  renameSync(`${path}.part`, path);
}

if (result !== undefined) {
  process.on('SIGUSR2', () => {
    isMeasuring = !isMeasuring;
    if (isMeasuring) begin();
    else end(result);
  });
}
