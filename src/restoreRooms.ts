import type { DefinedRooms } from './sfu/DefinedRooms.ts';
import { ParleyError } from './support/errors.ts';
import type { Logger } from './support/logger.ts';

/** ms between two attempts while what is kept cannot be read. */
const AGAIN = 1000;

/**
 * Opens the rooms that were defined before this process began: now, or once what is kept can be read, for which the start
 * does not wait. Never rejects.
 */
export async function restoreRooms(options: {
  defined: DefinedRooms;
  isClosing: () => boolean;
  logger: Logger;
}): Promise<void> {
  const { defined, isClosing, logger } = options;
  try {
    await defined.restore();
  } catch (error) {
    if (isClosing()) return;
    if (error instanceof ParleyError && error.code === 'unavailable')
      setTimeout(() => void restoreRooms(options), AGAIN).unref();
    else logger.error({ error }, 'rooms that were defined are not there');
  }
}
