import { timeout, unavailable, type ParleyError } from '../../support/errors.ts';

interface Pending {
  node: string;
  settle: (error: ParleyError | null, data?: unknown) => void;
}

/** Questions to other nodes that have no answer yet. */
export class Requests {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** Whether somebody still waits for that answer. */
  has(id: number): boolean {
    return this.#pending.has(id);
  }

  /** @param ask Sends the question of that id. @throws what settles it, or ParleyError `timeout`. */
  async open(node: string, deadline: number, ask: (id: number) => void): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, {
          node,
          settle: (error, data) => (error ? reject(error) : resolve(data)),
        });
        timer = setTimeout(
          () => this.fail(id, timeout(`a node did not answer within ${deadline} ms`)),
          deadline,
        );
        ask(id);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /** The answer came; one that nobody waits for any more, or of another node, is passed over. */
  answered(id: number, from: string, data: unknown): void {
    if (this.#pending.get(id)?.node === from) this.#settle(id, null, data);
  }

  refused(id: number, from: string, error: ParleyError): void {
    if (this.#pending.get(id)?.node === from) this.#settle(id, error);
  }

  fail(id: number, error: ParleyError): void {
    this.#settle(id, error);
  }

  /** That node does not answer any more. */
  nodeLeft(node: string): void {
    for (const [id, pending] of this.#pending) {
      if (pending.node === node) this.#settle(id, unavailable('the node is gone'));
    }
  }

  failAll(error: ParleyError): void {
    for (const id of this.#pending.keys()) this.#settle(id, error);
  }

  #settle(id: number, error: ParleyError | null, data?: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.settle(error, data);
  }
}
