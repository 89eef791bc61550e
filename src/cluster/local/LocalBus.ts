import { invalidState, timeout, unavailable, type ParleyError } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { Answers } from '../Answers.ts';
import type { Answerer, BusEvents, ClusterBus } from '../cluster.ts';
import { toBody } from '../messageBody.ts';
import { assertDeadline, REQUEST_DEADLINE } from '../requestDeadline.ts';

/** From a node to itself, the only one there is. */
export class LocalBus extends TypedEmitter<BusEvents> implements ClusterBus {
  readonly #id: string;
  readonly #answers: Answers;
  readonly #pending = new Set<(error: ParleyError) => void>();
  #closed = false;

  constructor(id: string, logger: Logger) {
    super();
    this.#id = id;
    this.#answers = new Answers(logger);
  }

  send(node: string, type: string, data: unknown): void {
    this.#assertOpen();
    const copy = copyOf(data);
    if (node !== this.#id) return;
    // Later, as from any other node.
    setImmediate(() => {
      if (!this.#closed) this.emit('message', { from: this.#id, type, data: copy });
    });
  }

  async request(
    node: string,
    type: string,
    data: unknown,
    options: { timeout?: number } = {},
  ): Promise<unknown> {
    this.#assertOpen();
    const deadline = assertDeadline(options.timeout ?? REQUEST_DEADLINE);
    const copy = copyOf(data);
    if (node !== this.#id) throw unavailable('there is no such node');
    let timer: NodeJS.Timeout | undefined;
    let fail: ((error: ParleyError) => void) | undefined;
    const ended = new Promise<never>((_, reject) => {
      fail = reject;
      this.#pending.add(reject);
      timer = setTimeout(() => reject(timeout(`a node did not answer within ${deadline} ms`)), deadline);
    });
    try {
      return await Promise.race([this.#answer(type, copy), ended]);
    } finally {
      clearTimeout(timer);
      if (fail) this.#pending.delete(fail);
    }
  }

  answer(type: string, answerer: Answerer): () => void {
    this.#assertOpen();
    return this.#answers.add(type, answerer);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const fail of this.#pending) fail(invalidState('this node has left the cluster'));
  }

  async #answer(type: string, data: unknown): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    return copyOf(await this.#answers.answer(type, data, this.#id));
  }

  #assertOpen(): void {
    if (this.#closed) throw invalidState('this node has left the cluster');
  }
}

/** What would have arrived. */
function copyOf(data: unknown): unknown {
  return (JSON.parse(toBody({ data })) as { data?: unknown }).data;
}
