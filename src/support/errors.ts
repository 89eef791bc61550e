import { ERROR_CODES, type ErrorCode, type WireError } from '../protocol/errors.ts';

/** The one error type of server and SDK: a code of the protocol, and a sentence for a person. */
export class ParleyError extends Error {
  readonly code: ErrorCode;
  /** For `badRequest`: one line per offending field. */
  readonly details: string[] | undefined;
  /** For `redirected`: the origin to go to. */
  readonly url: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: string[]; url?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ParleyError';
    this.code = code;
    this.details = options.details;
    this.url = options.url;
  }

  /** Its form on the wire. */
  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.details ? { details: this.details } : {}),
      ...(this.url === undefined ? {} : { url: this.url }),
    };
  }

  /** The error that travelled; an answer outside the protocol becomes `internal`. */
  static fromWire(wire: WireError): ParleyError {
    const code = ERROR_CODES.includes(wire.code) ? wire.code : 'internal';
    return new ParleyError(code, wire.message, {
      ...(wire.details ? { details: wire.details } : {}),
      ...(wire.url === undefined ? {} : { url: wire.url }),
    });
  }
}

type Factory = (message: string, options?: { details?: string[]; cause?: unknown }) => ParleyError;
const factory =
  (code: ErrorCode): Factory =>
  (message, options) =>
    new ParleyError(code, message, options);

export const unauthorized = factory('unauthorized');
export const forbidden = factory('forbidden');
export const notFound = factory('notFound');
export const badRequest = factory('badRequest');
export const invalidState = factory('invalidState');
export const conflict = factory('conflict');
export const limitExceeded = factory('limitExceeded');
export const unsupported = factory('unsupported');
/** @param url Origin of the node that is to serve this. */
export const redirected = (url: string): ParleyError =>
  new ParleyError('redirected', `this is served at ${url}`, { url });
export const unavailable = factory('unavailable');
export const timeout = factory('timeout');
export const internal = factory('internal');
