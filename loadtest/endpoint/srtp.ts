import { createCipheriv } from 'node:crypto';
import { TAG_LENGTH as TAG, type AesGcm, type CreateAesGcm } from './aesGcm/AesGcm.ts';

/*
 * SRTP and SRTCP with AEAD_AES_128_GCM (RFC 7714), the suite that mediasoup, Janus and browsers prefer. One object for
 * each direction, as each has its own master key.
 */

export const KEY_LENGTH = 16;
export const SALT_LENGTH = 12;
const RTCP_HEADER = 8;
const INDEX = 4;
const EMPTY = Buffer.alloc(0);

/** Labels of RFC 3711, 4.3.2. */
const LABEL = { rtpKey: 0, rtpSalt: 2, rtcpKey: 3, rtcpSalt: 5 } as const;

interface SessionKeys {
  rtpKey: Buffer;
  rtpSalt: Buffer;
  rtcpKey: Buffer;
  rtcpSalt: Buffer;
}

function deriveKeys(masterKey: Buffer, masterSalt: Buffer): SessionKeys {
  const derive = (label: number, length: number): Buffer => {
    const input = Buffer.alloc(16);
    masterSalt.copy(input);
    input[7] = (input[7] ?? 0) ^ label;
    return createCipheriv('aes-128-ctr', masterKey, input).update(Buffer.alloc(length));
  };
  return {
    rtpKey: derive(LABEL.rtpKey, KEY_LENGTH),
    rtpSalt: derive(LABEL.rtpSalt, SALT_LENGTH),
    rtcpKey: derive(LABEL.rtcpKey, KEY_LENGTH),
    rtcpSalt: derive(LABEL.rtcpSalt, SALT_LENGTH),
  };
}

/** Writes 0x0000 || SSRC || ROC || SEQ, or for RTCP 0x0000 || SSRC || 0x0000 || index, xor the salt. */
function fillIv(iv: Buffer, salt: Buffer, ssrc: number, high: number, low: number, lowAt: 8 | 10): void {
  iv.fill(0);
  iv.writeUInt32BE(ssrc, 2);
  if (lowAt === 10) {
    iv.writeUInt32BE(high >>> 0, 6);
    iv.writeUInt16BE(low, 10);
  } else {
    iv.writeUInt32BE(low, 8);
  }
  for (let i = 0; i < SALT_LENGTH; i++) iv[i] = (iv[i] ?? 0) ^ (salt[i] ?? 0);
}

/** Protects what one side sends. */
export class SrtpSender {
  readonly #keys: SessionKeys;
  readonly #rtp: AesGcm;
  readonly #rtcp: AesGcm;
  /** What is authenticated of an RTCP packet. */
  readonly #covered = Buffer.alloc(RTCP_HEADER + INDEX);
  readonly #iv = Buffer.alloc(SALT_LENGTH);
  /** By SSRC: the highest packet index sent (ROC and sequence number in one). */
  readonly #highest = new Map<number, number>();
  #rtcpIndex = 0;

  constructor(createAesGcm: CreateAesGcm, masterKey: Buffer, masterSalt: Buffer) {
    this.#keys = deriveKeys(masterKey, masterSalt);
    this.#rtp = createAesGcm(this.#keys.rtpKey);
    this.#rtcp = createAesGcm(this.#keys.rtcpKey);
  }

