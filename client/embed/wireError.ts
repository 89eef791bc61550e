import { ERROR_CODES, type ErrorCode, type WireError } from '../../src/protocol/errors.ts';

/** An error as it travels between page and frame: with its code, or `internal`. */
export function wireError(error: unknown): WireError {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const known = (ERROR_CODES as readonly unknown[]).includes(code);
  return {
    code: known ? (code as ErrorCode) : 'internal',
    message: typeof message === 'string' ? message : String(error),
  };
}
