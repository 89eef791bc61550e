import { parse, parseParams, parseSimulcastStreamList, type MediaDescription } from 'sdp-transform';
import { z } from 'zod';
import type { DtlsParameters, MediaKind, RtpParameters } from '../../protocol/models.ts';
import { dtlsParametersSchema, rtpParametersSchema } from '../../protocol/rtpSchemas.ts';
import { WhipProblem } from '../WhipProblem.ts';

export type Codec = RtpParameters['codecs'][number];
export type Encoding = NonNullable<RtpParameters['encodings']>[number];
type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Media sections of one offer: a sender has two, and may offer what it does not use. */
const MAX_SECTIONS = 16;

/** What of one media section (RFC 8866 section 5.14) matters here. */
export interface OfferedSection {
  /** Its place in the offer, which the answer keeps (RFC 3264 section 6). */
  readonly mid: string;
  readonly type: string;
  /** Undefined for what is no media, such as data channels. */
  readonly kind: MediaKind | undefined;
  readonly protocol: string;
  /** As in the m-line. */
  readonly formats: string;
  /** From the sender's point of view; `inactive` also for what was turned down (port 0). */
  readonly direction: Direction;
  readonly codecs: readonly Codec[];
  readonly extensions: readonly { uri: string; id: number }[];
  /** Simulcast streams, in the sender's order (RFC 8853); empty without simulcast. */
  readonly rids: readonly string[];
  /** Streams that are named by their SSRC (RFC 5576). */
  readonly encodings: readonly Encoding[];
  readonly cname: string | undefined;
  /** Ids of its MediaStreams (RFC 8830). */
  readonly streams: readonly string[];
}

/** A session description in which somebody offers media over one transport. */
export interface Offer {
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** With the role that the offerer is going to have. */
  readonly dtls: DtlsParameters;
  readonly sections: readonly OfferedSection[];
  readonly allowsMixedExtensions: boolean;
}

