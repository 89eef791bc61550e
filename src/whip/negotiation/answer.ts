import { write, type MediaDescription, type SessionDescription } from 'sdp-transform';
import type { IceCandidate, IceParameters, DtlsParameters } from 'mediasoup/types';
import type { Codec, Offer, OfferedSection } from './offer.ts';

/** The answer to one section. */
export interface AnsweredSection {
  readonly section: OfferedSection;
  readonly direction: 'recvonly' | 'sendonly' | 'inactive';
  readonly codecs: readonly Codec[];
  readonly extensions: readonly { uri: string; id: number }[];
  /** Simulcast streams that are taken. */
  readonly rids?: readonly string[];
  /** What is sent. */
  readonly stream?: { ssrc: number; cname: string; track: string };
}

/** This side's transport. */
export interface LocalTransport {
  readonly iceParameters: IceParameters;
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
}

export type SdpCandidate = NonNullable<MediaDescription['candidates']>[number];

/** Writes an answer (RFC 9429 section 5.3), with all candidates, as an ICE lite agent has them at once. */
export function writeAnswer(
  offer: Offer,
  sections: readonly AnsweredSection[],
  transport: LocalTransport,
): string {
  const bundled = sections
    .filter(({ direction }) => direction !== 'inactive')
    .map(({ section }) => section.mid);
  const sdp: SessionDescription = {
    version: 0,
    origin: {
      username: '-',
      sessionId: Date.now(),
      sessionVersion: 1,
      netType: 'IN',
      ipVer: 4,
      address: '127.0.0.1',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    groups: [{ type: 'BUNDLE', mids: bundled.join(' ') }],
    ...(offer.allowsMixedExtensions ? { extmapAllowMixed: 'extmap-allow-mixed' } : {}),
    msidSemantic: { semantic: 'WMS', token: '*' },
    media: sections.map((each) => mediaOf(each, transport, offer.dtls.role === 'server')),
  };
  return write(sdp);
}

/** As sdp-transform writes it. */
export const sdpCandidates = (candidates: readonly IceCandidate[]): SdpCandidate[] =>
  candidates.map(({ foundation, protocol, priority, address, port, type, tcpType }) => ({
    foundation,
    component: 1,
    transport: protocol,
    priority,
    ip: address,
    port,
    type,
    ...(tcpType === undefined ? {} : { tcptype: tcpType }),
  }));

function mediaOf(
  answered: AnsweredSection,
  transport: LocalTransport,
  isDtlsClient: boolean,
): MediaDescription {
  const { section, direction, codecs, extensions, rids = [], stream } = answered;
  const { type, protocol, mid } = section;
  const connection = { version: 4, ip: '0.0.0.0' };
  if (direction === 'inactive') {
    // RFC 3264 section 6: its formats are of no meaning, but there must be some.
    const payloads = section.formats === '' ? '0' : section.formats;
    return { type, port: 0, protocol, payloads, connection, mid, direction, rtp: [], fmtp: [] };
  }
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  return {
    type,
    port: 9,
    protocol,
    payloads: codecs.map(({ payloadType }) => payloadType).join(' '),
    connection,
    mid,
    direction,
    iceUfrag: iceParameters.usernameFragment,
    icePwd: iceParameters.password,
    iceOptions: 'trickle',
    candidates: sdpCandidates(iceCandidates),
    endOfCandidates: 'end-of-candidates',
    ...(fingerprint ? { fingerprint: { type: fingerprint.algorithm, hash: fingerprint.value } } : {}),
    setup: isDtlsClient ? 'active' : 'passive',
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
    // RFC 9725 section 4.4.1 wants it in answers too; sdp-transform has no name for it.
    invalid: [{ value: 'rtcp-mux-only' }],
    rtp: codecs.map(rtpmapOf),
    fmtp: codecs.flatMap(({ payloadType, parameters = {} }) => {
      const config = Object.entries(parameters).map(([key, value]) => `${key}=${String(value)}`);
      return config.length === 0 ? [] : [{ payload: payloadType, config: config.join(';') }];
    }),
    rtcpFb: codecs.flatMap(({ payloadType, rtcpFeedback = [] }) =>
      rtcpFeedback.map(({ type: feedback, parameter }) => ({
        payload: payloadType,
        type: feedback,
        ...(parameter === undefined || parameter === '' ? {} : { subtype: parameter }),
      })),
    ),
    ext: extensions.map(({ uri, id }) => ({ uri, value: id })),
    ...(rids.length > 0 ? simulcastOf(rids) : {}),
    ...(stream ? streamOf(stream) : {}),
  };
}

function rtpmapOf({ mimeType, payloadType, clockRate, channels }: Codec): MediaDescription['rtp'][number] {
  return {
    payload: payloadType,
    codec: mimeType.slice(mimeType.indexOf('/') + 1),
    rate: clockRate,
    ...(channels !== undefined && channels > 1 ? { encoding: channels } : {}),
  };
}

const simulcastOf = (rids: readonly string[]): Pick<MediaDescription, 'rids' | 'simulcast'> => ({
  rids: rids.map((id) => ({ id, direction: 'recv' })),
  simulcast: { dir1: 'recv', list1: rids.join(';') },
});

function streamOf({ ssrc, cname, track }: NonNullable<AnsweredSection['stream']>) {
  return {
    msid: [{ id: cname, appdata: track }],
    ssrcs: [
      { id: ssrc, attribute: 'cname', value: cname },
      { id: ssrc, attribute: 'msid', value: `${cname} ${track}` },
    ],
  };
}
