import { badRequest, ParleyError } from '../../src/support/errors.ts';
import type { JoinObserver } from './Target.ts';

/** A timed request; its failure is reported under its name, and thrown. */
export async function observedRequest<T>(
  observer: JoinObserver,
  name: string,
  { isClosed, request }: { isClosed: () => boolean; request: () => Promise<T> },
): Promise<T> {
  const startedAt = performance.now();
  try {
    const answer = await request();
    observer.request(name, performance.now() - startedAt);
    return answer;
  } catch (error) {
    // What was under way when the bot left is nobody's failure.
    if (!isClosed() && error instanceof ParleyError) observer.error(name, error.code, error.message);
    throw error;
  }
}

/** For what a server does not have at all. */
export function unsupported(what: string): ParleyError {
  return badRequest(`unsupported: ${what}`);
}
