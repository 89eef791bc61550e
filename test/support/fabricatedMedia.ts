import { randomInt } from 'node:crypto';
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../../src/protocol/models.ts';

/*
 * What a browser would negotiate, made up: enough for a real worker to produce and consume without any media.
 */

let nextMid = 0;

/** One Opus track. */
export function opusParameters(): RtpParameters {
  return {
    mid: String(nextMid++),
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1, usedtx: 1 },
      },
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 10 }],
    encodings: [{ ssrc: ssrc(), dtx: true }],
    rtcp: { cname: 'fabricated' },
  };
}

/** One VP8 camera with three simulcast layers. */
export function vp8SimulcastParameters(): RtpParameters {
  return {
    mid: String(nextMid++),
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: 96,
        clockRate: 90_000,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
      },
      { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 }],
    encodings: [0, 1, 2].map(() => ({ ssrc: ssrc(), rtx: { ssrc: ssrc() }, scalabilityMode: 'L1T3' })),
    rtcp: { cname: 'fabricated' },
  };
}

/** A codec that no router takes. */
export function unknownCodecParameters(): RtpParameters {
  return {
    mid: String(nextMid++),
    codecs: [{ mimeType: 'video/H261', payloadType: 31, clockRate: 90_000 }],
    encodings: [{ ssrc: ssrc() }],
  };
}

/** An endpoint that plays Opus and VP8. */
export const rtpCapabilities: RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    {
      kind: 'video',
      mimeType: 'video/VP8',
      preferredPayloadType: 101,
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
    },
    {
      kind: 'video',
      mimeType: 'video/rtx',
      preferredPayloadType: 102,
      clockRate: 90_000,
      parameters: { apt: 101 },
    },
  ],
  headerExtensions: [],
};

/** An endpoint that plays no video that anybody here sends. */
export const audioOnlyCapabilities: RtpCapabilities = {
  codecs: rtpCapabilities.codecs?.filter(({ kind }) => kind === 'audio'),
};

export const dtlsParameters: DtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
};

function ssrc(): number {
  return randomInt(1, 0xffffffff);
}
