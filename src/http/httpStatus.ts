import type { ErrorCode } from '../protocol/errors.ts';

/** The HTTP status of each error code (RFC 9110 section 15). */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  badRequest: 400,
  invalidState: 409,
  conflict: 409,
  limitExceeded: 429,
  unsupported: 501,
  redirected: 421,
  unavailable: 503,
  timeout: 504,
  // RFC 4918 section 11.3.
  locked: 423,
  passwordRequired: 403,
  wrongPassword: 403,
  rateLimited: 429,
  waitingRoom: 403,
  denied: 403,
  notAnswered: 504,
  internal: 500,
};
