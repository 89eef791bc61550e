/** What is added to the ids of a source so that they follow those of the one before it; undefined until its first one. */
export interface PictureIds {
  offset: number | undefined;
  last: number | undefined;
  tl0Offset: number | undefined;
  tl0Last: number | undefined;
}

/** Makes the picture ids of a payload go on from those before it, in place; of codecs that have any. */
export function rewritePictureIds(mimeType: string, payload: Buffer, ids: PictureIds): void {
  const places = mimeType === 'video/VP8' ? ofVp8(payload) : mimeType === 'video/VP9' ? ofVp9(payload) : {};
  const { pictureId, tl0 } = places;
  if (pictureId !== undefined && pictureId < payload.length) rewriteId(payload, pictureId, ids);
  if (tl0 !== undefined && tl0 < payload.length) {
    const index = payload.readUInt8(tl0);
    ids.tl0Offset ??= ids.tl0Last === undefined ? 0 : ids.tl0Last + 1 - index;
    const next = (index + ids.tl0Offset) & 0xff;
    payload.writeUInt8(next, tl0);
    if (((next - (ids.tl0Last ?? next)) << 24) >> 24 >= 0) ids.tl0Last = next;
  }
}

interface Places {
  pictureId?: number;
  tl0?: number;
}

/** RFC 7741 section 4.2. */
function ofVp8(payload: Buffer): Places {
  const [first = 0, extension = 0] = payload;
  if (!(first & 0x80)) return {};
  const hasId = (extension & 0x80) !== 0;
  const afterId = 2 + (hasId ? idLength(payload, 2) : 0);
  return { ...(hasId ? { pictureId: 2 } : {}), ...(extension & 0x40 ? { tl0: afterId } : {}) };
}

/** RFC 9628 section 4.2. */
function ofVp9(payload: Buffer): Places {
  const [first = 0] = payload;
  const hasId = (first & 0x80) !== 0;
  const afterId = 1 + (hasId ? idLength(payload, 1) : 0);
  const hasTl0 = (first & 0x20) !== 0 && (first & 0x10) === 0;
  return { ...(hasId ? { pictureId: 1 } : {}), ...(hasTl0 ? { tl0: afterId + 1 } : {}) };
}

/** Bytes: a picture id has 7 or 15 bits. */
const idLength = (payload: Buffer, at: number): number => ((payload[at] ?? 0) & 0x80 ? 2 : 1);

function rewriteId(payload: Buffer, at: number, ids: PictureIds): void {
  const isLong = idLength(payload, at) === 2;
  if (isLong && at + 1 >= payload.length) return;
  const bits = isLong ? 15 : 7;
  const id = isLong ? payload.readUInt16BE(at) & 0x7fff : payload.readUInt8(at);
  ids.offset ??= ids.last === undefined ? 0 : ids.last + 1 - id;
  const next = (id + ids.offset) & ((1 << bits) - 1);
  if (isLong) payload.writeUInt16BE(0x8000 | next, at);
  else payload.writeUInt8(next, at);
  const ahead = ((next - (ids.last ?? next)) << (32 - bits)) >> (32 - bits);
  if (ahead >= 0) ids.last = next;
}
