/** Bytes of a payload that are enough to tell. */
export const KEY_FRAME_PEEK = 40;

/**
 * Whether an RTP payload begins a key frame; the first `KEY_FRAME_PEEK` bytes will do.
 *
 * @param mimeType Such as `video/VP8`; of a codec that is not known every frame counts as one.
 */
export function beginsKeyFrame(mimeType: string, payload: Buffer): boolean {
  switch (mimeType.toLowerCase()) {
    case 'video/vp8':
      return vp8(payload);
    case 'video/h264':
      return h264(payload);
    case 'video/vp9':
      return vp9(payload);
    case 'video/av1':
      // RFC (AV1 RTP payload) 4.4: N is set for the first packet of a coded video sequence.
      return ((payload[0] ?? 0) & 0x08) !== 0;
    default:
      return true;
  }
}

/** RFC 7741, 4.2 and 4.3: first packet of partition 0, whose frame header has P cleared. */
function vp8(payload: Buffer): boolean {
  const first = payload[0] ?? 0;
  if ((first & 0x10) === 0 || (first & 0x07) !== 0) return false;
  let at = 1;
  if (first & 0x80) {
    const extension = payload[at++] ?? 0;
    if (extension & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
    if (extension & 0x40) at++;
    if (extension & 0x30) at++;
  }
  return at < payload.length && ((payload[at] ?? 1) & 0x01) === 0;
}

const IDR = 5;
const SPS = 7;
const STAP_A = 24;
const FU_A = 28;

/** RFC 6184, 5.6 to 5.8: an IDR slice, or the parameter sets in front of one. */
function h264(payload: Buffer): boolean {
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === IDR || type === SPS) return true;
  if (type === STAP_A) {
    const inner = (payload[3] ?? 0) & 0x1f;
    return inner === IDR || inner === SPS;
  }
  return type === FU_A && ((payload[1] ?? 0) & 0x80) !== 0 && ((payload[1] ?? 0) & 0x1f) === IDR;
}

/** RFC 9628, 4.2: not inter-predicted (P cleared), begin of a frame (B set), lowest spatial layer. */
function vp9(payload: Buffer): boolean {
  const first = payload[0] ?? 0;
  if ((first & 0x40) !== 0 || (first & 0x08) === 0) return false;
  if ((first & 0x20) === 0) return true;
  let at = 1;
  if (first & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
  return (((payload[at] ?? 0) >> 1) & 0x07) === 0;
}
