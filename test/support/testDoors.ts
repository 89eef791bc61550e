import { AccessTokens } from '../../src/access/AccessTokens.ts';
import type { DoorsOptions } from '../../src/doors.ts';
import { HealthChecks } from '../../src/http/HealthChecks.ts';
import { unavailable } from '../../src/support/errors.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { plainRtpIn } from './plainRtp.ts';
import { recordingsIn } from './recordings.ts';
import { aloneCluster, testRoomService } from './roomService.ts';
import { API_KEY, API_SECRET } from './signalingHarness.ts';

/** What doors need that a test does not say: an open server that nobody has entered yet, and that keeps nothing. */
export function doorsOptions(
  given: Pick<DoorsOptions, 'rooms' | 'drain'> & Partial<DoorsOptions>,
): DoorsOptions {
  const { rooms, tokens = new AccessTokens({ apiKey: API_KEY, apiSecret: API_SECRET, open: true }) } = given;
  const nothing = () => Promise.reject(unavailable('nothing is kept here'));
  return {
    tokens,
    defined: { define: nothing },
    roomService: given.roomService ?? testRoomService(rooms, tokens),
    events: { log: { read: nothing, lost: 0 }, receivers: [] },
    recordings: recordingsIn(rooms),
    plainRtp: plainRtpIn(rooms),
    health: new HealthChecks(),
    entrance: () => {
      throw unavailable('nobody enters here');
    },
    cluster: aloneCluster(),
    iceServersFor: () => [],
    isOriginAllowed: () => true,
    apiOrigins: [],
    publicUrl: undefined,
    logger: silentLogger,
    ...given,
  };
}
