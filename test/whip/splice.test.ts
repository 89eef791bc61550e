import { describe, expect, it } from '@jest/globals';
import { canBeginWith } from '../../src/whip/play/rtpPayload.ts';
import { Splice } from '../../src/whip/play/Splice.ts';

const STREAM = { payloadType: 101, ssrc: 7 };
const VIDEO = { mimeType: 'video/VP8', clockRate: 90_000 };

interface Sent {
  sequence: number;
  timestamp: number;
  payload?: readonly number[];
  marker?: boolean;
  /** CSRCs and a header extension, which a splice leaves out. */
  extras?: boolean;
}

function rtp({ sequence, timestamp, payload = [0x10, 1, 2], marker = false, extras = false }: Sent): Buffer {
  const header = Buffer.alloc(extras ? 28 : 12);
  header.writeUInt8(extras ? 0x92 : 0x80, 0);
  header.writeUInt8((marker ? 0x80 : 0) | 96, 1);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(timestamp, 4);
  header.writeUInt32BE(99, 8);
  if (extras) header.writeUInt32BE(0xbede_0001, 20);
  return Buffer.concat([header, Buffer.from(payload)]);
}

function read(packet: Buffer | undefined) {
  if (!packet) return undefined;
  return {
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    payload: [...packet.subarray(12)],
  };
}

/** Sequence numbers and timestamps as they go on. */
const timing = (packet: Buffer | undefined): [number, number] | undefined => {
  const is = read(packet);
  return is && [is.sequence, is.timestamp];
};

describe('a splice', () => {
  it('gives packets the payload type and SSRC of the stream, and leaves out what only the source knows', () => {
    const next = new Splice(STREAM, VIDEO).next(
      rtp({ sequence: 5, timestamp: 1000, marker: true, extras: true }),
      0,
    );
    expect([...(next ?? [])]).toEqual([0x80, 0x80 | 101, 0, 5, 0, 0, 3, 232, 0, 0, 0, 7, 0x10, 1, 2]);
  });

  it('goes on with the numbers of one source, whatever is lost or late', () => {
    const splice = new Splice(STREAM, VIDEO);
    const sent = [65_534, 65_535, 1, 0, 2].map((sequence) => splice.next(rtp({ sequence, timestamp: 9 }), 0));
    expect(sent.map((packet) => read(packet)?.sequence)).toEqual([65_534, 65_535, 1, 0, 2]);
  });

  it('lets another source follow: the next number, and as much later as it is', () => {
    const splice = new Splice(STREAM, VIDEO);
    splice.next(rtp({ sequence: 100, timestamp: 5000 }), 0);
    splice.cut();
    expect(timing(splice.next(rtp({ sequence: 40_000, timestamp: 4_000_000_000 }), 40))).toEqual([101, 8600]);
    expect(timing(splice.next(rtp({ sequence: 40_001, timestamp: 4_000_003_000 }), 73))).toEqual([
      102, 11_600,
    ]);
  });

  it('never has two pictures of one time', () => {
    const splice = new Splice(STREAM, VIDEO);
    splice.next(rtp({ sequence: 1, timestamp: 5000 }), 0);
    splice.cut();
    expect(timing(splice.next(rtp({ sequence: 9, timestamp: 7 }), 0))).toEqual([2, 5001]);
  });

  it('follows the last of a source, not the one that came late', () => {
    const splice = new Splice(STREAM, VIDEO);
    for (const sequence of [10, 12, 11]) splice.next(rtp({ sequence, timestamp: sequence * 100 }), 0);
    splice.cut();
    expect(read(splice.next(rtp({ sequence: 500, timestamp: 1 }), 0))?.sequence).toBe(13);
  });

  it('leaves out what was sent before the first of a source, but counts round', () => {
    const splice = new Splice(STREAM, VIDEO);
    splice.next(rtp({ sequence: 0, timestamp: 1 }), 0);
    expect(splice.next(rtp({ sequence: 65_535, timestamp: 0 }), 0)).toBeUndefined();
    for (let sequence = 1; sequence < 40_000; sequence += 1) splice.next(rtp({ sequence, timestamp: 1 }), 0);
    // By now it is one that is far ahead.
    expect(read(splice.next(rtp({ sequence: 40_000, timestamp: 1 }), 0))?.sequence).toBe(40_000);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['less than a header', rtp({ sequence: 1, timestamp: 1 }).subarray(0, 11)],
    ['no payload', rtp({ sequence: 1, timestamp: 1, payload: [] })],
    [
      'an extension without its end',
      Buffer.from([...rtp({ sequence: 1, timestamp: 1, extras: true })].slice(0, 22)),
    ],
    ['RTP of another version', Buffer.alloc(40)],
  ])('leaves out what is no packet: %s', (_what, packet) => {
    expect(new Splice(STREAM, VIDEO).next(packet, 0)).toBeUndefined();
  });
});

