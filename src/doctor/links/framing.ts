import { HEADER_BYTES } from './stunMessage.ts';

/** How messages follow one another on a stream. */
export interface Framing {
  pack(message: Buffer): Buffer;
  /** Bytes of the first message with all that belongs to it, once enough came to know that. */
  frameLength(stream: Buffer): number | undefined;
  /** The message within a whole frame. */
  unpack(frame: Buffer): Buffer;
}

/** ICE-TCP: a length of two bytes before each (RFC 6544 section 3, RFC 4571). */
export const iceFraming: Framing = {
  pack(message) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    return Buffer.concat([length, message]);
  },
  frameLength: (stream) => (stream.length < 2 ? undefined : 2 + stream.readUInt16BE(0)),
  unpack: (frame) => frame.subarray(2),
};

/** TURN over a stream: each message tells its own length (RFC 8656 section 2.1). */
export const turnFraming: Framing = {
  pack: (message) => message,
  frameLength: (stream) => (stream.length < 4 ? undefined : HEADER_BYTES + stream.readUInt16BE(2)),
  unpack: (frame) => frame,
};
