import { Router } from 'express';
import { z } from 'zod';
import { badRequest } from '../support/errors.ts';
import type { EventPage } from '../webhooks/EventLog.ts';
import type { ReceiverStatus } from '../webhooks/Receiver.ts';
import { bearerOf } from './bearer.ts';

export interface EventRoutesOptions {
  /** @throws ParleyError as `EventLog.read` does. */
  read: (after: number, limit: number) => Promise<EventPage>;
  receivers: () => ReceiverStatus[];
  /** Events that did not get into the log. */
  lost: () => number;
  /**
   * Whether the bearer of an access token is an admin of the whole server.
   *
   * @throws ParleyError `unauthorized` for a missing or bad token, `forbidden` for one without that right.
   */
  assertServerAdmin: (token: string | undefined) => Promise<void>;
}

const MOST = 1000;
const USUAL = 100;

const number = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .optional();
const querySchema = z.object({ after: number(0, Number.MAX_SAFE_INTEGER), limit: number(1, MOST) });

/** The events that happened, for whoever missed webhooks or uses none; and how the receivers of webhooks are doing. */
export function eventRoutes({ read, receivers, lost, assertServerAdmin }: EventRoutesOptions): Router {
  const router = Router();

  router.get('/api/events', async (request, response) => {
    await assertServerAdmin(bearerOf(request));
    const query = querySchema.safeParse(request.query);
    if (!query.success) {
      throw badRequest(`after must be the number of an event or 0, and limit 1 to ${MOST}`);
    }
    const { after = 0, limit = USUAL } = query.data;
    response.set('Cache-Control', 'no-store').json(await read(after, limit));
  });

  router.get('/api/webhooks', async (request, response) => {
    await assertServerAdmin(bearerOf(request));
    response.set('Cache-Control', 'no-store').json({ receivers: receivers(), lost: lost() });
  });

  return router;
}
