// @ts-check
import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Attribute types (RFC 8489 section 18.3, RFC 8445 section 16.1). */
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLING = 0x802a;

/**
 * The STUN Binding request with which a controlling ICE agent selects a candidate of the agent that has the given
 * user name fragment and password (RFC 8445 section 7.2.2).
 *
 * @param {{ usernameFragment: string, password: string }} remote
 * @returns {Buffer}
 */
export function bindingRequest({ usernameFragment, password }) {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(0x0001, 0);
  header.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(header, 8);

  const request = Buffer.concat([
    header,
    attribute(USERNAME, Buffer.from(`${usernameFragment}:probe`)),
    attribute(PRIORITY, uint32(0x7e0000ff)),
    attribute(ICE_CONTROLLING, randomBytes(8)),
    attribute(USE_CANDIDATE, Buffer.alloc(0)),
  ]);
  // Each of the last two covers all before it, with a length that counts itself in already.
  const hmac = createHmac('sha1', password).update(withLength(request, 24)).digest();
  const message = withLength(Buffer.concat([request, attribute(MESSAGE_INTEGRITY, hmac)]), 8);
  return Buffer.concat([message, attribute(FINGERPRINT, uint32((crc32(message) ^ 0x5354554e) >>> 0))]);
}

/**
 * @param {number} type
 * @param {Buffer} value
 */
function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/**
 * @param {Buffer} message
 * @param {number} room What is still to come, in bytes.
 */
function withLength(message, room) {
  message.writeUInt16BE(message.length - 20 + room, 2);
  return message;
}

/** @param {number} value */
function uint32(value) {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
