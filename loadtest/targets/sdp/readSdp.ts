import type { RtpParameters } from '../../../src/protocol/models.ts';
import { badRequest, unavailable } from '../../../src/support/errors.ts';
import type { RemoteEndpoint } from '../../endpoint/remoteEndpoint.ts';

/** `a=name:value`; a flag's value is empty. */
export interface SdpAttribute {
  name: string;
  value: string;
}

export interface SdpMedia {
  kind: string;
  /** 0: refused or gone, unless bundled (RFC 8843). */
  port: number;
  protocol: string;
  formats: string[];
  mid: string;
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  attributes: SdpAttribute[];
}

/** As much of RFC 8866 as WebRTC endpoints need. */
export interface Sdp {
  attributes: SdpAttribute[];
  media: SdpMedia[];
}

const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

export function readSdp(text: string): Sdp {
  const sdp: Sdp = { attributes: [], media: [] };
  for (const line of text.split(/\r?\n/)) {
    const current = sdp.media.at(-1);
    if (line.startsWith('m=')) sdp.media.push(mediaLine(line.slice(2)));
    else if (line.startsWith('a=')) {
      const [, name = '', value = ''] = /^a=([^:]+):?(.*)$/.exec(line) ?? [];
      const direction = DIRECTIONS.find((each) => each === name);
      if (current && direction) current.direction = direction;
      else if (current && name === 'mid') current.mid = value;
      else (current ?? sdp).attributes.push({ name, value });
    }
  }
  return sdp;
}

/** All values of an attribute. */
export function valuesOf({ attributes }: { attributes: SdpAttribute[] }, name: string): string[] {
  return attributes.filter((attribute) => attribute.name === name).map(({ value }) => value);
}

/**
 * The one transport of a bundled description (RFC 8839 candidates, RFC 8122 fingerprint).
 *
 * @param offered Whether the other side made the offer, and so controls unless it is a lite agent (RFC 8445, 6.1.1).
 * @throws ParleyError `unavailable` when it names no address for UDP over IPv4.
 */
export function remoteEndpointOf(sdp: Sdp, { offered }: { offered: boolean }): RemoteEndpoint {
  const sections = [sdp, ...sdp.media];
  const all = (name: string): string[] => sections.flatMap((section) => valuesOf(section, name));
  const lite = valuesOf(sdp, 'ice-lite').length > 0;
  const candidate = all('candidate')
    .map((value) => {
      const [, component, protocol, priority, address = '', port] = value.split(' ');
      const isUsable = component === '1' && protocol?.toLowerCase() === 'udp' && /^[\d.]+$/.test(address);
      return { isUsable, priority: Number(priority), address, port: Number(port) };
    })
    .filter(({ isUsable }) => isUsable)
    .sort((a, b) => b.priority - a.priority)[0];
  const fingerprint = all('fingerprint').find((value) => /^sha-256 /i.test(value));
  const [usernameFragment] = all('ice-ufrag');
  const [password] = all('ice-pwd');
  if (!candidate) throw unavailable('the server named no address for UDP over IPv4');
  if (fingerprint === undefined || usernameFragment === undefined || password === undefined) {
    throw unavailable('the server named no ICE credentials or no SHA-256 fingerprint');
  }
  return {
    address: candidate.address,
    port: candidate.port,
    usernameFragment,
    password,
    fingerprint: fingerprint.split(' ')[1] ?? '',
    iceRole: offered && !lite ? 'controlled' : 'controlling',
    lite,
  };
}

/** Codecs, header extensions and SSRCs of a media section; without the red and FEC that no bot has. */
export function rtpParametersOf(media: SdpMedia): RtpParameters {
  const ssrcs = [...new Set(valuesOf(media, 'ssrc').map((value) => Number(value.split(' ')[0])))];
  const pairs = valuesOf(media, 'ssrc-group')
    .filter((value) => value.startsWith('FID '))
    .map((value) => value.split(' ').slice(1).map(Number));
  const main = ssrcs.filter((ssrc) => !pairs.some(([, rtx]) => rtx === ssrc));
  const cname = valuesOf(media, 'ssrc').flatMap((value) => / cname:(.*)$/.exec(value)?.[1] ?? [])[0];
  return {
    mid: media.mid,
    codecs: codecsOf(media),
    headerExtensions: valuesOf(media, 'extmap').map((value) => {
      const [id = '', uri = ''] = value.split(' ');
      return { uri, id: Number.parseInt(id, 10), encrypt: false, parameters: {} };
    }),
    ...(main.length === 0
      ? {}
      : {
          encodings: main.map((ssrc) => {
            const rtx = pairs.find(([first]) => first === ssrc)?.[1];
            return rtx === undefined ? { ssrc } : { ssrc, rtx: { ssrc: rtx } };
          }),
        }),
    rtcp: {
      ...(cname === undefined ? {} : { cname }),
      reducedSize: valuesOf(media, 'rtcp-rsize').length > 0,
    },
  };
}

function codecsOf(media: SdpMedia): RtpParameters['codecs'] {
  return valuesOf(media, 'rtpmap').flatMap((value) => {
    const [payloadType = '', encoding = ''] = value.split(' ');
    const [name = '', clockRate, channels] = encoding.split('/');
    if (/^(red|ulpfec|flexfec-03|telephone-event|CN)$/i.test(name)) return [];
    const isMine = (text: string): boolean => text.split(' ')[0] === payloadType || text.startsWith('* ');
    const rest = (text: string): string => text.slice(text.indexOf(' ') + 1);
    return {
      mimeType: `${media.kind}/${name}`,
      payloadType: Number(payloadType),
      clockRate: Number(clockRate),
      ...(channels === undefined ? {} : { channels: Number(channels) }),
      parameters: Object.fromEntries(
        valuesOf(media, 'fmtp')
          .filter(isMine)
          .flatMap((text) => rest(text).split(';'))
          .map((pair): [string, string | number] => {
            const [key = '', setting = ''] = pair.trim().split('=');
            return [key, /^\d+$/.test(setting) && key !== 'profile-level-id' ? Number(setting) : setting];
          }),
      ),
      rtcpFeedback: valuesOf(media, 'rtcp-fb')
        .filter(isMine)
        .map((text) => {
          const [type = '', ...parameter] = rest(text).split(' ');
          return parameter.length === 0 ? { type } : { type, parameter: parameter.join(' ') };
        }),
    };
  });
}

function mediaLine(text: string): SdpMedia {
  const [kind = '', port, protocol = '', ...formats] = text.split(' ');
  if (Number.isNaN(Number.parseInt(port ?? '', 10))) throw badRequest(`not SDP: m=${text}`);
  return {
    kind,
    port: Number.parseInt(port ?? '', 10),
    protocol,
    formats,
    mid: '',
    // RFC 8866, 6.7.
    direction: 'sendrecv',
    attributes: [],
  };
}
