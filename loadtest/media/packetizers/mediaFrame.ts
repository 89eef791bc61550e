/** Bytes of an RTP payload at most, with the codec's descriptor; leaves room for header, extensions, SRTP and TURN. */
export const MAX_PAYLOAD = 1150;

/** What goes into an RTP packet. All bots share it; nobody may write to it. */
export interface MediaPacket {
  /** The codec's payload descriptor, but for picture id and TL0PICIDX, which each sender numbers itself. */
  descriptor: Buffer | null;
  payload: Buffer;
}

/** A picture of one layer, or 20 ms of sound. */
export interface MediaFrame {
  isKey: boolean;
  /** 0 without temporal layers. */
  temporalLayer: number;
  /** The last one carries the marker. */
  packets: MediaPacket[];
}

/** Where a descriptor holds what each sender numbers itself. */
export interface DescriptorLayout {
  /** Offset of two bytes: the M bit and a picture id of 15 bits. */
  pictureId: number;
  /** Offset of TL0PICIDX. */
  tl0PictureIndex: number;
}

/** Cuts into the fewest pieces that are no longer than `limit`, all about equally long; they share the memory. */
export function cut(data: Buffer, limit: number): Buffer[] {
  const count = Math.max(1, Math.ceil(data.length / limit));
  const size = Math.ceil(data.length / count);
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}
