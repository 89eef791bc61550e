import { isDeepStrictEqual } from 'node:util';
import type { VideoCodec } from '../../protocol/models.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Peer } from '../Peer.ts';
import type { RoomElsewhere } from '../RoomElsewhere.ts';
import { chooseVideoCodec } from './videoCodecs.ts';

/** Mime types that somebody decodes, of several people. */
export type Decoders = readonly (readonly string[])[];

interface RoomVideoCodecEvents {
  /** Another one is chosen. */
  changed: [];
  /** What those in the room decode is different now. */
  decodersChanged: [];
}

/** The video codec that a room publishes with: one that everybody decodes. */
export class RoomVideoCodec extends TypedEmitter<RoomVideoCodecEvents> {
  readonly #peers: () => Iterable<Peer>;
  readonly #elsewhere: Pick<RoomElsewhere, 'decoders'>;
  /** Of those in other rooms who are shown something of this one, by whatever tells them apart. */
  readonly #beyond = new Map<string, Decoders>();
  #preferred: readonly VideoCodec[];
  #decoders: Decoders = [];
  #chosen: VideoCodec;

  /** @param preferred The room's, the dearest first. */
  constructor(
    peers: () => Iterable<Peer>,
    elsewhere: Pick<RoomElsewhere, 'decoders'>,
    preferred: readonly VideoCodec[],
  ) {
    super();
    this.#peers = peers;
    this.#elsewhere = elsewhere;
    this.#preferred = preferred;
    this.#chosen = chooseVideoCodec(preferred, []);
  }

  get chosen(): VideoCodec {
    return this.#chosen;
  }

  /** What those in the room decode, on whichever node; nothing of those in other rooms. */
  get decoders(): Decoders {
    return this.#decoders;
  }

  /** Others are preferred now: chooses anew. */
  prefer(preferred: readonly VideoCodec[]): void {
    this.#preferred = preferred;
    this.look();
  }

  /** What somebody decodes is known now, or somebody left: chooses anew. */
  look(): void {
    const before = this.#decoders;
    const here = [...this.#peers()].flatMap(({ consumers }) => {
      const { videoCodecs } = consumers.capabilities;
      return videoCodecs ? [videoCodecs] : [];
    });
    this.#decoders = [...here, ...this.#elsewhere.decoders];
    this.#choose();
    if (!isDeepStrictEqual(before, this.#decoders)) this.emit('decodersChanged');
  }

  /** People in another room are shown something of this one, who decode this. */
  shownBeyond(who: string, decoders: Decoders): void {
    this.#beyond.set(who, decoders);
    this.#choose();
  }

  /** They are not any more. Idempotent. */
  notShownBeyond(who: string): void {
    if (this.#beyond.delete(who)) this.#choose();
  }

  #choose(): void {
    const former = this.#chosen;
    const members = [...this.#decoders, ...[...this.#beyond.values()].flat()];
    this.#chosen = chooseVideoCodec(this.#preferred, members);
    if (this.#chosen !== former) this.emit('changed');
  }
}
