import process from 'node:process';
import { ParleyError } from '../../src/support/errors.ts';
import { adoptClock, clockOrigin } from '../rtp/ntp.ts';
import { Generator } from './Generator.ts';
import type { FromGenerator, ToGenerator } from './messages.ts';

/*
 * A generator process: it does what its parent says over IPC, and ends when the parent is gone.
 */

/** ms. */
const TALLY_INTERVAL = 1000;

let generator: Generator | undefined;
let telling: NodeJS.Timeout | undefined;

function tell(message: FromGenerator): void {
  if (process.connected) process.send?.(message);
}

function tally(): void {
  if (generator) tell({ type: 'tally', ...generator.flush() });
}

function fail(error: unknown): void {
  const code = error instanceof ParleyError ? error.code : 'internal';
  const message =
    error instanceof Error
      ? code === 'internal'
        ? (error.stack ?? error.message)
        : error.message
      : String(error);
  tell({ type: 'failed', code, message });
}

async function obey(message: ToGenerator): Promise<void> {
  switch (message.type) {
    case 'prepare': {
      const { clockOrigin: origin, clockOffset = 0 } = message.assignment;
      adoptClock((origin ?? clockOrigin()) + clockOffset);
      generator = await Generator.create(message.assignment);
      tell({ type: 'ready' });
      break;
    }
    case 'start':
      generator?.start();
      telling = setInterval(tally, TALLY_INTERVAL);
      break;
    case 'incident':
      generator?.incident(message.incident);
      break;
    case 'end':
      clearInterval(telling);
      await generator?.end();
      tally();
      tell({ type: 'ended' });
      // werift leaves timers behind that would keep this process for half a minute.
      if (process.connected) process.disconnect();
  }
}

process.on('message', (message: ToGenerator) => {
  obey(message).catch(fail);
});
process.on('disconnect', () => process.exit(0));
// Ctrl+C reaches the whole group; the parent says when to end.
process.on('SIGINT', () => undefined);
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit(1);
});
