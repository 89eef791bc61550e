import type { ViewOptions } from '../lib/publicTypes.ts';
import { limitedView, type ProducerView } from './views.ts';

/** How much is asked for of the others' pictures. */
export interface Wanted {
  /** Lines that one has at most; 0: no limit. */
  maxHeight: number;
  /** Whether there are to be any. */
  pictures: boolean;
}

/** What the person sees of each producer, and how much of that is asked for. */
export class SeenViews {
  readonly #tell: (producerId: string, view: ViewOptions) => void;
  readonly #wanted: () => Wanted;
  readonly #views = new Map<string, ProducerView>();

  constructor(tell: (producerId: string, view: ViewOptions) => void, wanted: () => Wanted) {
    this.#tell = tell;
    this.#wanted = wanted;
  }

  report(views: readonly ProducerView[]): void {
    for (const view of views) {
      this.#views.set(view.producerId, view);
      this.#ask(view);
    }
  }

  /** Something else is wanted now. @param present Ids of the producers that there still are; the others are forgotten. */
  askAgain(present: ReadonlySet<string>): void {
    for (const [producerId, view] of this.#views) {
      if (present.has(producerId)) this.#ask(view);
      else this.#views.delete(producerId);
    }
  }

  #ask(seen: ProducerView): void {
    const { maxHeight, pictures } = this.#wanted();
    const { producerId, ...view } = limitedView(seen, maxHeight);
    this.#tell(producerId, pictures ? view : { visible: false });
  }
}
