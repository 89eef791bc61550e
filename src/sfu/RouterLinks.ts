import type { Router } from 'mediasoup/types';
import { RouterLink } from './RouterLink.ts';

/**
 * The links between a room's routers, one for each two of them that have something for one another.
 *
 * An idle one costs two sockets, so it stays until one of its routers goes.
 */
export class RouterLinks {
  readonly #links = new Map<Router, Map<Router, Promise<RouterLink>>>();

  /** Opens it when it is not there; one that failed is tried again by whoever asks next. */
  between(one: Router, other: Router): Promise<RouterLink> {
    const known = this.#links.get(one)?.get(other);
    if (known) return known;
    const opening = RouterLink.open(one, other);
    this.#set(one, other, opening);
    this.#set(other, one, opening);
    const forget = (): void => {
      this.#delete(one, other);
      this.#delete(other, one);
    };
    opening.then((link) => {
      if (link.closed) forget();
      else link.on(one).observer.once('close', forget);
    }, forget);
    return opening;
  }

  #set(from: Router, to: Router, opening: Promise<RouterLink>): void {
    const links = this.#links.get(from);
    if (links) links.set(to, opening);
    else this.#links.set(from, new Map([[to, opening]]));
  }

  #delete(from: Router, to: Router): void {
    const links = this.#links.get(from);
    links?.delete(to);
    if (links?.size === 0) this.#links.delete(from);
  }
}
