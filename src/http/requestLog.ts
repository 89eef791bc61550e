import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { inLogContext } from '../support/logContext.ts';
import type { Logger } from '../support/logger.ts';

/** What proxies and tracing tools make: anything else may be meant for the log's reader. */
const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;
const LONGEST_PATH = 256;

/**
 * Gives each request an id, by `X-Request-Id` where a proxy sent one: it is in the answer, and in every line that is logged on
 * the request's behalf. Logs the request itself at `debug`, without its query, which may have a token.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id') ?? '';
    const id = REQUEST_ID.test(given) ? given : randomUUID();
    response.set('X-Request-Id', id);
    const startedAt = performance.now();
    // Taken before routers cut it.
    const path = request.path.slice(0, LONGEST_PATH);
    inLogContext({ request: id }, () => {
      response.once('close', () => {
        logger.debug(
          {
            // Whose context it is by then depends on the connection.
            request: id,
            method: request.method,
            path,
            status: response.statusCode,
            ms: Math.round(performance.now() - startedAt),
            from: request.ip,
            ...(response.writableFinished ? {} : { aborted: true }),
          },
          'HTTP request',
        );
      });
      next();
    });
  };
}
