import type { RtpParameters } from '../../src/protocol/models.ts';
import { internal } from '../../src/support/errors.ts';
import { headerExtensionIds, type HeaderExtensionIds } from '../rtp/rtpWriter.ts';

/** Where a sender's packets go: an endpoint's SRTP side. */
export interface MediaSink {
  /**
   * @param packet the header, then parts of the payload. The array and all parts are written over after the call, or
   * are shared with others: to be read at once, and never to be written to.
   * @param now Unix ms.
   */
  sendRtp(packet: readonly Buffer[], now: number): void;
  /** A compound packet. */
  sendRtcp(packet: Buffer): void;
  /** The next transport-wide sequence number of the endpoint, 16 bits. */
  nextTransportSequence(): number;
}

/** What was negotiated for a track. */
export interface TrackDescription {
  payloadType: number;
  rtxPayloadType?: number;
  /** Hz. */
  clockRate: number;
  mid?: string;
  cname: string;
  extensions: HeaderExtensionIds;
  /** Smallest layer first. */
  encodings: { ssrc: number; rtxSsrc?: number }[];
}

/** What a sender needs of RTP parameters. @throws ParleyError `internal` without a codec or SSRCs. */
export function describeTrack(parameters: RtpParameters): TrackDescription {
  const [codec, ...others] = parameters.codecs;
  if (!codec) throw internal('RTP parameters without a codec');
  const rtx = others.find(
    ({ mimeType, parameters: of }) => /\/rtx$/i.test(mimeType) && of?.['apt'] === codec.payloadType,
  );
  const encodings = (parameters.encodings ?? []).map(({ ssrc, rtx: repair }) => {
    if (ssrc === undefined) throw internal('an encoding without an SSRC');
    return { ssrc, ...(repair ? { rtxSsrc: repair.ssrc } : {}) };
  });
  if (encodings.length === 0) throw internal('RTP parameters without encodings');
  return {
    payloadType: codec.payloadType,
    ...(rtx ? { rtxPayloadType: rtx.payloadType } : {}),
    clockRate: codec.clockRate,
    ...(parameters.mid === undefined ? {} : { mid: parameters.mid }),
    cname: parameters.rtcp?.cname ?? '',
    extensions: headerExtensionIds(parameters.headerExtensions),
    encodings,
  };
}