  /**
   * One protected datagram.
   *
   * @param packet The header, then parts of the payload; they are only read, and not kept.
   */
  protect(packet: readonly Buffer[]): Buffer {
    const [header = EMPTY] = packet;
    let length = TAG;
    for (const part of packet) length += part.length;
    const datagram = Buffer.allocUnsafe(length);
    let at = 0;
    for (const part of packet) at += part.copy(datagram, at);
    const ssrc = header.readUInt32BE(8);
    const sequence = header.readUInt16BE(2);
    fillIv(this.#iv, this.#keys.rtpSalt, ssrc, this.#rollover(ssrc, sequence), sequence, 10);
    this.#rtp.seal(this.#iv, header, datagram, header.length, at);
    return datagram;
  }

  /** A compound packet, protected. */
  protectRtcp(packet: Buffer): Buffer {
    this.#rtcpIndex = (this.#rtcpIndex + 1) % 0x8000_0000;
    fillIv(this.#iv, this.#keys.rtcpSalt, packet.readUInt32BE(4), 0, this.#rtcpIndex, 8);
    const index = (this.#rtcpIndex | 0x8000_0000) >>> 0;
    packet.copy(this.#covered, 0, 0, RTCP_HEADER);
    this.#covered.writeUInt32BE(index, RTCP_HEADER);
    const datagram = Buffer.allocUnsafe(packet.length + TAG + INDEX);
    packet.copy(datagram);
    this.#rtcp.seal(this.#iv, this.#covered, datagram, RTCP_HEADER, packet.length);
    datagram.writeUInt32BE(index, packet.length + TAG);
    return datagram;
  }

  /** The rollover counter (RFC 3711, 3.3.1), also for a retransmission from before the last wrap. */
  #rollover(ssrc: number, sequence: number): number {
    const highest = this.#highest.get(ssrc) ?? sequence;
    const ahead = ((sequence - highest + 0x8000) & 0xffff) - 0x8000;
    const index = Math.max(highest + ahead, 0);
    if (index >= highest) this.#highest.set(ssrc, index);
    return Math.floor(index / 0x1_0000);
  }
}

/** Opens what the other side sends; counting streams needs only a sample of their packets opened. */
export class SrtpReceiver {
  readonly #keys: SessionKeys;
  readonly #rtp: AesGcm;
  readonly #rtcp: AesGcm;
  readonly #iv = Buffer.alloc(SALT_LENGTH);

  constructor(createAesGcm: CreateAesGcm, masterKey: Buffer, masterSalt: Buffer) {
    this.#keys = deriveKeys(masterKey, masterSalt);
    this.#rtp = createAesGcm(this.#keys.rtpKey);
    this.#rtcp = createAesGcm(this.#keys.rtcpKey);
  }

  /**
   * The payload of a packet, authenticated; null when it does not verify.
   *
   * @param headerLength Bytes of the RTP header with CSRCs and extensions.
   * @param roc Rollover counter of its SSRC.
   */
  open(packet: Buffer, headerLength: number, roc: number): Buffer | null {
    if (packet.length < headerLength + TAG) return null;
    fillIv(this.#iv, this.#keys.rtpSalt, packet.readUInt32BE(8), roc, packet.readUInt16BE(2), 10);
    return this.#rtp.open(
      this.#iv,
      packet.subarray(0, headerLength),
      packet.subarray(headerLength, -TAG),
      packet.subarray(-TAG),
    );
  }

  /** The first bytes of a packet's payload, at most so many, without authentication. */
  peek(packet: Buffer, headerLength: number, roc: number, length: number): Buffer {
    const end = Math.min(headerLength + length, packet.length - TAG);
    if (end <= headerLength) return Buffer.alloc(0);
    fillIv(this.#iv, this.#keys.rtpSalt, packet.readUInt32BE(8), roc, packet.readUInt16BE(2), 10);
    return this.#rtp.peek(this.#iv, packet.subarray(headerLength, end));
  }

  /** A compound packet; null when it does not verify or is not encrypted. */
  openRtcp(packet: Buffer): Buffer | null {
    if (packet.length < RTCP_HEADER + TAG + INDEX) return null;
    const index = packet.readUInt32BE(packet.length - INDEX);
    if (index < 0x8000_0000) return null;
    const header = packet.subarray(0, RTCP_HEADER);
    fillIv(this.#iv, this.#keys.rtcpSalt, packet.readUInt32BE(4), 0, index - 0x8000_0000, 8);
    const body = this.#rtcp.open(
      this.#iv,
      Buffer.concat([header, packet.subarray(-INDEX)]),
      packet.subarray(RTCP_HEADER, -(TAG + INDEX)),
      packet.subarray(-(TAG + INDEX), -INDEX),
    );
    return body && Buffer.concat([header, body]);
  }
}
