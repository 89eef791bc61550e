import type { Router } from 'mediasoup/types';
import type { DataConsumerInfo, MediaSetup } from '../protocol/models.ts';
import { unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import type { Peer } from './Peer.ts';
import type { Bring } from './createConsumer.ts';
import { PipedProducers } from './PipedProducers.ts';
import type { PlacementSettings } from './placement.ts';
import { RemoteProducers, type BringRemote } from './RemoteProducers.ts';
import { RoomMoves } from './RoomMoves.ts';
import { RoomRouters } from './RoomRouters.ts';

interface RoomMediaEvents {
  /** No worker could be had. */
  failed: [error: unknown];
}

/** Where a room's media is: which router each peer is on, what crosses between routers, and what follows a death. */
export class RoomMedia extends TypedEmitter<RoomMediaEvents> {
  readonly routers: RoomRouters;
  readonly pipes = new PipedProducers();
  readonly moves: RoomMoves;
  readonly #subscribeData: (peer: Peer, router: Router) => Promise<DataConsumerInfo[]>;
  readonly #logger: Logger;
  #remote: RemoteProducers | undefined;
  #closed = false;

  constructor(parts: {
    pool: WorkerPool;
    settings: PlacementSettings;
    /** Published in the room. */
    tracks: () => number;
    subscribeData: (peer: Peer, router: Router) => Promise<DataConsumerInfo[]>;
    logger: Logger;
  }) {
    super();
    this.#subscribeData = parts.subscribeData;
    this.#logger = parts.logger;
    this.routers = new RoomRouters(parts);
    this.moves = new RoomMoves({
      routers: this.routers,
      setUp: (peer, place) => peer.beginMove(place, (router) => this.#subscribeData(peer, router)),
      reset: (peer) => void this.#reset(peer),
      logger: parts.logger,
    });
    this.routers.on('lost', (peers) => {
      for (const peer of peers) if (!this.moves.lost(peer)) void this.#reset(peer);
    });
    this.routers.on('failed', (error) => this.emit('failed', error));
  }

  /** Builds a peer's transports on its router. @throws ParleyError `unavailable` without a worker. */
  async setUp(peer: Peer): Promise<Omit<MediaSetup, 'iceServers'>> {
    this.moves.rebuilt(peer);
    for (;;) {
      const place = await this.routers.place(peer);
      try {
        return await peer.setUpMedia(place, (router) => this.#subscribeData(peer, router));
      } catch (error) {
        // The worker may die under our hands; then there is another router to build on.
        if (this.#closed || peer.closed || !place.router.closed) throw error;
      }
    }
  }

  /** From now on what is published on other nodes can be brought here. */
  reach(bring: BringRemote): void {
    const keep = (router: Router): (() => void) => this.routers.keep(router);
    this.#remote = new RemoteProducers({ bring, pipes: this.pipes, keep });
  }

  /** Makes a producer available on a router for one subscriber. @throws ParleyError `unavailable`. */
  readonly bring: Bring = ({ producer, home }, to) => {
    if (typeof home !== 'string') return this.pipes.hold(producer, home, to);
    if (!this.#remote) throw unavailable('other nodes cannot be reached');
    return this.#remote.hold(home, producer.id, to);
  };

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.moves.close();
    this.#remote?.close();
    this.pipes.close();
    this.routers.close();
  }

  /** Nobody else notices, apart from what came from this peer. */
  async #reset(peer: Peer): Promise<void> {
    const epoch = peer.mediaLost();
    try {
      await this.routers.place(peer);
    } catch (error) {
      // The peer is told all the same: its client asks again.
      if (!this.#closed && !peer.closed)
        this.#logger.error({ error, peer: peer.id }, 'no worker takes this peer');
    }
    if (!this.#closed && !peer.closed && peer.mediaEpoch === epoch) peer.mediaReset();
  }
}
