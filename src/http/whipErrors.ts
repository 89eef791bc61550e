import type { ErrorRequestHandler, Response } from 'express';
import { ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { WhipProblem } from '../whip/WhipProblem.ts';
import { coded } from './errorHandler.ts';
import { HTTP_STATUS } from './httpStatus.ts';

/** s after which a client that was refused for a passing reason may ask again. */
const RETRY_AFTER = 5;

/** Answers with the statuses and headers of RFC 9725, and with the code as JSON. */
export function whipErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = problemOf(error, logger);
    response.set('Cache-Control', 'no-store');
    if (problem.url !== undefined) {
      // RFC 9725 section 4.5: the same method, at another node.
      response.redirect(307, new URL(request.originalUrl, problem.url).href);
      return;
    }
    response.status(problem instanceof WhipProblem ? problem.status : HTTP_STATUS[problem.code]);
    setHeaders(response, problem, request.get('authorization') !== undefined);
    response.json({ error: problem.toWire() });
  };
}

function setHeaders(response: Response, problem: ParleyError, hasToken: boolean): void {
  const { code } = problem;
  // RFC 6750 section 3.
  if (code === 'unauthorized')
    response.set('WWW-Authenticate', `Bearer realm="parley"${hasToken ? ', error="invalid_token"' : ''}`);
  if (code === 'unavailable' || code === 'timeout' || code === 'limitExceeded')
    response.set('Retry-After', String(RETRY_AFTER));
  if (problem instanceof WhipProblem) response.set(problem.headers);
}

function problemOf(error: unknown, logger: Logger): ParleyError {
  const { status } = (error ?? {}) as { status?: unknown };
  if (!(error instanceof ParleyError)) {
    if (status === 413) return new WhipProblem(413, 'the description is too long', { cause: error });
    if (status === 415) return new WhipProblem(415, 'the encoding is not supported', { cause: error });
  }
  return coded(error, logger);
}
