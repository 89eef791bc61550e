import type { RtpParameters } from '../../../src/protocol/models.ts';
import { EXTENSION } from '../rtpNegotiation.ts';
import type { TrackOffer } from '../Target.ts';
import { rtpParametersOf, type SdpMedia } from './readSdp.ts';

type Codec = RtpParameters['codecs'][number];

const VIDEO_FEEDBACK = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
];

const video = (payloadType: number, name: string, parameters: Codec['parameters'] = {}): Codec => ({
  mimeType: `video/${name}`,
  payloadType,
  clockRate: 90_000,
  parameters,
  rtcpFeedback: VIDEO_FEEDBACK,
});

/** Where the bot makes the offer, payload types and extension ids are its choice; these are Chromium's. */
const CODECS: Record<TrackOffer['codec'], Codec> = {
  opus: {
    mimeType: 'audio/opus',
    payloadType: 111,
    clockRate: 48_000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1 },
    rtcpFeedback: [{ type: 'transport-cc' }],
  },
  vp8: video(96, 'VP8'),
  vp9: video(98, 'VP9', { 'profile-id': 0 }),
  h264: video(102, 'H264', {
    'level-asymmetry-allowed': 1,
    'packetization-mode': 1,
    'profile-level-id': '42e01f',
  }),
};

const EXTENSIONS: { uri: string; id: number; kind?: 'audio' }[] = [
  { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1, kind: 'audio' },
  { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time', id: 2 },
  { uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01', id: 3 },
  { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
  { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time', id: 5 },
];

/** What a bot offers for a track in SDP. */
export function offeredParameters(offer: TrackOffer, mid: string): RtpParameters {
  const codec = CODECS[offer.codec];
  const hasRtx = offer.encodings.some(({ rtxSsrc }) => rtxSsrc !== undefined);
  return {
    mid,
    codecs: hasRtx ? [codec, rtxOf(codec)] : [codec],
    headerExtensions: EXTENSIONS.filter(({ kind }) => kind === undefined || kind === offer.kind).map(
      ({ uri, id }) => ({ uri, id, encrypt: false, parameters: {} }),
    ),
    encodings: offer.encodings.map(({ ssrc, rtxSsrc, maxBitrate }) => ({
      ssrc,
      ...(rtxSsrc === undefined ? {} : { rtx: { ssrc: rtxSsrc } }),
      maxBitrate,
    })),
    rtcp: { cname: offer.cname, reducedSize: true },
  };
}

/**
 * What a bot offers to receive of a kind: every codec, because it decodes none, each with payload types of its own, so
 * that they tell the kinds apart too (RFC 9143, 9.2).
 */
export function receivableParameters(
  kind: 'audio' | 'video',
  mid: string,
  transportCc: boolean,
): RtpParameters {
  const { opus, ...videos } = CODECS;
  const codecs = kind === 'audio' ? [opus] : Object.values(videos).flatMap((codec) => [codec, rtxOf(codec)]);
  const unused = ['goog-remb', ...(transportCc ? [] : ['transport-cc'])];
  const received: string[] = [
    EXTENSION.mid,
    EXTENSION.absCaptureTime,
    ...(transportCc ? [EXTENSION.transportSequence] : []),
  ];
  return {
    mid,
    codecs: codecs.map(({ rtcpFeedback = [], ...codec }) => ({
      ...codec,
      rtcpFeedback: rtcpFeedback.filter(({ type }) => !unused.includes(type)),
    })),
    headerExtensions: EXTENSIONS.filter(({ uri }) => received.includes(uri)).map(({ uri, id }) => ({
      uri,
      id,
      encrypt: false,
      parameters: {},
    })),
  };
}

function rtxOf({ payloadType }: Codec): Codec {
  return {
    mimeType: 'video/rtx',
    payloadType: payloadType + 1,
    clockRate: 90_000,
    parameters: { apt: payloadType },
    rtcpFeedback: [],
  };
}

/** What of it the answer's media section took. */
export function acceptedParameters(offered: RtpParameters, answer: SdpMedia): RtpParameters {
  const taken = rtpParametersOf(answer);
  const codecs = offered.codecs.filter(({ payloadType }) =>
    taken.codecs.some((codec) => codec.payloadType === payloadType),
  );
  const hasRtx = codecs.some(({ mimeType }) => mimeType.endsWith('/rtx'));
  return {
    ...offered,
    codecs,
    headerExtensions: (offered.headerExtensions ?? []).filter(({ uri }) =>
      taken.headerExtensions?.some((extension) => extension.uri === uri),
    ),
    encodings: (offered.encodings ?? []).map(({ rtx, ...encoding }) => ({
      ...encoding,
      ...(hasRtx && rtx ? { rtx } : {}),
    })),
  };
}