/** What the payloads become of one source and, after a cut, of another. */
function spliced(mimeType: string, first: readonly number[][], second: readonly number[][]): number[][] {
  const splice = new Splice(STREAM, { mimeType, clockRate: 90_000 });
  const all = (payloads: readonly number[][], from: number) =>
    payloads.map(
      (payload, i) => read(splice.next(rtp({ sequence: from + i, timestamp: i, payload }), i))?.payload ?? [],
    );
  const before = all(first, 0);
  splice.cut();
  return [...before, ...all(second, 1000)];
}

describe('picture ids', () => {
  it('of VP8 go on: 15 bits, and the index of the base layer', () => {
    // X; I and L; the id of 15 bits; TL0PICIDX; the rest.
    const vp8 = (id: number, tl0: number) => [0x90, 0xc0, 0x80 | (id >> 8), id & 0xff, tl0, 0xaa];
    expect(
      spliced('video/VP8', [vp8(32_766, 254), vp8(32_767, 255)], [vp8(5, 9), vp8(6, 9), vp8(7, 10)]),
    ).toEqual([vp8(32_766, 254), vp8(32_767, 255), vp8(0, 0), vp8(1, 0), vp8(2, 1)]);
  });

  it('of VP8 go on: 7 bits, without an index', () => {
    const vp8 = (id: number) => [0x90, 0x80, id, 0xaa];
    expect(spliced('video/VP8', [vp8(126), vp8(127)], [vp8(50), vp8(51)])).toEqual([126, 127, 0, 1].map(vp8));
  });

  it('of VP9 go on, with layers', () => {
    // I and L; the id of 15 bits; layers; TL0PICIDX.
    const vp9 = (id: number, tl0: number) => [0xa0, 0x80 | (id >> 8), id & 0xff, 0x00, tl0, 0xaa];
    expect(spliced('video/VP9', [vp9(300, 7)], [vp9(20, 90), vp9(21, 91)])).toEqual([
      vp9(300, 7),
      vp9(301, 8),
      vp9(302, 9),
    ]);
  });

  it('of VP9 in flexible mode go on; there is no index, and differences stay', () => {
    // I, P, L and F; the id; layers; one difference.
    const vp9 = (id: number) => [0xf0, 0x80 | (id >> 8), id & 0xff, 0x00, 0x02, 0xaa];
    expect(spliced('video/VP9', [vp9(300)], [vp9(20)])).toEqual([vp9(300), vp9(301)]);
  });

  it('stay where a codec has none', () => {
    for (const mimeType of ['video/H264', 'video/AV1', 'audio/opus'])
      expect(spliced(mimeType, [[0xff, 0xff, 0xff]], [[0xff, 0xff, 0xff]])).toEqual([
        [0xff, 0xff, 0xff],
        [0xff, 0xff, 0xff],
      ]);
  });

  it('of late packets do not move those that follow', () => {
    const vp8 = (id: number) => [0x90, 0x80, 0x80 | (id >> 8), id & 0xff, 0xaa];
    expect(spliced('video/VP8', [vp8(10), vp8(12), vp8(11)], [vp8(900)])).toEqual([10, 12, 11, 13].map(vp8));
  });

  it.each([
    ['video/VP8', [0x90]],
    ['video/VP8', [0x90, 0xc0]],
    ['video/VP8', [0x90, 0xc0, 0x80]],
    ['video/VP9', [0xa0]],
    ['video/VP9', [0xa0, 0x80]],
  ])('of %s that ends in the middle are left alone', (mimeType, payload) => {
    expect(spliced(mimeType, [payload], [])).toEqual([payload]);
  });
});

describe('what a decoder can begin with', () => {
  it('is the packet of AV1 that begins a coded video sequence, of which mediasoup knows nothing', () => {
    const packet = (aggregation: number) => rtp({ sequence: 1, timestamp: 1, payload: [aggregation, 1] });
    expect([0x18, 0x08, 0x10, 0x00].map((byte) => canBeginWith('video/AV1', packet(byte)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(canBeginWith('video/AV1', Buffer.alloc(3))).toBe(false);
  });

  it('is whatever mediasoup gives first of others', () => {
    for (const mimeType of ['video/VP8', 'video/VP9', 'video/H264', 'audio/opus'])
      expect(canBeginWith(mimeType, rtp({ sequence: 1, timestamp: 1 }))).toBe(true);
  });
});
