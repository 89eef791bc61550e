import { PlainRtp, type PlainRtpOptions } from '../../src/ingest/PlainRtp.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { silentLogger } from '../../src/support/logger.ts';

/** Ways for plain RTP into these rooms, on the loopback interface. */
export const plainRtpIn = (rooms: RoomRegistry, options: Partial<PlainRtpOptions> = {}): PlainRtp =>
  new PlainRtp({
    rooms,
    place: { ip: '127.0.0.1', ports: { min: 30_000, max: 30_999 } },
    most: 10,
    allowPrivate: true,
    logger: silentLogger,
    ...options,
  });
