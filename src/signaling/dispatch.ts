import type { ZodError } from 'zod';
import {
  requestSchemas,
  type ParsedRequest,
  type RequestAnswers,
  type RequestName,
} from '../protocol/requests.ts';
import { badRequest, timeout } from '../support/errors.ts';
import { keepLogContext } from '../support/logContext.ts';
import type { TaskQueue } from '../support/TaskQueue.ts';
import { handlers } from './handlers/index.ts';
import type { PeerSession } from './PeerSession.ts';

/** Makes the answer in the very turn in which it is sent, so that no fact falls between it and the first event. */
export type AnswerNow<N extends RequestName> = () => RequestAnswers[N];

type Result<N extends RequestName> = RequestAnswers[N] | AnswerNow<N>;

/**
 * Handles one request: resolves with its answer, or throws a ParleyError. `isLate` tells whether the client was given
 * `timeout` meanwhile, so that nothing is kept for it that it will not know of.
 */
export type Handler<N extends RequestName> = (
  session: PeerSession,
  payload: ParsedRequest<N>,
  isLate: () => boolean,
) => Result<N> | Promise<Result<N>>;

export type Handlers = { [N in RequestName]: Handler<N> };

/**
 * Schema, queue, deadline, handler, answer; throws ParleyError for everything that is wrong with the request.
 *
 * The answer is made and sent within the queue, so that a request that was sent along with it finds its effect; and
 * not at all once the deadline has passed, so that nothing is given to a client that was told otherwise.
 */
export async function dispatch(
  session: PeerSession,
  queue: TaskQueue,
  event: string | number,
  payload: unknown,
  reply: (data: unknown) => void,
): Promise<void> {
  if (!isRequestName(event)) throw badRequest(`there is no request "${String(event).slice(0, 64)}"`);
  const parsed = requestSchemas[event].safeParse(payload);
  if (!parsed.success) throw badRequest(`malformed ${event}`, { details: problems(parsed.error) });
  const handler = handlers[event] as (...args: [PeerSession, unknown, () => boolean]) => unknown;
  await withDeadline(event, session.services.requestDeadline, (isLate) =>
    queue.push(
      event,
      keepLogContext(async () => {
        const result = await handler(session, parsed.data, isLate);
        if (!isLate()) reply(typeof result === 'function' ? (result as () => unknown)() : result);
      }),
    ),
  );
}

function isRequestName(event: string | number): event is RequestName {
  return Object.hasOwn(requestSchemas, event);
}

function problems(error: ZodError): string[] {
  return error.issues.slice(0, 8).map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
}

async function withDeadline(
  event: string,
  ms: number,
  work: (isLate: () => boolean) => Promise<void>,
): Promise<void> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(timeout(`${event} took longer than ${ms} ms`));
    }, ms);
  });
  try {
    await Promise.race([work(() => isLate), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
