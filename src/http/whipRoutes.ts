import type { IncomingMessage } from 'node:http';
import cors from 'cors';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { IceServer } from '../protocol/models.ts';
import { peerNameSchema, roomNameSchema } from '../protocol/requests.ts';
import { badRequest, forbidden } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { WhipProblem } from '../whip/WhipProblem.ts';
import type { SessionOrder } from '../whip/SessionOrders.ts';
import type { OpenedSession, SessionRequest, WhipSessions } from '../whip/WhipSessions.ts';
import { bearerOf } from './bearer.ts';
import { iceServerLinks } from './iceServerLinks.ts';
import { whipErrorHandler } from './whipErrors.ts';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
/** Bytes; Chromium's offer with many codecs has 8 KB. */
const MAX_BODY = 65_536;
/** Sessions that one address may ask for: this many in this many seconds. */
const OPENINGS = { points: 40, duration: 10 };
/** Requests about one session. */
const CHANGES = { points: 60, duration: 10 };

const ENDPOINT_METHODS = 'OPTIONS, POST';
const SESSION_METHODS = 'DELETE, OPTIONS, PATCH';

type Protocol = 'whip' | 'whep';

export interface WhipRoutesOptions {
  sessions: WhipSessions;
  /** STUN and TURN servers for a peer. */
  iceServersFor: (peerId: string) => IceServer[];
  /**
   * Whether a page of this origin may ask; requests without an origin come from no page.
   */
  isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  /** Of this very node; undefined: sessions are found where their room's name leads. */
  publicUrl: string | undefined;
  /** Who may know the ICE servers before it has a session. @throws ParleyError `unauthorized`, `forbidden`. */
  assertMayEnter: (room: string, token: string | undefined) => Promise<void>;
  logger: Logger;
}

/**
 * Media over HTTP: `POST /whip/<room>` publishes (RFC 9725), `POST /whep/<room>` plays whoever speaks, and
 * `POST /whep/<room>/<participant>` somebody (draft-ietf-wish-whep-03).
 */
export function whipRoutes(options: WhipRoutesOptions): Router {
  const { sessions, logger } = options;
  const router = Router();
  const openings = limited(OPENINGS, (request) => request.ip ?? '');
  const changes = limited(CHANGES, (request) => String(request.params['id']));
  const paths = ['/whip/:room', '/whep/:room', '/whep/:room/:participant'];
  const sessionPaths = ['/whip/:room/sessions/:id', '/whep/:room/sessions/:id'];
  router.use([...paths, ...sessionPaths], crossOrigin(options));

  const open =
    (protocol: Protocol, begin: (request: SessionRequest, participant?: string) => Promise<OpenedSession>) =>
    async (request: Request, response: Response): Promise<void> => {
      const room = roomOf(request);
      const { participant } = request.params as { participant?: string };
      const { session, id, answer } = await begin(
        {
          room,
          token: bearerOf(request),
          name: nameOf(request),
          offer: request.body as string,
          isGone: () => response.destroyed,
        },
        participant,
      );
      response
        .status(201)
        .set({
          Location: `${options.publicUrl ?? ''}/${protocol}/${room}/sessions/${id}`,
          ETag: session.entityTag,
          'Cache-Control': 'no-store',
        })
        .type(SDP);
      tellIceServers(response, options.iceServersFor(session.peer.id));
      response.end(answer);
    };
  router.post(
    '/whip/:room',
    openings,
    bodyOf(SDP),
    open('whip', (request) => sessions.publish(request)),
  );
  const play = open('whep', (request, participant) => sessions.play(request, participant));
  router.post('/whep/:room', openings, bodyOf(SDP), play);
  router.post('/whep/:room/:participant', openings, bodyOf(SDP), play);

  for (const protocol of ['whip', 'whep'] as const) {
    const path: string = `/${protocol}/:room/sessions/:id`;
    const order = (request: Request, what: SessionOrder) => {
      const place = { kind: protocol, room: roomOf(request), id: String(request.params['id']) };
      return sessions.order(place, bearerOf(request), what);
    };
    router.patch(path, changes, bodyOf(FRAGMENT), async (request: Request, response: Response) => {
      const { fragment, entityTag } = await order(request, {
        verb: 'patch',
        ifMatch: request.get('if-match'),
        fragment: request.body as string,
      });
      response.set('Cache-Control', 'no-store');
      if (fragment === undefined) response.status(204).end();
      else response.status(200).set('ETag', entityTag).type(FRAGMENT).end(fragment);
    });
    router.delete(path, changes, async (request, response) => {
      await order(request, { verb: 'end' });
      response.status(200).end();
    });
  }

  router.options(paths, async (request, response) => {
    response.set({ Allow: ENDPOINT_METHODS, 'Accept-Post': SDP });
    // What a preflight asks for has no token; clients that want to know the servers beforehand have.
    if (request.get('authorization') !== undefined) {
      await options.assertMayEnter(roomOf(request), bearerOf(request));
      tellIceServers(response, options.iceServersFor('options'));
    }
    response.status(200).end();
  });
  router.options(sessionPaths, (_request, response) => {
    response.set({ Allow: SESSION_METHODS, 'Accept-Patch': FRAGMENT }).status(200).end();
  });
  router.all(paths, refuseMethod(ENDPOINT_METHODS));
  router.all(sessionPaths, refuseMethod(SESSION_METHODS));
  router.use([...paths, ...sessionPaths], whipErrorHandler(logger));
  return router;
}

