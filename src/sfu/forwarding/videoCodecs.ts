import { VIDEO_CODECS, type RtpCapabilities, type VideoCodec } from '../../protocol/models.ts';

/**
 * What a room falls back to, in this order: every WebRTC browser decodes both (RFC 7742 section 5), and devices with
 * one decoder only have one of them.
 */
const FALLBACKS = ['video/VP8', 'video/H264'] as const;
/** Carry no pictures of their own. */
const AUXILIARY = new Set(['video/rtx', 'video/red', 'video/ulpfec', 'video/flexfec', 'video/flexfec-03']);

/**
 * The video codec that publishers of a room should use, in the spelling of `VIDEO_CODECS`.
 *
 * It is the first of the preference that all members decode, else VP8 or H264 if all decode that, else VP8. Codecs that
 * no router takes are passed over.
 *
 * @param members What each member decodes, see `decodableVideoCodecs`; undefined, not known yet, does not count, and
 * neither does an empty list: who decodes no video at all misses nothing.
 */
export function chooseVideoCodec(
  preference: readonly string[],
  members: readonly (readonly string[] | undefined)[],
): VideoCodec {
  const viewers = members
    .filter((codecs) => codecs !== undefined && codecs.length > 0)
    .map((codecs) => new Set(codecs?.map(folded)));
  const candidates = [...preference, ...FALLBACKS].flatMap((codec) => routed(codec) ?? []);
  return candidates.find((codec) => viewers.every((viewer) => viewer.has(folded(codec)))) ?? FALLBACKS[0];
}

/** The video codecs, as mime types, that an endpoint with these capabilities shows pictures of. */
export function decodableVideoCodecs(rtpCapabilities: RtpCapabilities): string[] {
  const mimeTypes = (rtpCapabilities.codecs ?? [])
    .map(({ mimeType }) => mimeType)
    .filter((mimeType) => folded(mimeType).startsWith('video/') && !AUXILIARY.has(folded(mimeType)));
  return [...new Map(mimeTypes.map((mimeType) => [folded(mimeType), routed(mimeType) ?? mimeType])).values()];
}

/** As the routers spell it; undefined when they do not take it. */
function routed(mimeType: string): VideoCodec | undefined {
  return VIDEO_CODECS.find((codec) => folded(codec) === folded(mimeType));
}

const folded = (mimeType: string): string => mimeType.toLowerCase();
