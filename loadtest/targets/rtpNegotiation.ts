import { badRequest } from '../../src/support/errors.ts';
import type { MediaKind, RtpCapabilities, RtpParameters, TransportInfo } from '../../src/protocol/models.ts';
import type { RemoteEndpoint } from '../endpoint/remoteEndpoint.ts';
import type { TrackOffer } from './Target.ts';

/** Header extensions that bots write or read, by what they are for. */
export const EXTENSION = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  absCaptureTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
} as const;

const SENT: readonly string[] = Object.values(EXTENSION);

type Codec = NonNullable<RtpCapabilities['codecs']>[number];

/**
 * What a bot sends for a track, with the payload types and extension ids that the router prefers.
 *
 * @throws ParleyError `badRequest` when the router does not take the codec.
 */
export function sendParameters(
  offer: TrackOffer,
  mid: string,
  routerRtpCapabilities: RtpCapabilities,
): RtpParameters {
  const codecs = routerRtpCapabilities.codecs ?? [];
  const codec = codecs.find((candidate) => matches(candidate, offer));
  if (!codec) throw badRequest(`the server does not take ${offer.codec}`);
  const rtx = codecs.find(
    ({ mimeType, parameters }) =>
      mimeType.toLowerCase().endsWith('/rtx') && parameters?.['apt'] === codec.preferredPayloadType,
  );
  const sent = [codec, ...(rtx && offer.encodings.some(({ rtxSsrc }) => rtxSsrc !== undefined) ? [rtx] : [])];
  return {
    mid,
    codecs: sent.map(({ mimeType, preferredPayloadType, clockRate, channels, parameters, rtcpFeedback }) => ({
      mimeType,
      payloadType: preferredPayloadType,
      clockRate,
      ...(channels === undefined ? {} : { channels }),
      parameters: { ...parameters, ...(offer.codec === 'opus' ? { useinbandfec: 1, usedtx: 1 } : {}) },
      rtcpFeedback: feedbackOf(offer.kind, rtcpFeedback),
    })),
    headerExtensions: (routerRtpCapabilities.headerExtensions ?? [])
      .filter(
        ({ kind, uri, direction }) =>
          kind === offer.kind && SENT.includes(uri) && direction !== 'sendonly' && direction !== 'inactive',
      )
      .map(({ uri, preferredId }) => ({ uri, id: preferredId })),
    encodings: offer.encodings.map(({ ssrc, rtxSsrc, maxBitrate }) => ({
      ssrc,
      ...(rtxSsrc === undefined ? {} : { rtx: { ssrc: rtxSsrc } }),
      ...(offer.codec === 'opus' ? { dtx: true } : {}),
      // mediasoup 3.27.1 takes one encoding with temporal layers for simulcast, and never forwards it.
      ...(offer.codec === 'vp8' && offer.encodings.length > 1 ? { scalabilityMode: 'L1T3' } : {}),
      maxBitrate,
    })),
    rtcp: { cname: offer.cname, reducedSize: true },
  };
}

/** As browsers by default, a bot does not repeat lost sound: it would come too late. */
function feedbackOf(
  kind: MediaKind,
  feedback: Codec['rtcpFeedback'] = [],
): NonNullable<Codec['rtcpFeedback']> {
  return kind === 'audio' ? feedback.filter(({ type }) => type !== 'nack') : feedback;
}

function matches({ kind, mimeType, parameters }: Codec, offer: TrackOffer): boolean {
  if (kind !== offer.kind || mimeType.toLowerCase() !== `${kind}/${offer.codec}`) return false;
  return offer.codec !== 'h264' || parameters?.['packetization-mode'] === 1;
}

/**
 * What a bot receives: every codec of the router, because it decodes none. No MID: it tells its streams apart by their
 * SSRCs.
 */
export function recvCapabilities(
  { codecs, headerExtensions }: RtpCapabilities,
  transportCc: boolean,
): RtpCapabilities {
  const received: string[] = [
    EXTENSION.absCaptureTime,
    ...(transportCc ? [EXTENSION.transportSequence] : []),
  ];
  return {
    codecs: (codecs ?? []).map((codec) => ({
      ...codec,
      rtcpFeedback: feedbackOf(codec.kind, codec.rtcpFeedback),
    })),
    headerExtensions: (headerExtensions ?? []).filter(({ uri }) => received.includes(uri)),
  };
}

/** Where to find the server's side of a transport. @throws ParleyError `badRequest` without a UDP candidate. */
export function remoteOf({ iceCandidates, iceParameters, dtlsParameters }: TransportInfo): RemoteEndpoint {
  const candidate = iceCandidates.find(({ protocol }) => protocol === 'udp');
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (!candidate || !fingerprint)
    throw badRequest('the server offers no UDP candidate with a SHA-256 fingerprint');
  return {
    address: candidate.address,
    port: candidate.port,
    usernameFragment: iceParameters.usernameFragment,
    password: iceParameters.password,
    fingerprint: fingerprint.value,
    iceRole: 'controlling',
    lite: iceParameters.iceLite ?? false,
  };
}
