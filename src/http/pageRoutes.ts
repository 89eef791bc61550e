import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { roomNameSchema } from '../protocol/requests.ts';
import { badRequest } from '../support/errors.ts';

/** Built by Vite with a hash of the content in the name, so it never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

/** Below it are the pages that other pages may have in a frame. */
const FRAME_PAGES = '/embed/';

/** Whether other pages may have this one in a frame. */
export function isFramePage(url: string | undefined): boolean {
  return url?.startsWith(FRAME_PAGES) ?? false;
}

/**
 * The landing page, the room page, the page with a room for frames, and the files of the client's build: the SDK under `/sdk/parley.js`, the
 * element under `/embed.js`, and their chunks, which pages of other origins may load.
 */
export function pageRoutes(staticDir: string): Router {
  const router = Router();
  const page = (response: Response, name: string): void => {
    response.set('Cache-Control', 'no-cache');
    response.sendFile(name, { root: staticDir });
  };
  router.get('/', (_request, response) => page(response, 'index.html'));
  router.get('/r/:room', (request, response) => {
    assertRoomName(request.params.room);
    page(response, 'room.html');
  });
  router.get(`${FRAME_PAGES}:room`, (request, response) => {
    assertRoomName(request.params.room);
    // A page that is isolated from other origins (COEP) may have it, too.
    response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    page(response, 'frame.html');
  });
  router.use(
    express.static(staticDir, {
      index: false,
      redirect: false,
      setHeaders: (response, path) => {
        const isHashed = path.startsWith(join(staticDir, 'assets'));
        response.setHeader('Cache-Control', isHashed ? FOREVER : 'no-cache');
        response.setHeader('Access-Control-Allow-Origin', '*');
        response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
      },
    }),
  );
  return router;
}

function assertRoomName(name: string): void {
  if (roomNameSchema.safeParse(name).success) return;
  throw badRequest(
    'A room’s name has 1 to 64 letters, digits, dots, hyphens, underscores or tildes. Check the link.',
  );
}
