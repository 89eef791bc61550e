import { badRequest } from '../support/errors.ts';

/** Bytes of a message between nodes; all nodes share one Redis, which does one thing at a time. */
export const MAX_BODY = 4 * 1024 * 1024;

/** @throws ParleyError `badRequest` for what JSON cannot carry, or what is too large. */
export function toBody(value: unknown): string {
  let body: string;
  try {
    body = JSON.stringify(value);
  } catch (error) {
    throw badRequest('a message must be JSON', { cause: error });
  }
  const size = Buffer.byteLength(body);
  if (size > MAX_BODY) throw badRequest(`a message has ${size} bytes, more than ${MAX_BODY}`);
  return body;
}
