/** A coded frame as it goes into a file. */
export interface Frame {
  data: Buffer;
  /** Whether decoding can begin with it. */
  key: boolean;
  /** Of the picture in pixels, where a key frame tells it. */
  width?: number;
  height?: number;
  /** What a decoder needs before the first frame (Matroska's CodecPrivate), where a key frame carries it. */
  configuration?: Buffer;
}

/** Makes one frame of the RTP payloads that have one timestamp, in order; undefined where they are not one. */
export type Assemble = (payloads: readonly Buffer[]) => Frame | undefined;