function roomOf(request: Request): string {
  const room = roomNameSchema.safeParse(request.params['room']);
  if (!room.success)
    throw badRequest('a room’s name has 1 to 64 letters, digits, dots, hyphens, underscores or tildes');
  return room.data;
}

/** `?name=`, as which a sender without a token is shown. */
function nameOf(request: Request): string | undefined {
  const name = peerNameSchema.optional().safeParse(request.query['name']);
  if (!name.success) throw badRequest('name has 1 to 64 characters');
  return name.data;
}

/** The same pages may publish and play that may open a socket. */
function crossOrigin({ isOriginAllowed }: WhipRoutesOptions): RequestHandler[] {
  const headers = cors({
    origin: true,
    methods: 'DELETE, OPTIONS, PATCH, POST',
    allowedHeaders: 'Authorization, Content-Type, ETag, If-Match',
    exposedHeaders:
      'Accept-Patch, Accept-Post, Access-Control-Allow-Methods, ETag, Link, Location, Retry-After',
    maxAge: 600,
    preflightContinue: true,
  });
  return [
    (request, response, next) => {
      const origin = request.get('origin');
      if (origin === undefined) next();
      else if (!isOriginAllowed(origin, request)) throw forbidden('pages of this origin may not do this');
      else headers(request, response, next);
    },
  ];
}

/** Takes a body of this type alone, as text. */
function bodyOf(type: string): RequestHandler[] {
  const accepts: Record<string, string> =
    type === SDP ? { 'Accept-Post': SDP } : { 'Accept-Patch': FRAGMENT };
  return [
    (request, _response, next) => {
      const given = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
      if (given !== type) throw new WhipProblem(415, `the body must be ${type}`, { headers: accepts });
      next();
    },
    express.text({ type: () => true, limit: MAX_BODY, inflate: false }),
    (request, _response, next) => {
      if (typeof request.body !== 'string' || request.body === '')
        throw new WhipProblem(400, 'the body is empty');
      next();
    },
  ];
}

const refuseMethod =
  (allowed: string): RequestHandler =>
  ({ method }) => {
    throw new WhipProblem(405, `${method} is not for this URL`, { headers: { Allow: allowed } });
  };

function limited(
  rate: { points: number; duration: number },
  keyOf: (request: Request) => string,
): RequestHandler {
  const limiter = new RateLimiterMemory(rate);
  return async (request, _response, next) => {
    try {
      await limiter.consume(keyOf(request));
    } catch (error) {
      const ms = error instanceof RateLimiterRes ? error.msBeforeNext : 1000 * rate.duration;
      throw new WhipProblem(429, `more than ${rate.points} such requests in ${rate.duration} s`, {
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))) },
      });
    }
    next();
  };
}

function tellIceServers(response: Response, servers: readonly IceServer[]): void {
  const links = iceServerLinks(servers);
  if (links.length > 0) response.set('Link', links);
}
