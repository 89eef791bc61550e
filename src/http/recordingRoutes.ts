import { Router, type Request } from 'express';
import { basename, dirname } from 'node:path';
import { bearerOf } from './bearer.ts';

/** What is asked of recordings; each throws coded errors. */
export interface RecordingDoor {
  start(room: string): Promise<object>;
  stop(room: string, recordingId: string): Promise<object>;
  list(room: string): Promise<readonly object[]>;
  read(room: string, recordingId: string): Promise<object>;
  file(room: string, recordingId: string, file: string): Promise<string>;
  remove(room: string, recordingId: string): Promise<void>;
}

export interface RecordingRoutesOptions {
  recordings: RecordingDoor;
  /** @throws ParleyError `unauthorized`, `forbidden`. */
  assertRoomRecorder: (room: string, token: string | undefined) => Promise<void>;
}

const base = '/api/rooms/:room/recordings';

/**
 * Recordings of a room, for who may record it: `POST` starts one, `POST .../:id/stop` ends it, `GET` lists them, tells one's
 * timeline and hands out its files, of which a part can be had (RFC 9110 section 14), `DELETE` removes one with its files.
 */
export function recordingRoutes({ recordings, assertRoomRecorder }: RecordingRoutesOptions): Router {
  const router = Router();
  const assertAllowed = (request: Request<{ room: string }>): Promise<void> =>
    assertRoomRecorder(request.params.room, bearerOf(request));

  router.use(base, (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.post(base, async (request, response) => {
    await assertAllowed(request);
    response.status(201).json(await recordings.start(request.params.room));
  });

  router.get(base, async (request, response) => {
    await assertAllowed(request);
    response.json({ recordings: await recordings.list(request.params.room) });
  });

  router.get(`${base}/:recording`, async (request, response) => {
    await assertAllowed(request);
    const { room, recording } = request.params;
    response.json(await recordings.read(room, recording));
  });

  router.post(`${base}/:recording/stop`, async (request, response) => {
    await assertAllowed(request);
    const { room, recording } = request.params;
    response.json(await recordings.stop(room, recording));
  });

  router.delete(`${base}/:recording`, async (request, response) => {
    await assertAllowed(request);
    const { room, recording } = request.params;
    await recordings.remove(room, recording);
    response.status(204).end();
  });

  router.get(`${base}/:recording/files/:file`, async (request, response, next) => {
    await assertAllowed(request);
    const { room, recording, file } = request.params;
    const path = await recordings.file(room, recording, file);
    response.set({ 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff' });
    response.attachment(basename(path));
    const options = { root: dirname(path), dotfiles: 'deny', cacheControl: false } as const;
    response.sendFile(basename(path), options, (error) => {
      // Who asked for it may go away in the middle of it.
      if (error && !response.headersSent) next(error);
    });
  });

  return router;
}
