import type { z } from 'zod';
import { badRequest } from './errors.ts';

/** What a body of a request says. @throws ParleyError `badRequest`, with the first few things that are wrong. */
export function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues
    .slice(0, 8)
    .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw badRequest('the request is malformed', { details });
}