/** RFC 8839 section 5.4. */
const iceUfrag = z.string().regex(/^[A-Za-z0-9+/=]{4,256}$/);
const icePwd = z.string().regex(/^[A-Za-z0-9+/=]{22,256}$/);
const mid = z.string().regex(/^[\w!#$%&'*+.^`{|}~-]{1,16}$/);
const rid = z.string().regex(/^[A-Za-z0-9_-]{1,16}$/);

/**
 * Reads an SDP offer (RFC 8866, RFC 9429).
 *
 * @throws WhipProblem 400 for what is no offer, 406 for one that needs more than one transport.
 */
export function readOffer(description: string): Offer {
  if (!/^v=0\r?\n/.test(description)) throw malformed('it does not begin with v=0');
  const sdp = parsed(description);
  if (sdp.media.length === 0) throw malformed('it has no media sections');
  if (sdp.media.length > MAX_SECTIONS) throw malformed(`it has more than ${MAX_SECTIONS} media sections`);
  const used = sdp.media.filter((media) => !isTurnedDown(media));
  const carrier = used[0] ?? sdp.media[0];
  const sections = sdp.media.map((media, index) => section(media, index, sdp.media.length));
  const mids = new Set(sections.map((each) => each.mid));
  if (mids.size < sections.length) throw malformed('two of its sections have the same a=mid');
  assertBundled(
    (sdp.groups ?? []).filter(({ type }) => type === 'BUNDLE').map((group) => text(group.mids)),
    sections.filter(({ direction }) => direction !== 'inactive'),
  );
  if (used.some((media) => media.rtcpMux === undefined && isMedia(media.type)))
    throw new WhipProblem(406, 'the offer must multiplex RTP and RTCP (a=rtcp-mux)');
  return {
    iceUfrag: checked('a=ice-ufrag', iceUfrag, carrier?.iceUfrag ?? sdp.iceUfrag),
    icePwd: checked('a=ice-pwd', icePwd, carrier?.icePwd ?? sdp.icePwd),
    dtls: dtlsOf(carrier?.fingerprint ?? sdp.fingerprint, carrier?.setup ?? sdp.setup),
    sections,
    allowsMixedExtensions: sdp.extmapAllowMixed !== undefined,
  };
}

const malformed = (why: string): WhipProblem => new WhipProblem(400, `this is no SDP offer: ${why}`);

/** sdp-transform makes numbers of what looks like one, whatever its types say: of a mid, an rid, a password. */
const text = (value: unknown): string => String(value);

const isMedia = (type: string): type is MediaKind => type === 'audio' || type === 'video';

/** Port 0, without which a bundled section must have one of its own (RFC 9143 section 6). */
const isTurnedDown = ({ port, bundleOnly }: MediaDescription): boolean =>
  port === 0 && bundleOnly === undefined;

function parsed(description: string) {
  try {
    return parse(description);
  } catch (error) {
    throw new WhipProblem(400, 'this is no SDP offer', { cause: error });
  }
}

function checked<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(typeof value === 'number' ? text(value) : value);
  if (!result.success) throw malformed(value === undefined ? `${what} is missing` : `${what} is malformed`);
  return result.data;
}

function dtlsOf(fingerprint: { type: string; hash: string } | undefined, setup: unknown): DtlsParameters {
  if (!fingerprint) throw malformed('a=fingerprint is missing');
  const roles = { actpass: 'client', active: 'client', passive: 'server' } as const;
  // RFC 9725 section 4.4.4: the sender is the DTLS client wherever it leaves the choice.
  const role = roles[(setup ?? 'actpass') as keyof typeof roles] as 'client' | 'server' | undefined;
  if (!role) throw malformed('a=setup is malformed');
  const { type, hash } = fingerprint;
  const fingerprints = [{ algorithm: text(type).toLowerCase(), value: text(hash).toUpperCase() }];
  return checked('a=fingerprint', dtlsParametersSchema, { role, fingerprints });
}

/** RFC 9725 section 4.4.1: everything over one transport. */
function assertBundled(groups: readonly string[], used: readonly OfferedSection[]): void {
  if (used.length < 2) return;
  const isBundled = groups.some((group) => {
    const mids = new Set(group.split(' '));
    return used.every((each) => mids.has(each.mid));
  });
  if (!isBundled) throw new WhipProblem(406, 'the offer must bundle all media (a=group:BUNDLE)');
}

function section(media: MediaDescription, index: number, count: number): OfferedSection {
  const { type, protocol, port } = media;
  if (!Number.isInteger(port) || typeof protocol !== 'string')
    throw malformed(`its section ${index} is malformed`);
  const kind = isMedia(type) ? type : undefined;
  // Who offers one section need not name it.
  const name = media.mid ?? (count === 1 ? '0' : undefined);
  const direction = isTurnedDown(media) ? 'inactive' : (media.direction ?? 'sendrecv');
  const base = {
    mid: checked('a=mid', mid, name),
    type,
    kind,
    protocol,
    formats: text(media.payloads ?? ''),
    direction,
    streams: (media.msid ?? []).map(({ id }) => text(id)).filter((id) => id !== '-'),
  };
  if (!kind || direction === 'inactive')
    return { ...base, codecs: [], extensions: [], rids: [], encodings: [], cname: undefined };
  const described = checked(`section ${index}`, describedSchema, {
    codecs: codecsOf(kind, media),
    headerExtensions: (media.ext ?? [])
      .filter((extension) => extension['encrypt-uri'] === undefined)
      .map(({ uri, value }) => ({ uri, id: value })),
    encodings: encodingsOf(media),
  });
  return {
    ...base,
    codecs: described.codecs,
    extensions: described.headerExtensions ?? [],
    rids: ridsOf(media),
    encodings: described.encodings ?? [],
    cname: (media.ssrcs ?? []).find(({ attribute }) => attribute === 'cname')?.value,
  };
}

/** Of one section; Chromium offers 46, of which most are profiles of H264. */
const MAX_CODECS = 128;

const describedSchema = rtpParametersSchema.pick({ headerExtensions: true, encodings: true }).extend({
  codecs: z.array(rtpParametersSchema.shape.codecs.element).max(MAX_CODECS),
});

function codecsOf(kind: MediaKind, { rtp, fmtp, rtcpFb = [] }: MediaDescription): Codec[] {
  const codecs = rtp.slice(0, MAX_CODECS).map(({ payload, codec, rate, encoding }) => ({
    mimeType: `${kind}/${codec}`,
    payloadType: payload,
    clockRate: rate ?? 90_000,
    ...(kind === 'audio' ? { channels: encoding === undefined ? 1 : encoding } : {}),
    parameters: parametersOf(fmtp.find((each) => each.payload === payload)?.config),
    rtcpFeedback: rtcpFb
      // sdp-transform reads the payload of `a=rtcp-fb` as text where it is `*`.
      .filter((each) => each.payload === payload || each.payload === '*')
      .slice(0, 16)
      .map(({ type, subtype }) => (subtype === undefined ? { type } : { type, parameter: subtype })),
  }));
  return codecs.filter(({ mimeType }) => isForwarded(mimeType));
}

const FORWARDED = new Set(['audio/opus', 'video/vp8', 'video/vp9', 'video/h264', 'video/av1', 'video/rtx']);
const isForwarded = (mimeType: string): boolean => FORWARDED.has(mimeType.toLowerCase());

function parametersOf(config: string | undefined): Record<string, string | number> {
  if (config === undefined) return {};
  const entries = Object.entries(parseParams(config)).filter(([key]) => key.length > 0 && key.length <= 64);
  return Object.fromEntries(
    entries.slice(0, 32).map(([key, value = '']) => [
      key,
      // Hexadecimal, also where it looks like a number: 640032.
      key === 'profile-level-id' ? text(value) : value,
    ]),
  );
}

/** Of alternatives (RFC 8853 section 5.1) the first, of paused streams all: they may begin. */
function ridsOf({ rids = [], simulcast, type }: MediaDescription): string[] {
  if (!simulcast) return [];
  const list =
    simulcast.dir1 === 'send' ? simulcast.list1 : simulcast.dir2 === 'send' ? (simulcast.list2 ?? '') : '';
  if (list === '') return [];
  const sent = new Set(rids.filter(({ direction }) => direction === 'send').map(({ id }) => text(id)));
  const names = parseSimulcastStreamList(list).flatMap(([first]) => (first ? [text(first.scid)] : []));
  if (
    type !== 'video' ||
    names.length > 8 ||
    new Set(names).size < names.length ||
    !names.every((id) => sent.has(id))
  )
    throw malformed('a=simulcast is malformed');
  return names.map((id) => checked('a=rid', rid, id));
}

/** Each stream with that of its retransmissions; simulcast also as Chromium had it before RIDs (`SIM`). */
function encodingsOf({ ssrcs = [], ssrcGroups = [] }: MediaDescription): Encoding[] | undefined {
  const groups = (semantics: string): number[][] =>
    ssrcGroups
      .filter((group) => group.semantics === semantics)
      .map((group) => text(group.ssrcs).split(' ').map(Number));
  const named = [...new Set(ssrcs.map(({ id }) => id))];
  if ([...groups('FID'), ...groups('SIM')].some((group) => new Set(group).size < group.length))
    throw malformed('an SSRC is there twice');
  const rtx = new Map(groups('FID').map(([main = 0, retransmitted = 0]) => [main, retransmitted]));
  const auxiliary = new Set([...rtx.values(), ...groups('FEC-FR').flatMap((group) => group.slice(1))]);
  const main = groups('SIM')[0] ?? named.filter((ssrc) => !auxiliary.has(ssrc)).slice(0, 1);
  if (main.length === 0) return undefined;
  return main.map((ssrc) => {
    const retransmitted = rtx.get(ssrc);
    return retransmitted === undefined ? { ssrc } : { ssrc, rtx: { ssrc: retransmitted } };
  });
}
