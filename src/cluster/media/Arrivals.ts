import type { Router } from 'mediasoup/types';
import { ParleyError, unavailable } from '../../support/errors.ts';
import type { ClusterBus } from '../cluster.ts';
import { Arrival, type ArrivalRequest } from './Arrival.ts';
import {
  CONSUME,
  consumeAnswerSchema,
  readAnswer,
  SYNC,
  syncAnswerSchema,
  type ConsumeAnswer,
} from './messages.ts';
import type { NodeLink } from './NodeLink.ts';
import type { NodeLinks } from './NodeLinks.ts';

/** ms that the publisher's node may take: it asks back while no link is there. */
const CONSUME_DEADLINE = 4000;
const SYNC_DEADLINE = 2000;
/** Beats after which a link is brought in line although nothing is known to have changed. */
const SYNC_BEATS = 10;

/** How far the two ends of a link agree on what it carries. */
interface Agreement {
  changed: boolean;
  isSyncing: boolean;
  beats: number;
}

/**
 * Everything that comes to this node, and is wanted to.
 *
 * What is wanted on a link is told as a whole, so whatever is lost on the way, or forgotten by Redis, is put right with
 * the next time.
 */
export class Arrivals {
  readonly #bus: ClusterBus;
  readonly #links: NodeLinks;
  readonly #arrivals = new Set<Arrival>();
  readonly #agreements = new WeakMap<NodeLink, Agreement>();

  constructor(bus: ClusterBus, links: NodeLinks) {
    this.#bus = bus;
    this.#links = links;
    links.on('added', (link) => {
      const agreement: Agreement = { changed: false, isSyncing: false, beats: 0 };
      this.#agreements.set(link, agreement);
      link.on('beat', () => {
        agreement.beats += 1;
        if (agreement.beats % SYNC_BEATS === 0) agreement.changed = true;
        void this.#sync(link);
      });
    });
  }

  get size(): number {
    return this.#arrivals.size;
  }

  /** From now on it is wanted. */
  add(request: ArrivalRequest): Arrival {
    const arrival: Arrival = new Arrival(request, {
      ask: () => this.#ask(arrival),
      onChanged: () => {
        if (arrival.closed) this.#arrivals.delete(arrival);
        if (arrival.link) this.changed(arrival.link);
      },
    });
    this.#arrivals.add(arrival);
    return arrival;
  }

  /** The router of that id to which something is wanted from a node. */
  routerOf(room: string, node: string, router: string): Router | undefined {
    for (const { request } of this.#arrivals) {
      if (request.room === room && request.node === node && request.to.id === router) return request.to;
    }
    return undefined;
  }

  /** Brings the two ends of a link in line. */
  changed(link: NodeLink): void {
    const agreement = this.#agreements.get(link);
    if (!agreement) return;
    agreement.changed = true;
    void this.#sync(link);
  }

  /** Closes those that are of something that is gone. */
  closeWhere(isGone: (request: ArrivalRequest) => boolean): void {
    for (const arrival of [...this.#arrivals]) if (isGone(arrival.request)) arrival.close();
  }

  async #ask(arrival: Arrival): Promise<{ answer: ConsumeAnswer; link: NodeLink }> {
    const { room, node, producerId, to } = arrival.request;
    const request = { room, producerId, router: to.id };
    const answer = readAnswer(
      consumeAnswerSchema,
      await this.#bus.request(node, CONSUME, request, { timeout: CONSUME_DEADLINE }),
    );
    const link = this.#links.byFarEnd(node, answer.end);
    if (!link || link.pair.router !== to) throw unavailable('the way to the other node is gone');
    if (arrival.closed) this.changed(link);
    await link.whenConnected();
    return { answer, link };
  }

  /** One at a time; what does not get through is tried again with the next beat. Never rejects. */
  async #sync(link: NodeLink): Promise<void> {
    const agreement = this.#agreements.get(link);
    if (!agreement || agreement.isSyncing || link.closed) return;
    agreement.isSyncing = true;
    try {
      while (agreement.changed && !this.#isClosed(link)) {
        agreement.changed = false;
        await this.#agree(link);
      }
    } catch (error) {
      agreement.changed = true;
      if (error instanceof ParleyError && error.code === 'notFound') link.close('farClosed');
    } finally {
      agreement.isSyncing = false;
    }
  }

  async #agree(link: NodeLink): Promise<void> {
    const { node, router } = link.pair;
    // Those that were asked for and have not come yet are on the link already, as the other node sees it.
    const wanted = [...this.#arrivals].filter(
      ({ request, link: on }) => request.node === node && request.to === router && (on ?? link) === link,
    );
    const arrived = wanted.filter(({ link: on }) => on === link);
    const answer = await this.#bus.request(
      node,
      SYNC,
      { end: link.end.id, producers: wanted.map(({ id, flowing }) => ({ producerId: id, flowing })) },
      { timeout: SYNC_DEADLINE },
    );
    const { producers } = readAnswer(syncAnswerSchema, answer);
    const states = new Map(producers.map((state) => [state.producerId, state]));
    for (const arrival of arrived) arrival.told(states.get(arrival.id));
  }

  #isClosed(link: NodeLink): boolean {
    return link.closed;
  }
}
