import { AwaitQueue, AwaitQueueStoppedError } from 'awaitqueue';
import { invalidState } from './errors.ts';

/** Runs named tasks one after another; after `close()` all that wait, and all that come, reject. */
export class TaskQueue {
  readonly #queue = new AwaitQueue();
  #closed = false;

  /** Tasks that wait or run. */
  get size(): number {
    return this.#queue.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws ParleyError `invalidState` when the queue was closed before the task ended. */
  async push<T>(name: string, task: () => T | Promise<T>): Promise<T> {
    if (this.#closed) throw invalidState(`${name}: closed`);
    try {
      return await this.#queue.push(task, name);
    } catch (error) {
      if (error instanceof AwaitQueueStoppedError) {
        throw invalidState(`${name}: closed`, { cause: error });
      }
      throw error;
    }
  }

  /** Idempotent. A running task goes on by itself; its result is discarded. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.stop();
  }
}
