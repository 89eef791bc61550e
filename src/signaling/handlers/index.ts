import type { Handlers } from '../dispatch.ts';
import { conductHandlers } from './conduct.ts';
import { mediaHandlers } from './media.ts';
import { networkTestHandlers } from './networkTest.ts';
import { roomHandlers } from './room.ts';
import { seatHandlers } from './seat.ts';

/** One handler for every request of the catalogue. */
export const handlers: Handlers = {
  ...seatHandlers,
  ...mediaHandlers,
  ...roomHandlers,
  ...conductHandlers,
  ...networkTestHandlers,
};
