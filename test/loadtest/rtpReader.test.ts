import { describe, expect, it } from '@jest/globals';
import { RtpHeader as WeriftHeader, RtpPacket as WeriftPacket } from 'werift';
import { seededRandom } from '../../loadtest/rtp/random.ts';
import { findExtension, newRtpHeader, readRtp } from '../../loadtest/rtp/rtpReader.ts';

/** A packet with extension bytes of a profile, filled up to words. */
function packetWith(profile: number, elements: number[], csrcs = 0): Buffer {
  const words = Math.ceil(elements.length / 4);
  const packet = Buffer.alloc(12 + csrcs * 4 + 4 + words * 4 + 3);
  packet[0] = 0x90 | csrcs;
  packet[1] = 0x80 | 96;
  packet.writeUInt16BE(65_535, 2);
  packet.writeUInt32BE(0xfffffffe, 4);
  packet.writeUInt32BE(0x89abcdef, 8);
  packet.writeUInt16BE(profile, 12 + csrcs * 4);
  packet.writeUInt16BE(words, 14 + csrcs * 4);
  Buffer.from(elements).copy(packet, 16 + csrcs * 4);
  return packet;
}

describe('the RTP reader', () => {
  const header = newRtpHeader();

  it('reads the fixed header, behind CSRCs and extensions too', () => {
    const packet = packetWith(0xbede, [0x10, 7], 2);
    expect(readRtp(packet, header)).toBe(header);
    expect(header).toMatchObject({
      payloadType: 96,
      marker: true,
      sequence: 65_535,
      timestamp: 0xfffffffe,
      ssrc: 0x89abcdef,
      headerLength: 28,
      padding: false,
    });
    expect(findExtension(packet, header, 1)).toBe(25);
    expect(header.valueLength).toBe(1);
  });

  it('finds one-byte extensions behind padding, and stops at 15', () => {
    const packet = packetWith(0xbede, [0, 0, 0x22, 1, 2, 3, 0, 0x51, 8, 9, 0xf0, 1, 0x70, 1]);
    readRtp(packet, header);
    expect(findExtension(packet, header, 2)).toBe(19);
    expect(header.valueLength).toBe(3);
    expect(findExtension(packet, header, 5)).toBe(24);
    expect(header.valueLength).toBe(2);
    expect(findExtension(packet, header, 7)).toBe(-1);
    expect(findExtension(packet, header, 0)).toBe(-1);
  });

  it('finds two-byte extensions, also empty ones and such with high numbers', () => {
    const packet = packetWith(0x1003, [0, 15, 0, 200, 2, 1, 2, 0]);
    readRtp(packet, header);
    expect(findExtension(packet, header, 15)).toBe(19);
    expect(header.valueLength).toBe(0);
    expect(findExtension(packet, header, 200)).toBe(21);
    expect(header.valueLength).toBe(2);
    expect(findExtension(packet, header, 1)).toBe(-1);
  });

  it('does not find an extension that reaches beyond the header', () => {
    const one = packetWith(0xbede, [0x3f, 1, 2, 3]);
    readRtp(one, header);
    expect(findExtension(one, header, 3)).toBe(-1);
    const two = packetWith(0x1000, [3, 3, 1, 2]);
    readRtp(two, header);
    expect(findExtension(two, header, 3)).toBe(-1);
  });

  it('says null to whatever is cut short, RTCP or another version', () => {
    const whole = packetWith(0xbede, [0x10, 7, 0, 0]);
    for (let length = 0; length < 20; length++) expect(readRtp(whole.subarray(0, length), header)).toBeNull();
    expect(readRtp(whole.subarray(0, 20), header)).not.toBeNull();
    const rtcp = Buffer.from(whole);
    rtcp[1] = 200;
    expect(readRtp(rtcp, header)).toBeNull();
    const stun = Buffer.alloc(20);
    expect(readRtp(stun, header)).toBeNull();
  });

  it('reads what werift writes', () => {
    const packet = new WeriftPacket(
      new WeriftHeader({
        payloadType: 111,
        sequenceNumber: 4711,
        timestamp: 123_456_789,
        ssrc: 42,
        marker: false,
        extension: true,
        extensionProfile: 0xbede,
        extensions: [
          { id: 3, payload: Buffer.from([1, 2, 3]) },
          { id: 9, payload: Buffer.from('mid') },
        ],
      }),
      Buffer.from('payload'),
    ).serialize();
    expect(readRtp(packet, header)).toMatchObject({
      payloadType: 111,
      sequence: 4711,
      timestamp: 123_456_789,
    });
    expect(packet.toString('utf8', header.headerLength)).toBe('payload');
    const at = findExtension(packet, header, 9);
    expect(packet.toString('utf8', at, at + header.valueLength)).toBe('mid');
  });

  it('neither throws nor points outside the packet, whatever comes', () => {
    const random = seededRandom(1);
    let read = 0;
    let outside = 0;
    for (let round = 0; round < 20_000; round++) {
      const packet = Buffer.from(
        Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)),
      );
      if (packet.length > 1) {
        packet[0] = 0x80 | ((packet[0] ?? 0) & 0x31);
        if (round % 2 && packet.length > 16) {
          packet.writeUInt16BE(round % 4 === 1 ? 0xbede : 0x1000, 12);
          packet.writeUInt16BE(Math.floor(random() * 10), 14);
        }
      }
      if (!readRtp(packet, header)) continue;
      read++;
      if (header.headerLength > packet.length) outside++;
      for (let id = 0; id < 20; id++) {
        const at = findExtension(packet, header, id);
        if (at !== -1 && at + header.valueLength > header.headerLength) outside++;
      }
    }
    expect(outside).toBe(0);
    expect(read).toBeGreaterThan(1000);
  });
});
