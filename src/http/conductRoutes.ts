import express, { Router, type Request, type Response } from 'express';
import type { SharedRooms } from '../cluster/SharedRooms.ts';
import { roomNameSchema } from '../protocol/requests.ts';
import { settingsChange } from '../sfu/conduct/settingsChange.ts';
import type { DefinedRooms } from '../sfu/DefinedRooms.ts';
import type { Room } from '../sfu/Room.ts';
import { badRequest, notFound } from '../support/errors.ts';
import { parse } from '../support/parse.ts';
import { bearerOf } from './bearer.ts';
import { knocksAnswer, operatorSettings } from './conductOperations.ts';

export interface ConductRoutesOptions {
  shared: () => Pick<SharedRooms, 'find' | 'enter' | 'orders'>;
  defined: Pick<DefinedRooms, 'define'>;
  /** @throws ParleyError `unauthorized`, `forbidden`. */
  assertRoomAdmin: (room: string, token: string | undefined) => Promise<void>;
}

/** What operators set of a room, before anybody is in it and while people are, and whom they let in who waits. */
export function conductRoutes({ shared, defined, assertRoomAdmin }: ConductRoutesOptions): Router {
  const router = Router();
  const json = express.json({ limit: '16kb' });
  const nameFor = async (request: Request<{ room: string }>): Promise<string> => {
    const { room } = request.params;
    await assertRoomAdmin(room, bearerOf(request));
    if (!roomNameSchema.safeParse(room).success) throw badRequest('that is no name of a room');
    return room;
  };
  const roomFor = async (request: Request<{ room: string }>): Promise<Room> => {
    const room = await shared().find(await nameFor(request));
    if (!room) throw notFound('no such room');
    return room;
  };
  const answer = (response: Response, body: object): void =>
    void response.set('Cache-Control', 'no-store').json(body);

  router.get('/api/rooms/:room/settings', async (request, response) => {
    answer(response, { settings: (await roomFor(request)).conduct.settings });
  });

  router.post('/api/rooms/:room/settings', json, async (request: Request<{ room: string }>, response) => {
    const name = await nameFor(request);
    const change = parse(operatorSettings, request.body);
    const room = await shared().enter(name);
    const arrived = room.expect();
    try {
      await defined.define(room, await settingsChange(room.definition, change));
    } finally {
      arrived();
    }
    answer(response, { settings: room.conduct.settings });
  });

  router.get('/api/rooms/:room/waiting', async (request, response) => {
    answer(response, { waiting: (await roomFor(request)).conduct.lobby.waiting });
  });

  router.post('/api/rooms/:room/waiting', json, async (request: Request<{ room: string }>, response) => {
    const room = await roomFor(request);
    const { knockIds, admit } = parse(knocksAnswer, request.body);
    answer(response, { answered: await shared().orders.answerKnocks(room, knockIds, admit) });
  });

  return router;
}
