import type { ProducerInfo } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { RemoteTrack } from './RemoteTrack.ts';
import type { RoomElsewhere } from './RoomElsewhere.ts';
import type { RoomTracks } from './RoomTracks.ts';

interface RemoteTracksEvents {
  added: [track: RemoteTrack];
  /** The highest spatial layer of it that anybody on this node needs is another now; -1: none is needed. */
  needed: [producerId: string, spatialLayer: number];
}

/** Keeps what is published on other nodes among the tracks of the room. */
export class RemoteTracks extends TypedEmitter<RemoteTracksEvents> {
  readonly #tracks: RoomTracks;
  readonly #elsewhere: RoomElsewhere;
  readonly #needs = new Map<string, number>();

  constructor(tracks: RoomTracks, elsewhere: RoomElsewhere) {
    super();
    this.#tracks = tracks;
    this.#elsewhere = elsewhere;
    elsewhere.on('peerJoined', ({ producers }) => {
      for (const producer of producers) this.#add(producer);
    });
    elsewhere.on('producerAdded', (producer) => this.#add(producer));
    elsewhere.on('producerPaused', (producer) => tracks.remote(producer.producerId)?.mute(producer));
    elsewhere.on('producerResumed', (producer) => tracks.remote(producer.producerId)?.mute(producer));
    elsewhere.on('described', (producerId, description) => tracks.remote(producerId)?.describe(description));
    elsewhere.on('producerClosed', ({ producerId }) => tracks.remote(producerId)?.close());
    elsewhere.on('peerLeft', ({ info: { producers } }) => {
      for (const { producerId } of producers) tracks.remote(producerId)?.close();
    });
  }

  /** The highest spatial layer that anybody on this node needs, of those of which any is needed. */
  get needs(): ReadonlyMap<string, number> {
    return this.#needs;
  }

  #add(info: ProducerInfo): void {
    const { producerId } = info;
    const node = this.#elsewhere.nodeOfProducer(producerId);
    if (node === undefined) return;
    // It may have come with its peer from one node to another.
    this.#tracks.remote(producerId)?.close();
    const track = new RemoteTrack(node, info, this.#elsewhere.description(producerId), (layer) =>
      this.#need(producerId, layer ?? -1),
    );
    track.once('close', () => this.#needs.delete(producerId));
    this.#tracks.addRemote(track);
    this.emit('added', track);
  }

  #need(producerId: string, spatialLayer: number): void {
    if (spatialLayer < 0) this.#needs.delete(producerId);
    else this.#needs.set(producerId, spatialLayer);
    this.emit('needed', producerId, spatialLayer);
  }
}
