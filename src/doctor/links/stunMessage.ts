import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';

/* STUN's messages (RFC 8489), as far as ICE (RFC 8445) and TURN (RFC 8656) need them here. */

const MAGIC_COOKIE = 0x2112a442;
const FINGERPRINT_XOR = 0x5354554e;
export const HEADER_BYTES = 20;

/** Methods and classes, as the first two bytes have them. */
export const MESSAGE = {
  bindingRequest: 0x0001,
  allocateRequest: 0x0003,
  refreshRequest: 0x0004,
  createPermissionRequest: 0x0008,
  sendIndication: 0x0016,
  dataIndication: 0x0017,
} as const;

export const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
} as const;

export interface Endpoint {
  address: string;
  port: number;
}

export type Attribute = readonly [type: number, value: Buffer];

export interface StunMessage {
  type: number;
  /** 12 bytes. */
  transactionId: Buffer;
  attributes: ReadonlyMap<number, Buffer>;
  /** Of an error answer: its number and what the server says to it. */
  error: { code: number; reason: string } | undefined;
}

/** Whether this answers a request with success, or with an error. */
export const isSuccess = ({ type }: StunMessage): boolean => (type & 0x0110) === 0x0100;
export const isFailure = ({ type }: StunMessage): boolean => (type & 0x0110) === 0x0110;

export const newTransactionId = (): Buffer => randomBytes(12);

/** @param key With which the message is signed (RFC 8489 section 14.5); unsigned without. */
export function encodeStun(
  type: number,
  transactionId: Buffer,
  attributes: readonly Attribute[],
  key?: string | Buffer,
): Buffer {
  const open = withLength(
    Buffer.concat([header(type, transactionId), ...attributes.map((one) => encodeAttribute(one))]),
  );
  const signed = key === undefined ? open : sign(open, key);
  // Its checksum covers a length that counts it already (RFC 8489 section 14.7).
  const covered = withLength(Buffer.from(signed), 8);
  const checksum = uint32((crc32(covered) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([covered, encodeAttribute([ATTRIBUTE.fingerprint, checksum])]);
}

/** Undefined for what is no STUN message. */
export function decodeStun(data: Buffer): StunMessage | undefined {
  if (data.length < HEADER_BYTES || (data[0] ?? 255) > 3 || data.readUInt32BE(4) !== MAGIC_COOKIE) return;
  if (data.readUInt16BE(2) + HEADER_BYTES !== data.length) return;
  const attributes = new Map<number, Buffer>();
  for (let at = HEADER_BYTES; at + 4 <= data.length;) {
    const length = data.readUInt16BE(at + 2);
    const value = data.subarray(at + 4, at + 4 + length);
    if (value.length !== length) return;
    // Of several the first one counts (RFC 8489 section 14).
    const type = data.readUInt16BE(at);
    if (!attributes.has(type)) attributes.set(type, value);
    at += 4 + length + (-length & 3);
  }
  const transactionId = Buffer.from(data.subarray(8, HEADER_BYTES));
  return { type: data.readUInt16BE(0), transactionId, attributes, error: errorOf(attributes) };
}

/** Whether its MESSAGE-INTEGRITY holds under the key. */
export function isIntact(data: Buffer, key: string | Buffer): boolean {
  for (let at = HEADER_BYTES; at + 4 <= data.length;) {
    const length = data.readUInt16BE(at + 2);
    if (data.readUInt16BE(at) === ATTRIBUTE.messageIntegrity) {
      const expected = integrityOf(data.subarray(0, at), key);
      const value = data.subarray(at + 4, at + 4 + length);
      return value.length === expected.length && timingSafeEqual(value, expected);
    }
    at += 4 + length + (-length & 3);
  }
  return false;
}

/** As XOR-PEER-ADDRESS and its kin have it (RFC 8489 section 14.2). */
export function encodeAddress({ address, port }: Endpoint, transactionId: Buffer): Buffer {
  const bytes = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.from([0, bytes.length === 16 ? 2 : 1, port >> 8, port & 0xff]);
  return xor(Buffer.concat([head, bytes]), transactionId);
}

/** @throws RangeError for a value that is none. */
export function decodeAddress(value: Buffer, transactionId: Buffer): Endpoint {
  const plain = xor(value, transactionId);
  const port = plain.readUInt16BE(2);
  if (plain[1] === 1) return { address: [...plain.subarray(4, 8)].join('.'), port };
  const words = Array.from({ length: 8 }, (_, i) => plain.readUInt16BE(4 + 2 * i).toString(16));
  return { address: new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1), port };
}

export function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function header(type: number, transactionId: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt32BE(MAGIC_COOKIE, 4);
  return Buffer.concat([head, transactionId]);
}

function encodeAttribute([type, value]: Attribute): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
}

function withLength(message: Buffer, toCome = 0): Buffer {
  message.writeUInt16BE(message.length - HEADER_BYTES + toCome, 2);
  return message;
}

function sign(message: Buffer, key: string | Buffer): Buffer {
  const integrity = encodeAttribute([ATTRIBUTE.messageIntegrity, integrityOf(message, key)]);
  return withLength(Buffer.concat([message, integrity]));
}

/** Over what stands before it, with a length that reaches to its own end. */
function integrityOf(before: Buffer, key: string | Buffer): Buffer {
  return createHmac('sha1', key)
    .update(withLength(Buffer.from(before), 24))
    .digest();
}

function errorOf(attributes: ReadonlyMap<number, Buffer>): StunMessage['error'] {
  const value = attributes.get(ATTRIBUTE.errorCode);
  if (!value || value.length < 4) return undefined;
  const code = ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0);
  return {
    code,
    reason: value
      .subarray(4)
      .toString()
      .replace(/\p{Cc}/gu, '')
      .slice(0, 100),
  };
}

function xor(value: Buffer, transactionId: Buffer): Buffer {
  const mask = Buffer.concat([uint32(MAGIC_COOKIE), transactionId]);
  return Buffer.from(value.map((byte, i) => (i < 2 ? byte : byte ^ (mask[i < 4 ? i - 2 : i - 4] ?? 0))));
}

function ipv6Bytes(address: string): Buffer {
  // As the URL parser writes it: no dotted quads, zeros left out once at most.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const words = (part: string | undefined): number[] =>
    part ? part.split(':').map((word) => parseInt(word, 16)) : [];
  const [before, after] = [words(head), words(tail)];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]));
}
