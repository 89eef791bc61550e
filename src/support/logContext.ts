import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** What is being worked on: shown in every line that is logged meanwhile, by whomever. */
export interface LogContext {
  /** The socket that asked. */
  readonly session?: string;
  /** Which request: of a socket its number, of HTTP its `X-Request-Id`. */
  readonly request?: string | number;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Of what runs now. */
export const logContext = (): LogContext | undefined => storage.getStore();

/** Runs something in a context, with all that follows from it. */
export function inLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run(context, work);
}

/** Keeps the context of now for something that a queue runs later. */
export function keepLogContext<T>(work: () => T): () => T {
  return AsyncResource.bind(work);
}

/** Runs what outlives the request that caused it, and goes on for others. */
export function outsideLogContext<T>(work: () => T): T {
  return storage.exit(work);
}
