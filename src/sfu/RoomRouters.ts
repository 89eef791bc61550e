import type { Router, WebRtcServer } from 'mediasoup/types';
import { conflict, invalidState, notFound, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { MediaWorker } from '../workers/MediaWorker.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import { mediaCodecs } from './mediaCodecs.ts';
import type { Peer } from './Peer.ts';
import { chooseWorker, type PlacementSettings } from './placement.ts';

/**
 * ms for which a place is looked for before a room gives up: longer than the pool's longest pause before it tries again
 * to start a worker.
 */
const PLACEMENT_DEADLINE = 60_000;
/** Failures on living workers before a room gives up. */
const ATTEMPTS = 3;

/** Tracks that a peer is taken to receive at most: those whom it hears, and a page full of pictures. */
const MOST_RECEIVED = 40;

/** A router together with the worker's server that its transports listen on. */
export interface RoomRouter {
  router: Router;
  webRtcServer: WebRtcServer;
  worker: MediaWorker;
}

/** A worker that the room uses. */
interface Site {
  readonly worker: MediaWorker;
  readonly placed: Promise<RoomRouter>;
  /** Those that are there, or on their way. */
  readonly peers: Set<Peer>;
  /** How many others need the router. */
  keepers: number;
  router?: Router;
}

/** A peer's way from one router to another. */
export interface Relocation {
  /** Where it goes. */
  readonly place: RoomRouter;
  /** It is there: what it came from is not kept for it any more. Idempotent. */
  arrived(): void;
  /** It is again where it came from. Idempotent. */
  back(): void;
}

interface RoomRoutersEvents {
  /** A worker died, and with it what these peers sent and received. */
  lost: [peers: readonly Peer[]];
  /** No worker could be had. */
  failed: [error: unknown];
}

/**
 * Owns the room's routers, one on each worker that it uses: places each peer on one of them, and on another one when its
 * worker dies.
 *
 * A room begins with one router, before its first peer; others come and go with the peers that are placed there.
 */
export class RoomRouters extends TypedEmitter<RoomRoutersEvents> {
  readonly #pool: WorkerPool;
  readonly #settings: PlacementSettings;
  readonly #tracks: () => number;
  readonly #logger: Logger;
  readonly #sites = new Map<MediaWorker, Site>();
  readonly #places = new Map<Peer, Site>();
  /** The worker that an operator wants this room to leave. */
  #avoided: MediaWorker | undefined;
  #closed = false;

  constructor(parts: {
    pool: WorkerPool;
    settings: PlacementSettings;
    /** Published in the room, to which a peer that comes is going to subscribe. */
    tracks: () => number;
    logger: Logger;
  }) {
    super();
    this.#pool = parts.pool;
    this.#settings = parts.settings;
    this.#tracks = parts.tracks;
    this.#logger = parts.logger;
    // Without a worker the first peer waits for one.
    if (this.#pool.ready) this.#choose();
  }

  /** bps that the room sends and receives, as last measured. */
  get bitrate(): number {
    let bitrate = 0;
    for (const { worker, router } of this.#sites.values()) if (router) bitrate += worker.bitrateOf(router);
    return bitrate;
  }

  /** Share of the time in which a peer's worker is not idle. */
  workerBusy(peer: Peer): number {
    return this.#places.get(peer)?.worker.busy ?? 0;
  }

  /** The place of a peer's worker in the pool; undefined while the peer has none. */
  workerIndex(peer: Peer): number | undefined {
    return this.#places.get(peer)?.worker.index;
  }

  /**
   * The router to build a peer's media on, once it is there: that on which the peer is already, or one that is chosen
   * now. Tries again where a worker dies meanwhile, because all of them may die at once.
   *
   * @throws ParleyError `unavailable` when no worker could be had, `invalidState` when closed.
   */
  async place(peer: Peer): Promise<RoomRouter> {
    const deadline = performance.now() + PLACEMENT_DEADLINE;
    let failures = 0;
    for (;;) {
      this.#assertOpen(peer);
      const site = this.#places.get(peer) ?? (this.#pool.ready ? this.#take(peer) : undefined);
      try {
        if (site) return await site.placed;
        await this.#pool.readyWithin(deadline - performance.now());
      } catch (error) {
        // A worker that died is not chosen again, so it need not count.
        if (site && !site.worker.closed) failures += 1;
        if (site && failures < ATTEMPTS) continue;
        if (!this.#closed) this.#gaveUp(error);
        throw error;
      }
    }
  }

  /**
   * Peers on that worker, given by its place in the pool, which takes no others of the room from now on as long as there
   * is another one.
   */
  avoid(workerIndex: number): Peer[] {
    const worker = this.#pool.workers.find(({ index }) => index === workerIndex);
    if (!worker) throw notFound('no such worker');
    if (this.#pool.workers.length < 2) throw conflict('there is no other worker');
    this.#avoided = worker;
    return [...(this.#sites.get(worker)?.peers ?? [])];
  }

  /** Whether a peer is on the worker that the room is to leave. */
  isToGo(peer: Peer): boolean {
    const worker = this.#places.get(peer)?.worker;
    return worker !== undefined && worker === this.#avoided;
  }

  /**
   * Finds a peer another router, and keeps for it the one that it is on.
   *
   * @throws ParleyError `unavailable` when there is none, `invalidState` when closed.
   */
  async relocate(peer: Peer): Promise<Relocation> {
    this.#assertOpen(peer);
    const from = this.#places.get(peer);
    if (!from?.router) throw unavailable('this peer has no place to move from');
    const to = this.#choose();
    if (to === from) throw unavailable('there is no better place for this peer');
    const release = this.keep(from.router);
    this.#put(peer, to);
    const relocation = {
      arrived: release,
      back: () => {
        // Without a place: its worker died.
        const isThere = (this.#places.get(peer) ?? to) === to;
        if (isThere && !peer.closed && !this.#closed && !from.router?.closed) this.#put(peer, from);
        release();
      },
    };
    try {
      return { place: await to.placed, ...relocation };
    } catch (error) {
      relocation.back();
      throw error;
    }
  }

  /** A peer is gone; a router that nobody else uses goes too, unless it is the last one. */
  leave(peer: Peer): void {
    const site = this.#places.get(peer);
    if (!site) return;
    this.#places.delete(peer);
    site.peers.delete(peer);
    this.#closeUnused(site);
  }

  /** Keeps a router while something goes through it, whether peers use it or not; returns what ends that. */
  keep(router: Router): () => void {
    const site = [...this.#sites.values()].find((candidate) => candidate.router === router);
    if (!site) return () => undefined;
    let isKept = true;
    site.keepers += 1;
    return () => {
      if (!isKept) return;
      isKept = false;
      site.keepers -= 1;
      this.#closeUnused(site);
    };
  }

  /** Closes the routers; mediasoup closes their transports. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { router } of [...this.#sites.values()]) router?.close();
  }

  #take(peer: Peer): Site {
    const site = this.#choose();
    this.#put(peer, site);
    return site;
  }

  #put(peer: Peer, site: Site): void {
    const former = this.#places.get(peer);
    site.peers.add(peer);
    this.#places.set(peer, site);
    site.worker.expectConsumers(Math.min(this.#tracks(), MOST_RECEIVED));
    if (!former) return;
    former.peers.delete(peer);
    this.#closeUnused(former);
  }

  /** Where the next peer goes; at least one worker must run. */
  #choose(): Site {
    const peersOn = (worker: MediaWorker): number | undefined => this.#sites.get(worker)?.peers.size;
    const others = this.#pool.workers.filter((candidate) => candidate !== this.#avoided);
    const worker = chooseWorker(others.length > 0 ? others : this.#pool.workers, peersOn, this.#settings);
    if (!worker) throw unavailable('no media worker is running; try again shortly');
    return this.#sites.get(worker) ?? this.#open(worker);
  }

  #open(worker: MediaWorker): Site {
    worker.expectRoom();
    const placed = this.#create(worker);
    const site: Site = { worker, placed, peers: new Set(), keepers: 0 };
    this.#sites.set(worker, site);
    placed.then(
      ({ router }) => {
        if (router.closed) return;
        site.router = router;
        // Closed just now, which did not know of it yet.
        if (this.#closed) router.close();
        this.#closeUnused(site);
      },
      (error: unknown) => {
        this.#forget(site);
        if (!this.#closed) this.#logger.warn({ error, worker: worker.pid }, 'placing the room failed');
      },
    );
    return site;
  }

  async #create(worker: MediaWorker): Promise<RoomRouter> {
    const router = await worker.createRouter({ mediaCodecs });
    if (this.#closed) router.close();
    if (router.closed) throw unavailable('closed while the room was placed on a worker');
    router.observer.once('close', () => this.#routerClosed(worker, router));
    this.#logger.debug({ worker: worker.pid, routers: this.#sites.size }, 'router created');
    return { router, webRtcServer: worker.webRtcServer, worker };
  }

  #routerClosed(worker: MediaWorker, router: Router): void {
    const site = this.#sites.get(worker);
    if (!site || (site.router && site.router !== router)) return;
    const peers = this.#forget(site);
    if (this.#closed || peers.length === 0) return;
    this.#logger.warn({ worker: worker.pid, peers: peers.length }, 'a worker of this room died');
    this.emit('lost', peers);
  }

  /** Returns the peers that were there, which have no place now. */
  #forget(site: Site): Peer[] {
    const peers = [...site.peers];
    if (this.#sites.get(site.worker) === site) this.#sites.delete(site.worker);
    for (const peer of peers) if (this.#places.get(peer) === site) this.#places.delete(peer);
    return peers;
  }

  #closeUnused({ peers, keepers, router }: Site): void {
    if (peers.size > 0 || keepers > 0 || this.#sites.size === 1) return;
    router?.close();
  }

  /** Where there is another router, the peer goes without media rather than everybody without a room. */
  #gaveUp(error: unknown): void {
    if (![...this.#sites.values()].some(({ router }) => router)) this.emit('failed', error);
  }

  #assertOpen(peer?: Peer): void {
    if (this.#closed) throw invalidState('the room is closed');
    if (peer?.closed) throw invalidState('the peer is closed');
  }
}
