import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import type { ErrorCode } from '../protocol/errors.ts';
import { internal, ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { bearerOf } from './bearer.ts';

/** Bytes of a request's body: 64 KiB of data in Base64, or a room's metadata, with room to spare. */
const MAX_BODY = '128kb';

/** Twirp's codes and their statuses (Twirp specification v7, "Error Codes"; `resource_exhausted` as of v8). */
const TWIRP: Record<ErrorCode, readonly [code: string, status: number]> = {
  unauthorized: ['unauthenticated', 401],
  forbidden: ['permission_denied', 403],
  notFound: ['not_found', 404],
  badRequest: ['invalid_argument', 400],
  invalidState: ['failed_precondition', 412],
  conflict: ['already_exists', 409],
  limitExceeded: ['resource_exhausted', 429],
  unsupported: ['unimplemented', 501],
  redirected: ['unavailable', 503],
  unavailable: ['unavailable', 503],
  timeout: ['deadline_exceeded', 408],
  locked: ['permission_denied', 403],
  passwordRequired: ['unauthenticated', 401],
  wrongPassword: ['permission_denied', 403],
  rateLimited: ['resource_exhausted', 429],
  waitingRoom: ['permission_denied', 403],
  denied: ['permission_denied', 403],
  notAnswered: ['deadline_exceeded', 408],
  internal: ['internal', 500],
};

/** One service that is called over Twirp. */
export interface TwirpService {
  /** Such as `livekit.RoomService`. */
  name: string;
  has: (method: string) => boolean;
  /** @throws ParleyError */
  call: (method: string, body: unknown, token: string | undefined) => Promise<object>;
}

/** Twirp over HTTP (specification v7), with bodies in JSON: `POST /twirp/<service>/<method>`. */
export function twirpRoutes(
  { name, has, call }: TwirpService,
  { guard, logger }: { guard: RequestHandler; logger: Logger },
): Router {
  const router = Router();
  router.use(
    '/twirp',
    (_request, response, next) => {
      response.set('Cache-Control', 'no-store');
      next();
    },
    guard,
  );
  const path = `/twirp/${name}/:method`;
  router.post(path, (request: Request<{ method: string }>, _response, next) => {
    const { method } = request.params;
    if (!has(method)) throw new TwirpError('bad_route', 404, `there is no method ${method.slice(0, 64)}`);
    if (request.is('application/json') === false)
      throw new TwirpError(
        'malformed',
        415,
        'the body must be application/json; protobuf is not spoken here',
      );
    next();
  });
  router.post(
    path,
    express.json({ limit: MAX_BODY, strict: true }),
    async (request: Request<{ method: string }>, response) => {
      response.json(await call(request.params.method, request.body ?? {}, bearerOf(request)));
    },
  );
  router.use('/twirp', () => {
    throw new TwirpError('bad_route', 404, `only POST /twirp/${name}/<method> is served`);
  });
  router.use('/twirp', twirpErrors(logger));
  return router;
}

class TwirpError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

function twirpErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { code, status, message } = coded(error, logger);
    // Exactly this type, without the charset that Express adds: published clients compare it as it is.
    response.status(status).setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ code, msg: message }));
  };
}

function coded(error: unknown, logger: Logger): TwirpError {
  if (error instanceof TwirpError) return error;
  // Of Express and its parsers: what the client did wrong.
  const status = (error as { status?: unknown } | undefined)?.status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const isLarge = status === 413;
    return new TwirpError('malformed', status, isLarge ? 'the body is too large' : 'the body is malformed');
  }
  if (!(error instanceof ParleyError)) logger.error({ error }, 'a Twirp request failed');
  const known = error instanceof ParleyError ? error : internal('the server failed');
  return new TwirpError(...TWIRP[known.code], known.message);
}
