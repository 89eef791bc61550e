import { badRequest, internal, ParleyError } from '../../src/support/errors.ts';
import type { JoinObserver } from './Target.ts';

/** Does one step of a bot's, and reports its failure, once, under the step's name before it passes it on. */
export async function step<T>(observer: JoinObserver, phase: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const coded = codedError(error);
    observer.error(phase, coded.code, coded.message);
    throw coded;
  }
}

/** Does a request and tells how long its answer took. */
export async function timed<T>(observer: JoinObserver, name: string, request: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const answer = await request();
  observer.request(name, performance.now() - start);
  return answer;
}

export function codedError(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  return internal(error instanceof Error ? error.message : String(error), { cause: error });
}

/** For what a server does not have at all. */
export function unsupported(what: string): ParleyError {
  return badRequest(`unsupported: ${what}`);
}
