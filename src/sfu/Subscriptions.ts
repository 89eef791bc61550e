import { badRequest, notFound } from '../support/errors.ts';
import type { Publication } from './Track.ts';

/** The producers that a peer subscribes to, with a consumer or without. */
export class Subscriptions {
  readonly #peerId: string;
  readonly #publications = new Map<string, Publication>();
  /** Cannot be consumed; not tried again until asked for. */
  readonly #refused = new Set<string>();

  constructor(peerId: string) {
    this.#peerId = peerId;
  }

  get producerIds(): Iterable<string> {
    return this.#publications.keys();
  }

  has(producerId: string): boolean {
    return this.#publications.has(producerId);
  }

  /** Whether it comes from another node. */
  isRemote(producerId: string): boolean {
    return typeof this.#publications.get(producerId)?.home === 'string';
  }

  /** @throws ParleyError `notFound` for what is not subscribed to, or is gone. */
  require(producerId: string): Publication {
    return this.#check(this.#publications.get(producerId));
  }

  /** @throws ParleyError `notFound`, or `badRequest` for an own producer. */
  add(producerId: string, publication: Publication | undefined): void {
    this.#publications.set(producerId, this.#check(publication));
    this.#refused.delete(producerId);
  }

  /** It stays subscribed to, but no consumer can be had. */
  refuse(producerId: string): void {
    this.#refused.add(producerId);
  }

  /** Whether it is subscribed to, and a consumer may be had as far as is known. */
  isOpen(producerId: string): boolean {
    return this.#publications.has(producerId) && !this.#refused.has(producerId);
  }

  remove(producerId: string): void {
    this.#publications.delete(producerId);
    this.#refused.delete(producerId);
  }

  clear(): void {
    this.#publications.clear();
    this.#refused.clear();
  }

  #check(publication: Publication | undefined): Publication {
    if (!publication || publication.producer.closed) throw notFound('no such producer');
    if (publication.info.peerId === this.#peerId) throw badRequest('this is your own producer');
    return publication;
  }
}
