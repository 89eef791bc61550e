import { RateLimiterMemory } from 'rate-limiter-flexible';
import { ParleyError } from '../support/errors.ts';

/** s that a budget is for. */
const DURATION = 3;
/** Requests that one socket may send in that time, all kinds together. */
const TOGETHER = 300;
/**
 * What costs more, as all in the room are told, has a budget of its own: what somebody did often must not keep them from
 * doing something else.
 */
const COSTLY: Readonly<Record<string, number>> = { sendChat: 30, sendReaction: 30, changeSettings: 10 };

/** How often a socket may ask for something. */
export class RequestRates {
  readonly #together = new RateLimiterMemory({ points: TOGETHER, duration: DURATION });
  readonly #costly = new Map(
    Object.entries(COSTLY).map(([event, points]) => [
      event,
      new RateLimiterMemory({ points, duration: DURATION }),
    ]),
  );

  /** @throws ParleyError `rateLimited`. */
  async consume(socketId: string, event: string | number): Promise<void> {
    const limiter = this.#costly.get(String(event)) ?? this.#together;
    try {
      await limiter.consume(socketId);
    } catch {
      throw new ParleyError('rateLimited', `more than ${limiter.points} such requests in ${DURATION} s`);
    }
  }
}
