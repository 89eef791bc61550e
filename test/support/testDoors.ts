import { AccessTokens } from '../../src/access/AccessTokens.ts';
import type { DoorsOptions } from '../../src/doors.ts';
import { unavailable } from '../../src/support/errors.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { API_KEY, API_SECRET } from './signalingHarness.ts';

/** What doors need that a test does not say: an open server that nobody has entered yet. */
export function doorsOptions(
  given: Pick<DoorsOptions, 'rooms' | 'drain'> & Partial<DoorsOptions>,
): DoorsOptions {
  return {
    tokens: new AccessTokens({ apiKey: API_KEY, apiSecret: API_SECRET, open: true }),
    entrance: () => {
      throw unavailable('nobody enters here');
    },
    iceServersFor: () => [],
    isOriginAllowed: () => true,
    publicUrl: undefined,
    logger: silentLogger,
    ...given,
  };
}
