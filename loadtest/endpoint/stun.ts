import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/* Just enough STUN (RFC 8489) for ICE's connectivity and consent checks (RFC 8445, RFC 7675). */

const MAGIC_COOKIE = 0x2112a442;
const HEADER = 20;
const FINGERPRINT_XOR = 0x5354554e;

export const BINDING_REQUEST = 0x0001;
export const BINDING_SUCCESS = 0x0101;
export const BINDING_ERROR = 0x0111;

const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** Priority of a host candidate (RFC 8445, 5.1.2.1). */
export const HOST_PRIORITY = (126 << 24) | (65_535 << 8) | 255;

export interface StunMessage {
  type: number;
  /** 12 bytes. */
  transactionId: Buffer;
  useCandidate: boolean;
  /** Of an error answer. */
  errorCode?: number;
}

/** Whether a datagram is STUN (RFC 7983). */
export function isStun(datagram: Buffer): boolean {
  return datagram.length >= HEADER && (datagram[0] ?? 255) < 4 && datagram.readUInt32BE(4) === MAGIC_COOKIE;
}

/** The message, if it is one and its MESSAGE-INTEGRITY holds under the password; else null. */
export function readStun(datagram: Buffer, password: string): StunMessage | null {
  if (!isStun(datagram) || datagram.readUInt16BE(2) + HEADER !== datagram.length) return null;
  const message: StunMessage = {
    type: datagram.readUInt16BE(0),
    transactionId: Buffer.from(datagram.subarray(8, HEADER)),
    useCandidate: false,
  };
  let intact = false;
  for (let at = HEADER; at + 4 <= datagram.length;) {
    const type = datagram.readUInt16BE(at);
    const length = datagram.readUInt16BE(at + 2);
    const value = datagram.subarray(at + 4, at + 4 + length);
    if (value.length !== length) return null;
    if (type === ATTRIBUTE.useCandidate) message.useCandidate = true;
    if (type === ATTRIBUTE.errorCode && length >= 4)
      message.errorCode = (value[2] ?? 0) * 100 + (value[3] ?? 0);
    if (type === ATTRIBUTE.messageIntegrity) {
      const expected = integrityOf(datagram.subarray(0, at), password);
      if (value.length !== expected.length || !timingSafeEqual(value, expected)) return null;
      intact = true;
    }
    at += 4 + length + (-length & 3);
  }
  // Error answers to a wrong user name come without integrity.
  return intact || message.type === BINDING_ERROR ? message : null;
}

export interface BindingRequest {
  /** `remote:local` user name fragments. */
  username: string;
  /** The other side's. */
  password: string;
  role: 'controlling' | 'controlled';
  /** 8 bytes, the same in all requests of an agent. */
  tieBreaker: Buffer;
  nominate: boolean;
}

/** A connectivity check, and the id that its answer carries. */
export function bindingRequest(request: BindingRequest): { message: Buffer; transactionId: Buffer } {
  const transactionId = randomBytes(12);
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(HOST_PRIORITY);
  const role = request.role === 'controlling' ? ATTRIBUTE.iceControlling : ATTRIBUTE.iceControlled;
  const attributes = [
    attribute(ATTRIBUTE.username, Buffer.from(request.username)),
    attribute(ATTRIBUTE.priority, priority),
    attribute(role, request.tieBreaker),
    ...(request.nominate ? [attribute(ATTRIBUTE.useCandidate, Buffer.alloc(0))] : []),
  ];
  return { message: seal(BINDING_REQUEST, transactionId, attributes, request.password), transactionId };
}

/** The answer to a check that came from this IPv4 address. */
export function bindingSuccess(
  transactionId: Buffer,
  source: { address: string; port: number },
  password: string,
): Buffer {
  const mapped = Buffer.alloc(8);
  mapped[1] = 1;
  mapped.writeUInt16BE(source.port ^ (MAGIC_COOKIE >>> 16), 2);
  const address = source.address.split('.').reduce((whole, part) => whole * 256 + Number(part), 0);
  mapped.writeUInt32BE((address ^ MAGIC_COOKIE) >>> 0, 4);
  return seal(BINDING_SUCCESS, transactionId, [attribute(ATTRIBUTE.xorMappedAddress, mapped)], password);
}

function attribute(type: number, value: Buffer): Buffer {
  const whole = Buffer.alloc(4 + value.length + (-value.length & 3));
  whole.writeUInt16BE(type, 0);
  whole.writeUInt16BE(value.length, 2);
  value.copy(whole, 4);
  return whole;
}

function seal(type: number, transactionId: Buffer, attributes: Buffer[], password: string): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(header, 8);
  const open = Buffer.concat([header, ...attributes]);
  const signed = Buffer.concat([open, attribute(ATTRIBUTE.messageIntegrity, integrityOf(open, password))]);
  // The length counts the FINGERPRINT too, which covers everything before it (RFC 8489, 14.7).
  signed.writeUInt16BE(signed.length - HEADER + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([signed, attribute(ATTRIBUTE.fingerprint, fingerprint)]);
}

/** MESSAGE-INTEGRITY of what stands before it, with a length that reaches to its own end (RFC 8489, 14.5). */
function integrityOf(before: Buffer, password: string): Buffer {
  const covered = Buffer.from(before);
  covered.writeUInt16BE(before.length - HEADER + 24, 2);
  return createHmac('sha1', password).update(covered).digest();
}
