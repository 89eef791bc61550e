import { z } from 'zod';
import type { Collection, Json, Store } from '../store/store.ts';

/** Receivers whose position is kept, those included that are not configured any more. */
const RECEIVERS: Collection = { name: 'webhook-receivers', limit: 1000 };

const schema = z.object({
  after: z.number().int().nonnegative(),
  also: z.array(z.number().int().positive()),
});

/** How far a receiver is: all events up to `after` are done with, and some later ones. */
export type Progress = z.output<typeof schema>;

/**
 * Where a receiver is in the log, kept over a restart. It is written only over what was read or written last, so two nodes
 * that take each other for gone do not set each other back.
 */
export class Position {
  readonly #store: Store;
  readonly #key: string;
  #last: Json | undefined;

  /** @param key Names the receiver. */
  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /** @param last Where a receiver begins that is new. @throws ParleyError as the store does. */
  async read(last: () => Promise<number>): Promise<Progress> {
    this.#last = await this.#store.get(RECEIVERS, this.#key);
    const parsed = schema.safeParse(this.#last);
    if (parsed.success) return parsed.data;
    const begin = { after: await last(), also: [] };
    await this.write(begin);
    return begin;
  }

  /** Returns false where another node has written meanwhile. @throws ParleyError as the store does. */
  async write(progress: Progress): Promise<boolean> {
    const value: Json = { after: progress.after, also: [...progress.also] };
    const [outcome] = await this.#store.write([
      {
        when: [{ in: RECEIVERS, key: this.#key, is: this.#last }],
        put: [{ in: RECEIVERS, key: this.#key, value }],
      },
    ]);
    if (outcome !== undefined) this.#last = value;
    return outcome !== undefined;
  }
}
