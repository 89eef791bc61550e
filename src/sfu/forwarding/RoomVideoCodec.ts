import type { VideoCodec } from '../../protocol/models.ts';
import type { Peer } from '../Peer.ts';
import type { RoomElsewhere } from '../RoomElsewhere.ts';
import { chooseVideoCodec } from './videoCodecs.ts';

/** The video codec that a room publishes with: one that everybody decodes. */
export class RoomVideoCodec {
  readonly #peers: () => Iterable<Peer>;
  readonly #elsewhere: Pick<RoomElsewhere, 'decoders'>;
  #chosen: VideoCodec;

  /** @param preferred The room's, the dearest first. */
  constructor(
    peers: () => Iterable<Peer>,
    elsewhere: Pick<RoomElsewhere, 'decoders'>,
    preferred: readonly VideoCodec[],
  ) {
    this.#peers = peers;
    this.#elsewhere = elsewhere;
    this.#chosen = chooseVideoCodec(preferred, []);
  }

  get chosen(): VideoCodec {
    return this.#chosen;
  }

  /** Chooses anew, for what is preferred now and whoever is there; returns whether it is another one. */
  update(preferred: readonly VideoCodec[]): boolean {
    const former = this.#chosen;
    const members = [...this.#peers()].map(({ consumers }) => consumers.capabilities.videoCodecs);
    this.#chosen = chooseVideoCodec(preferred, [...members, ...this.#elsewhere.decoders]);
    return this.#chosen !== former;
  }
}
