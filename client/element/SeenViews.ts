import type { ViewOptions } from '../lib/publicTypes.ts';
import { limitedView, type ProducerView } from './views.ts';

/** What the person sees of each producer, and how much of that is asked for. */
export class SeenViews {
  readonly #tell: (producerId: string, view: ViewOptions) => void;
  readonly #views = new Map<string, ProducerView>();
  #maxHeight = 0;

  constructor(tell: (producerId: string, view: ViewOptions) => void) {
    this.#tell = tell;
  }

  /** Lines that a picture has at most; 0: no limit. */
  get maxHeight(): number {
    return this.#maxHeight;
  }

  report(views: readonly ProducerView[]): void {
    for (const view of views) {
      this.#views.set(view.producerId, view);
      this.#ask(view);
    }
  }

  /** @param present Ids of the producers that there still are; the others are forgotten. */
  limit(lines: number, present: ReadonlySet<string>): void {
    this.#maxHeight = lines;
    for (const [producerId, view] of this.#views) {
      if (present.has(producerId)) this.#ask(view);
      else this.#views.delete(producerId);
    }
  }

  #ask(seen: ProducerView): void {
    const { producerId, ...view } = limitedView(seen, this.#maxHeight);
    this.#tell(producerId, view);
  }
}
