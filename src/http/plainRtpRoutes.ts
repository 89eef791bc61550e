import express, { Router, type Request } from 'express';
import { roomNameSchema } from '../protocol/requests.ts';
import { badRequest } from '../support/errors.ts';
import { bearerOf } from './bearer.ts';

/** What is asked about plain RTP; each throws coded errors. */
export interface PlainRtpDoor {
  openIngress(room: string, body: unknown): Promise<object>;
  openEgress(room: string, body: unknown): Promise<object>;
  ingresses(room: string): readonly object[];
  egresses(room: string): readonly object[];
  closeIngress(room: string, ingressId: string): void;
  closeEgress(room: string, egressId: string): void;
}

export interface PlainRtpRoutesOptions {
  plainRtp: PlainRtpDoor;
  /** @throws ParleyError `unauthorized`, `forbidden`. */
  assertRoomAdmin: (room: string, token: string | undefined) => Promise<void>;
}

/**
 * Ways in and out of a room for plain RTP, for its admins: `POST` opens one, `GET` lists them, `DELETE` closes one.
 */
export function plainRtpRoutes({ plainRtp, assertRoomAdmin }: PlainRtpRoutesOptions): Router {
  const router = Router();
  const json = express.json({ limit: '16kb' });
  const assertAllowed = async (request: Request<{ room: string }>): Promise<string> => {
    const { room } = request.params;
    await assertRoomAdmin(room, bearerOf(request));
    if (!roomNameSchema.safeParse(room).success) throw badRequest('that is no name of a room');
    return room;
  };

  router.post('/api/rooms/:room/ingress', json, async (request: Request<{ room: string }>, response) => {
    const room = await assertAllowed(request);
    response
      .status(201)
      .set('Cache-Control', 'no-store')
      .json(await plainRtp.openIngress(room, request.body));
  });

  router.get('/api/rooms/:room/ingress', async (request, response) => {
    const room = await assertAllowed(request);
    response.set('Cache-Control', 'no-store').json({ ingress: plainRtp.ingresses(room) });
  });

  router.delete('/api/rooms/:room/ingress/:id', async (request, response) => {
    const room = await assertAllowed(request);
    plainRtp.closeIngress(room, request.params.id);
    response.status(204).end();
  });

  router.post('/api/rooms/:room/egress', json, async (request: Request<{ room: string }>, response) => {
    const room = await assertAllowed(request);
    response
      .status(201)
      .set('Cache-Control', 'no-store')
      .json(await plainRtp.openEgress(room, request.body));
  });

  router.get('/api/rooms/:room/egress', async (request, response) => {
    const room = await assertAllowed(request);
    response.set('Cache-Control', 'no-store').json({ egress: plainRtp.egresses(room) });
  });

  router.delete('/api/rooms/:room/egress/:id', async (request, response) => {
    const room = await assertAllowed(request);
    plainRtp.closeEgress(room, request.params.id);
    response.status(204).end();
  });

  return router;
}
