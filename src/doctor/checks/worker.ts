import type { Facts } from '../facts.ts';
import { fault, ok, skipped, type Finding } from '../finding.ts';

/** Whether the media worker’s program runs on this machine. */
export function worker({
  workerFailure,
  mediaFailure,
  running,
  isHere,
}: Pick<Facts, 'workerFailure' | 'mediaFailure' | 'running' | 'isHere'>): Omit<Finding, 'check'>[] {
  if (running) return [ok('the media workers run')];
  if (!isHere) return [skipped('the server is another machine’s')];
  if (workerFailure !== undefined) {
    return [
      fault(
        `the media worker does not run: ${workerFailure}`,
        'run npm start once, which fetches or builds it; or let MEDIASOUP_WORKER_BIN name the right one',
      ),
    ];
  }
  if (mediaFailure !== undefined) return [skipped(`no worker was started: ${mediaFailure}`)];
  return [ok('the media worker’s program runs')];
}
