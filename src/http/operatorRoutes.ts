import { Router, type Request } from 'express';
import { forwardingReport, peerReport } from '../sfu/forwarding/operatorReport.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { notFound } from '../support/errors.ts';

export interface OperatorRoutesOptions {
  rooms: Pick<RoomRegistry, 'rooms'>;
  /**
   * Whether the bearer of an access token is an admin of a room.
   *
   * @throws ParleyError `unauthorized` for a missing or bad token, `forbidden` for one without that right.
   */
  assertRoomAdmin: (room: string, token: string | undefined) => Promise<void>;
}

/** RFC 6750 section 2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** What operators may know of a room: what is forwarded in it and why, and how a peer is doing. */
export function operatorRoutes({ rooms, assertRoomAdmin }: OperatorRoutesOptions): Router {
  const router = Router();
  /** Reports that are being made; who asks meanwhile gets the same one. */
  const pending = new WeakMap<Room, ReturnType<typeof forwardingReport>>();

  /** Whether there is such a room is told to its admins alone. */
  async function roomFor(request: Request<{ room: string }>): Promise<Room> {
    const { room: name } = request.params;
    await assertRoomAdmin(name, BEARER.exec(request.get('authorization') ?? '')?.[1]);
    const room = rooms.rooms.get(name);
    if (!room) throw notFound('no such room');
    return room;
  }

  router.get('/api/rooms/:room/forwarding', async (request, response) => {
    const room = await roomFor(request);
    let report = pending.get(room);
    if (!report) {
      report = forwardingReport(room).finally(() => pending.delete(room));
      pending.set(room, report);
    }
    response.set('Cache-Control', 'no-store').json(await report);
  });

  router.get('/api/rooms/:room/peers/:peer/quality', async (request, response) => {
    const room = await roomFor(request);
    response.set('Cache-Control', 'no-store').json(await peerReport(room, request.params.peer));
  });

  return router;
}
