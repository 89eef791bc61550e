import type { Producer, Router, TransportListenInfo } from 'mediasoup/types';
import { conflict, invalidState, notFound } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import type { Cluster } from '../cluster.ts';
import { Arrivals } from './Arrivals.ts';
import type { Arrival } from './Arrival.ts';
import { Departures } from './Departures.ts';
import {
  CHANGED,
  CONNECT,
  connectSchema,
  CONSUME,
  consumeSchema,
  endSchema,
  readRequest,
  SYNC,
  syncSchema,
  UNLINKED,
  type ConsumeAnswer,
  type LinkEnd,
  type SyncAnswer,
} from './messages.ts';
import { BEAT, type NodeLink } from './NodeLink.ts';
import { NodeLinks } from './NodeLinks.ts';

/** A room of this node, as far as other nodes may reach into it. */
export interface ReachableRoom {
  readonly name: string;
  /** What is published in it on this node; not what comes from other nodes. */
  publication(producerId: string): { producer: Producer; router: Router } | undefined;
}

/** A room's way to the media of other nodes. */
export interface RoomNodeMedia {
  /**
   * Word of a producer that another node has in this room, and the way to bring it to a router of the room; for
   * `RemoteProducers`. It comes when it is opened, and closes when it or the way is gone.
   *
   * @throws ParleyError `invalidState` once closed.
   */
  bring(node: string, producerId: string, to: Router): Arrival;
  /** The room is not shared any more: what comes and what goes ends. Idempotent. */
  close(): void;
}

/**
 * Media between this node and the others, of all rooms that both are in: PipeTransports between routers, connected over
 * the bus.
 */
export class NodeMedia {
  readonly #links: NodeLinks;
  readonly #arrivals: Arrivals;
  readonly #departures = new WeakMap<NodeLink, Departures>();
  readonly #rooms = new Map<string, ReachableRoom>();
  readonly #offs: (() => void)[];
  #closed = false;

  constructor(options: {
    cluster: Pick<Cluster, 'nodes' | 'bus'>;
    /** Where the transports listen. */
    listenInfo: TransportListenInfo;
    logger: Logger;
    /** ms between two pulses of a link; five in a row that do not come end it. */
    beat?: number;
  }) {
    const { cluster, listenInfo, logger, beat = BEAT } = options;
    const { bus, nodes } = cluster;
    const settings = { listenInfo, address: nodes.self.address, beat };
    this.#links = new NodeLinks({ bus, settings, logger });
    this.#arrivals = new Arrivals(bus, this.#links);
    this.#links.on('added', (link) => this.#departures.set(link, new Departures(link, bus)));
    this.#offs = [
      bus.answer(CONNECT, (data, from) => this.#connect(data, from)),
      bus.answer(CONSUME, (data, from) => this.#consume(data, from)),
      bus.answer(SYNC, (data, from) => this.#sync(data, from)),
      bus.on('message', ({ type, data, from }) => this.#hear(type, data, from)),
      bus.on('resync', (from) => this.#resync(from)),
      nodes.on('nodeLeft', (id) => this.#nodeLeft(id)),
    ];
  }

  /** Pairs of routers that are linked, on their way included. */
  get links(): number {
    return this.#links.size;
  }

  /** Producers that come from other nodes, or are to. */
  get arrivals(): number {
    return this.#arrivals.size;
  }

  /** Producers that go to other nodes, counted once for each. */
  get departures(): number {
    let count = 0;
    for (const link of this.#links.all) count += this.#departures.get(link)?.size ?? 0;
    return count;
  }

  /** Opens a room to the other nodes. @throws ParleyError `conflict` when it is, `invalidState` once closed. */
  enter(room: ReachableRoom): RoomNodeMedia {
    if (this.#closed) throw invalidState('this node has left the cluster');
    const { name } = room;
    if (this.#rooms.has(name)) throw conflict('the room is shared already');
    this.#rooms.set(name, room);
    return {
      bring: (node, producerId, to) => {
        if (this.#rooms.get(name) !== room) throw invalidState('the room is not shared');
        return this.#arrivals.add({ room: name, node, producerId, to });
      },
      close: () => {
        if (this.#rooms.get(name) !== room) return;
        this.#rooms.delete(name);
        this.#arrivals.closeWhere((request) => request.room === name);
        this.#links.closeWhere((pair) => pair.room === name, 'roomLeft');
      },
    };
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const off of this.#offs) off();
    this.#rooms.clear();
    this.#arrivals.closeWhere(() => true);
    this.#links.close();
  }

  /** Only to where something is wanted from that node, or goes to it. */
  async #connect(data: unknown, from: string): Promise<{ end: LinkEnd }> {
    const { room, from: farRouter, to, end } = readRequest(connectSchema, data);
    const router = this.#arrivals.routerOf(room, from, to) ?? this.#links.routerOf(room, from, to);
    if (!this.#rooms.has(room) || !router) throw notFound('there is nothing to be connected');
    return { end: await this.#links.accept({ room, router, node: from, farRouter }, end) };
  }

  async #consume(data: unknown, from: string): Promise<ConsumeAnswer> {
    const { room, producerId, router: farRouter } = readRequest(consumeSchema, data);
    const shared = this.#rooms.get(room);
    const published = shared?.publication(producerId);
    if (!published || published.producer.closed) throw notFound('no such producer');
    const { producer, router } = published;
    const link = await this.#links.open({ room, router, node: from, farRouter });
    if (this.#rooms.get(room) !== shared || producer.closed) throw notFound('no such producer');
    return this.#departuresOf(link).consume(producer);
  }

  #sync(data: unknown, from: string): SyncAnswer {
    const { end, producers } = readRequest(syncSchema, data);
    const link = this.#links.byFarEnd(from, end);
    if (!link) throw notFound('there is no such link');
    return this.#departuresOf(link).sync(producers);
  }

  #hear(type: string, data: unknown, from: string): void {
    if (type !== CHANGED && type !== UNLINKED) return;
    const told = endSchema.safeParse(data);
    const link = told.success ? this.#links.byFarEnd(from, told.data.end) : undefined;
    if (!link) return;
    if (type === UNLINKED) link.close('farClosed');
    else this.#arrivals.changed(link);
  }

  #resync(from: string | null): void {
    for (const link of [...this.#links.all]) {
      if (from === null || link.pair.node === from) this.#arrivals.changed(link);
    }
  }

  #nodeLeft(id: string): void {
    this.#links.closeWhere(({ node }) => node === id, 'nodeLeft');
    this.#arrivals.closeWhere(({ node }) => node === id);
  }

  #departuresOf(link: NodeLink): Departures {
    const departures = this.#departures.get(link);
    if (!departures || link.closed) throw notFound('there is no such link');
    return departures;
  }
}
