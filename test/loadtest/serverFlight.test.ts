import { describe, expect, it } from '@jest/globals';
import { ServerFlight } from '../../loadtest/endpoint/ServerFlight.ts';

interface Fragment {
  type: number;
  number: number;
  length?: number;
  offset?: number;
  fragment?: number;
  epoch?: number;
}

/** A datagram of handshake records (RFC 6347, 4.1 and 4.2.2). */
function datagram(...fragments: Fragment[]): Buffer {
  return Buffer.concat(
    fragments.map(({ type, number, length = 10, offset = 0, fragment = length - offset, epoch = 0 }) => {
      const record = Buffer.alloc(25 + fragment);
      record[0] = 22;
      record.writeUInt16BE(epoch, 3);
      record.writeUInt16BE(12 + fragment, 11);
      record[13] = type;
      record.writeUIntBE(length, 14, 3);
      record.writeUInt16BE(number, 17);
      record.writeUIntBE(offset, 19, 3);
      record.writeUIntBE(fragment, 22, 3);
      return record;
    }),
  );
}

const hello = { type: 2, number: 0 };
const certificate = { type: 11, number: 1 };
const done = { type: 14, number: 2, length: 0 };

describe('ServerFlight', () => {
  it('takes the first flight, in one datagram or in many, and knows its repetition', () => {
    const one = new ServerFlight();
    expect(one.isRepeated(datagram(hello, certificate, done))).toBe(false);
    expect(one.isRepeated(datagram(hello))).toBe(true);
    expect(one.isRepeated(datagram(done))).toBe(true);
    const many = new ServerFlight();
    for (const message of [hello, certificate, done]) expect(many.isRepeated(datagram(message))).toBe(false);
    expect(many.isRepeated(datagram(hello, certificate, done))).toBe(true);
  });

  it('takes the repetition of a flight of which something was lost', () => {
    const flight = new ServerFlight();
    const half = { ...certificate, length: 20, fragment: 10 };
    expect(flight.isRepeated(datagram(hello))).toBe(false);
    expect(flight.isRepeated(datagram(half))).toBe(false);
    expect(flight.isRepeated(datagram(done))).toBe(false);
    expect(flight.isRepeated(datagram(half))).toBe(false);
    expect(flight.isRepeated(datagram({ ...certificate, length: 20, offset: 10 }))).toBe(false);
    expect(flight.isRepeated(datagram(hello))).toBe(true);
  });

  it('takes one request for the cookie, and then the flight that is numbered after it', () => {
    const flight = new ServerFlight();
    const verify = { type: 3, number: 0 };
    const messages = [hello, certificate, done].map((message) => ({
      ...message,
      number: message.number + 1,
    }));
    expect(flight.isRepeated(datagram(verify))).toBe(false);
    expect(flight.isRepeated(datagram(verify))).toBe(true);
    expect(flight.isRepeated(datagram(...messages))).toBe(false);
    expect(flight.isRepeated(datagram(...messages))).toBe(true);
  });

  it('lets pass what comes after it', () => {
    const flight = new ServerFlight();
    flight.isRepeated(datagram(hello, certificate, done));
    // A change of the cipher with the encrypted end, an alert, and garbage.
    expect(flight.isRepeated(Buffer.from([20, 254, 253, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 1]))).toBe(false);
    expect(flight.isRepeated(datagram({ type: 20, number: 3, epoch: 1 }))).toBe(false);
    expect(flight.isRepeated(Buffer.from([21, 254, 253, 0, 1, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40]))).toBe(false);
    expect(flight.isRepeated(Buffer.from([22, 1]))).toBe(false);
    expect(flight.isRepeated(Buffer.alloc(0))).toBe(false);
  });
});
