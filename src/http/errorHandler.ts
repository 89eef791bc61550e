import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { WireError } from '../protocol/errors.ts';
import { internal, notFound, badRequest, ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { errorPage } from './errorPage.ts';
import { HTTP_STATUS } from './httpStatus.ts';

/** Whatever nobody answered is not there. */
export const answerNotFound: RequestHandler = (request, response) => {
  send(request, response, notFound('There is nothing at this address.'));
};

/** Answers every error with its code: JSON for programs, a page in plain words for people. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    send(request, response, coded(error, logger), KEPT.has(statusOf(error)) ? statusOf(error) : undefined);
  };
}

/** Statuses of Express' parsers that say more than the code does: too large, of another type, not to be processed. */
const KEPT: ReadonlySet<unknown> = new Set([413, 415, 422]);

function statusOf(error: unknown): number | undefined {
  const { status } = Object(error) as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

/** What the client is told of an error; what is not its fault is logged. */
export function coded(error: unknown, logger: Logger): ParleyError {
  if (error instanceof ParleyError) return error;
  // Express and its parsers mark what the client did wrong with a 4xx status.
  const status = statusOf(error);
  if (status === 404) return notFound('There is nothing at this address.');
  if (status !== undefined && status >= 400 && status < 500) return badRequest('The request is malformed.');
  logger.error({ error }, 'HTTP request failed');
  return internal('The server failed.');
}

function send(request: Request, response: Response, error: ParleyError, status?: number): void {
  response.status(status ?? HTTP_STATUS[error.code]).set('Cache-Control', 'no-store');
  const wantsPage = !request.path.startsWith('/api/') && request.accepts(['json', 'html']) === 'html';
  if (wantsPage) response.type('html').send(errorPage(error));
  else response.json({ error: error.toWire() satisfies WireError });
}
