import type {
  IceCandidate,
  RtpCapabilities,
  RtpParameters,
  TransportInfo,
} from '../../src/protocol/models.ts';
import { badRequest, unavailable } from '../../src/support/errors.ts';
import type { RemoteEndpoint } from '../endpoint/remoteEndpoint.ts';
import type { TrackOffer } from './Target.ts';

/*
 * What mediasoup-client takes from a browser's SDP, made from the router's capabilities alone.
 */

type Codec = NonNullable<RtpCapabilities['codecs']>[number];

const MIME_TYPES: Record<TrackOffer['codec'], string> = {
  opus: 'audio/opus',
  vp8: 'video/VP8',
  h264: 'video/H264',
  vp9: 'video/VP9',
};

/** Header extensions that a bot sends; a browser's others are rotation, playout delay and what goes with RIDs. */
export const SENT_EXTENSIONS: readonly string[] = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
];

/**
 * With what a track is to be sent to a router.
 *
 * @throws ParleyError `badRequest` when the router does not take the codec.
 */
export function sendingParameters(offer: TrackOffer, router: RtpCapabilities, mid: string): RtpParameters {
  const codec = find(router, (each) => each.mimeType.toLowerCase() === MIME_TYPES[offer.codec].toLowerCase());
  if (!codec) throw badRequest(`the server does not take ${offer.codec}`);
  const rtx = offer.encodings.some(({ rtxSsrc }) => rtxSsrc !== undefined)
    ? find(router, (each) => each.parameters?.['apt'] === codec.preferredPayloadType)
    : undefined;
  return {
    mid,
    codecs: [codec, ...(rtx ? [rtx] : [])].map(
      ({ mimeType, preferredPayloadType, clockRate, channels, parameters, rtcpFeedback }) => ({
        mimeType,
        payloadType: preferredPayloadType,
        clockRate,
        ...(channels === undefined ? {} : { channels }),
        parameters: parameters ?? {},
        rtcpFeedback: rtcpFeedback ?? [],
      }),
    ),
    headerExtensions: (router.headerExtensions ?? [])
      .filter(({ kind, uri, direction }) => {
        return kind === offer.kind && SENT_EXTENSIONS.includes(uri) && direction !== 'sendonly';
      })
      .map(({ uri, preferredId }) => ({ uri, id: preferredId, encrypt: false, parameters: {} })),
    encodings: offer.encodings.map(({ ssrc, rtxSsrc, maxBitrate }) => ({
      ssrc,
      ...(rtx && rtxSsrc !== undefined ? { rtx: { ssrc: rtxSsrc } } : {}),
      maxBitrate,
    })),
    rtcp: { cname: offer.cname, reducedSize: true },
  };
}

/** What a bot takes: whatever the router has. */
export function receivingCapabilities(router: RtpCapabilities): RtpCapabilities {
  return {
    codecs: router.codecs ?? [],
    headerExtensions: (router.headerExtensions ?? []).filter(({ direction }) => direction !== 'recvonly'),
  };
}

/**
 * The other side of a WebRtcTransport, which is an ICE lite agent.
 *
 * @throws ParleyError `unavailable` when it has no address for UDP over IPv4.
 */
export function remoteEndpoint(transport: TransportInfo): RemoteEndpoint {
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const isUsable = ({ protocol, ip }: IceCandidate): boolean => protocol === 'udp' && ip.includes('.');
  const candidate = iceCandidates.filter(isUsable).sort((a, b) => b.priority - a.priority)[0];
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (!candidate || !fingerprint)
    throw unavailable('the server named no UDP address or no SHA-256 fingerprint');
  return {
    address: candidate.ip,
    port: candidate.port,
    usernameFragment: iceParameters.usernameFragment,
    password: iceParameters.password,
    fingerprint: fingerprint.value,
    iceRole: 'controlling',
    lite: true,
  };
}

function find(router: RtpCapabilities, matches: (codec: Codec) => boolean): Codec | undefined {
  return router.codecs?.find(matches);
}
