import cors from 'cors';
import { Router, type RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { limitExceeded } from '../support/errors.ts';
import { networkOf } from '../support/networkOf.ts';

/** Requests with a bad token, or none, that one address may send: this many in this many seconds. */
const FAILURES = { points: 30, duration: 60 };
/** s for which browsers remember what they may do. */
const PREFLIGHT_HOLDS = 600;

/** Lets pages of these origins call what is under these paths (Fetch standard, "CORS protocol"); `*`: of any. */
export function crossOrigin(origins: readonly string[], paths: readonly string[]): Router {
  const router = Router();
  if (origins.length === 0) return router;
  const allow = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    maxAge: PREFLIGHT_HOLDS,
  });
  for (const path of paths) router.use(path, allow);
  return router;
}

/** Has requests to these paths looked at by a guard. */
export function guardedPaths(paths: readonly string[], guard: RequestHandler): Router {
  const router = Router();
  for (const path of paths) router.use(path, guard);
  return router;
}

/** Counts, by address, how often somebody comes without a token that verifies, and answers 429 when it is too often. */
export function failedAuthLimit(): RequestHandler {
  const limiter = new RateLimiterMemory(FAILURES);
  return async (request, response, next) => {
    const address = networkOf(request.ip ?? '');
    const known = await limiter.get(address);
    if (known && known.consumedPoints >= FAILURES.points) {
      response.set('Retry-After', String(Math.ceil(known.msBeforeNext / 1000)));
      throw limitExceeded('too many requests without a valid token');
    }
    response.once('finish', () => {
      if (response.statusCode === 401) limiter.consume(address).catch(() => undefined);
    });
    next();
  };
}
