import { conflict, internal, notFound, ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import type { Answerer } from './cluster.ts';
import { toBody } from './messageBody.ts';

/** Who answers which requests of other nodes. */
export class Answers {
  readonly #answerers = new Map<string, Answerer>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @throws ParleyError `conflict` when somebody answers that type already. */
  add(type: string, answerer: Answerer): () => void {
    if (this.#answerers.has(type)) throw conflict(`"${type}" is answered already`);
    this.#answerers.set(type, answerer);
    return () => {
      if (this.#answerers.get(type) === answerer) this.#answerers.delete(type);
    };
  }

  /**
   * The answer, which JSON can carry.
   *
   * @throws ParleyError only: `notFound` when nobody answers that type, `internal` for what was not foreseen.
   */
  async answer(type: string, data: unknown, from: string): Promise<unknown> {
    const answerer = this.#answerers.get(type);
    if (!answerer) throw notFound(`no node answers "${type}"`);
    let answer: unknown;
    try {
      answer = await answerer(data, from);
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      throw this.#failed(error, type, from);
    }
    try {
      toBody({ answer });
      return answer;
    } catch (error) {
      throw this.#failed(error, type, from);
    }
  }

  #failed(error: unknown, type: string, from: string): ParleyError {
    this.#logger.error({ error, type, from }, 'answering another node failed');
    return internal('the other node failed to answer', { cause: error });
  }
}
