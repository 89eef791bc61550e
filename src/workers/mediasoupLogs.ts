import { setLogEventListeners } from 'mediasoup';
import type { Logger } from '../support/logger.ts';

/**
 * Sends what mediasoup and its worker processes log to Parley's logger, for the whole process.
 *
 * Their errors become warnings: whether a person was hurt is for the caller to know, who gets the error too.
 */
export function forwardMediasoupLogs(logger: Logger): void {
  setLogEventListeners({
    onwarn: (namespace, log) => logger.debug({ namespace }, log),
    onerror: (namespace, log, error) => logger.warn({ namespace, error }, log),
  });
}
