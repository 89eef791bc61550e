import { Router, type Request } from 'express';
import type { Drain } from '../cluster/Drain.ts';
import { forwardingReport, peerReport } from '../sfu/forwarding/operatorReport.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { notFound } from '../support/errors.ts';
import { bearerOf } from './bearer.ts';

export interface OperatorRoutesOptions {
  rooms: Pick<RoomRegistry, 'rooms' | 'peerCount'>;
  drain: Pick<Drain, 'begin' | 'endsIn'>;
  /**
   * Whether the bearer of an access token is an admin of a room.
   *
   * @throws ParleyError `unauthorized` for a missing or bad token, `forbidden` for one without that right.
   */
  assertRoomAdmin: (room: string, token: string | undefined) => Promise<void>;
  /** The same of an admin of the whole server. */
  assertServerAdmin: (token: string | undefined) => Promise<void>;
}

/**
 * What operators may know of a room: what is forwarded in it and why, and how a peer is doing. And what they may do: move
 * a room's peers off a worker, and end this server, without cutting calls off.
 */
export function operatorRoutes(options: OperatorRoutesOptions): Router {
  const { rooms, drain, assertRoomAdmin, assertServerAdmin } = options;
  const router = Router();
  /** Reports that are being made; who asks meanwhile gets the same one. */
  const pending = new WeakMap<Room, ReturnType<typeof forwardingReport>>();

  /** Whether there is such a room is told to its admins alone. */
  async function roomFor(request: Request<{ room: string }>): Promise<Room> {
    const { room: name } = request.params;
    await assertRoomAdmin(name, bearerOf(request));
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

  router.post('/api/rooms/:room/workers/:worker/vacate', async (request, response) => {
    const room = await roomFor(request);
    const { worker } = request.params;
    if (!/^\d{1,4}$/.test(worker)) throw notFound('no such worker');
    const moving = room.media.moves.vacate(Number(worker));
    response.status(202).set('Cache-Control', 'no-store').json({ moving });
  });

  router.post('/api/drain', async (request, response) => {
    await assertServerAdmin(bearerOf(request));
    // With nobody in, the drain is over at once and takes its connections with it; this answer comes first.
    response.once('close', () => drain.begin());
    response
      .status(202)
      .set('Cache-Control', 'no-store')
      .json({ endsIn: drain.endsIn, peers: rooms.peerCount });
  });

  return router;
}
