import { findExtension, type RtpHeader } from '../rtp/rtpReader.ts';
import { EXTENSION } from '../targets/rtpNegotiation.ts';
import type { InboundTrack } from './InboundTrack.ts';

/**
 * Tracks whose SSRCs or codec signaling left open: their first packets tell, by MID or else by payload type
 * (RFC 9143, 9.2).
 */
export class UnboundTracks {
  readonly #tracks = new Set<InboundTrack>();

  get size(): number {
    return this.#tracks.size;
  }

  /** Takes it if anything is open. */
  add(track: InboundTrack): void {
    if (!track.isBound || track.awaitsRepairs) this.#tracks.add(track);
  }

  delete(track: InboundTrack): void {
    this.#tracks.delete(track);
  }

  /** Binds the track that a packet of an unknown SSRC is of; undefined: it is nobody's. */
  claim(packet: Buffer, header: RtpHeader): InboundTrack | undefined {
    for (const track of this.#tracks) {
      const { rtpParameters } = track.subscription;
      const codec = rtpParameters.codecs.find(({ payloadType }) => payloadType === header.payloadType);
      if (!codec || !isOf(track, packet, header)) continue;
      if (!track.bind(header.ssrc, codec)) continue;
      if (track.isBound && !track.awaitsRepairs) this.#tracks.delete(track);
      return track;
    }
    return undefined;
  }
}

/** Whether its MID, where packets have one, does not say otherwise. */
function isOf({ subscription }: InboundTrack, packet: Buffer, header: RtpHeader): boolean {
  const { mid, headerExtensions } = subscription.rtpParameters;
  const id = headerExtensions?.find(({ uri }) => uri === EXTENSION.mid)?.id;
  const at = id === undefined ? -1 : findExtension(packet, header, id);
  return at < 0 || packet.toString('utf8', at, at + header.valueLength) === mid;
}
