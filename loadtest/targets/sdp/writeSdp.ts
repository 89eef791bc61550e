import type { RtpParameters } from '../../../src/protocol/models.ts';
import type { Endpoint } from '../../endpoint/Endpoint.ts';
import type { Sdp } from './readSdp.ts';

/** This side's transport, as it goes into a description. */
export interface LocalTransport {
  usernameFragment: string;
  password: string;
  /** SHA-256. */
  fingerprint: string;
  /** Where it can be reached; without it the server learns the address from the bot's checks (RFC 8445, 7.3.1.3). */
  candidate?: { address: string; port: number };
}

/** A media section that sends or receives, or one that was given up and keeps its place (RFC 8829, 5.2.2). */
export interface OfferedMedia {
  kind: 'audio' | 'video';
  parameters: RtpParameters;
  cname: string;
  direction: 'sendonly' | 'recvonly' | 'inactive';
}

export function localTransport(endpoint: Endpoint, address: string | undefined): LocalTransport {
  return {
    ...endpoint.localIce,
    fingerprint: endpoint.fingerprint,
    ...(address === undefined ? {} : { candidate: { address, port: endpoint.port } }),
  };
}

/**
 * An offer. What it sends has SSRCs and no RIDs; simulcast is groups of SSRCs, as Chromium offers it to those who ask
 * for it so (`a=ssrc-group:SIM`).
 */
export function writeOffer(
  transport: LocalTransport,
  media: readonly OfferedMedia[],
  version: number,
): string {
  return text([
    ...session(
      version,
      media.map(({ parameters }) => parameters.mid ?? ''),
    ),
    ...media.flatMap(({ kind, parameters, cname, direction }) => [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${parameters.codecs.map(({ payloadType }) => payloadType).join(' ')}`,
      ...section(transport, parameters.mid ?? '', direction),
      ...codecLines(parameters),
      ...(parameters.headerExtensions ?? []).map(({ id, uri }) => `a=extmap:${id} ${uri}`),
      ...(direction === 'sendonly' ? streamLines(parameters, cname) : []),
    ]),
  ]);
}

/** The answer that takes all that is offered, with the offer's own payload types and extensions. */
export function writeAnswer(transport: LocalTransport, offer: Sdp, version: number): string {
  const kept = ['rtpmap', 'fmtp', 'rtcp-fb', 'extmap'];
  return text([
    ...session(
      version,
      offer.media.map(({ mid }) => mid),
    ),
    ...offer.media.flatMap(({ kind, protocol, formats, mid, direction, attributes }) => [
      `m=${kind} 9 ${protocol} ${formats.join(' ')}`,
      ...section(
        transport,
        mid,
        direction === 'sendonly' || direction === 'sendrecv' ? 'recvonly' : 'inactive',
      ),
      ...attributes.filter(({ name }) => kept.includes(name)).map(({ name, value }) => `a=${name}:${value}`),
    ]),
  ]);
}

function session(version: number, mids: readonly string[]): string[] {
  return [
    'v=0',
    `o=- 1 ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
}

function section(
  { usernameFragment, password, fingerprint, candidate }: LocalTransport,
  mid: string,
  direction: string,
): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    // A bot is the DTLS client, also where it offers (RFC 5763 asks for actpass; servers take this as well).
    'a=setup:active',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...(candidate
      ? [
          `a=candidate:1 1 udp 2130706431 ${candidate.address} ${candidate.port} typ host`,
          'a=end-of-candidates',
        ]
      : []),
  ];
}

function codecLines({ codecs }: RtpParameters): string[] {
  return codecs.flatMap(({ mimeType, payloadType, clockRate, channels, parameters, rtcpFeedback }) => {
    const name = mimeType.slice(mimeType.indexOf('/') + 1);
    const settings = Object.entries(parameters ?? {}).map(([key, value]) => `${key}=${String(value)}`);
    return [
      `a=rtpmap:${payloadType} ${name}/${clockRate}${channels === undefined ? '' : `/${channels}`}`,
      ...(settings.length === 0 ? [] : [`a=fmtp:${payloadType} ${settings.join(';')}`]),
      ...(rtcpFeedback ?? []).map(({ type, parameter }) =>
        parameter === undefined
          ? `a=rtcp-fb:${payloadType} ${type}`
          : `a=rtcp-fb:${payloadType} ${type} ${parameter}`,
      ),
    ];
  });
}

function streamLines({ encodings = [], mid }: RtpParameters, cname: string): string[] {
  const ssrcs = encodings.flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc].filter((each) => each !== undefined));
  return [
    // One MediaStream for all that a bot sends (RFC 8830; RFC 9725, 4.4.2).
    `a=msid:${cname} ${mid ?? ''}`,
    ...(encodings.length > 1 ? [`a=ssrc-group:SIM ${encodings.map(({ ssrc }) => ssrc).join(' ')}`] : []),
    ...encodings.flatMap(({ ssrc, rtx }) => (rtx ? [`a=ssrc-group:FID ${ssrc} ${rtx.ssrc}`] : [])),
    ...ssrcs.flatMap((ssrc) => [
      `a=ssrc:${ssrc} cname:${cname}`,
      `a=ssrc:${ssrc} msid:${cname} ${mid ?? ''}`,
    ]),
  ];
}

function text(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}
