import { describe, expect, it } from '@jest/globals';
import {
  decodeDownFrame,
  decodeUpFrame,
  encodeDataFrame,
  MAX_DATA_FRAME,
  MAX_DATA_PAYLOAD,
} from '../../src/protocol/dataFrame.ts';

const payload = new Uint8Array([1, 2, 3]);

describe('the framing of data messages', () => {
  it('brings back what went in', () => {
    const up = { format: 'bytes', topic: 'cursor', to: ['a', 'b'] } as const;
    expect(decodeUpFrame(encodeDataFrame({ ...up, to: [...up.to] }, payload))).toEqual({
      header: up,
      payload,
    });
    const down = { format: 'text', from: 'a' } as const;
    expect(decodeDownFrame(encodeDataFrame(down, payload))).toEqual({ header: down, payload });
  });

  it('takes an empty payload and the largest, and none beyond', () => {
    const header = { format: 'bytes' } as const;
    for (const size of [0, MAX_DATA_PAYLOAD]) {
      const frame = encodeDataFrame(header, new Uint8Array(size));
      expect(decodeUpFrame(frame)?.payload).toHaveLength(size);
    }
    expect(() => encodeDataFrame(header, new Uint8Array(MAX_DATA_PAYLOAD + 1))).toThrow(RangeError);
    const crowd = Array.from({ length: 2000 }, (_, i) => `peer-${i}`);
    expect(() => encodeDataFrame({ ...header, to: crowd }, new Uint8Array(MAX_DATA_PAYLOAD))).toThrow(
      RangeError,
    );
  });

  it('lets the server put the sender in where the addressees were, at every size', () => {
    const to = Array.from({ length: 300 }, (_, i) => `peer-${String(i).padStart(30, '0')}`);
    const topic = 'x'.repeat(128);
    const frame = encodeDataFrame({ format: 'bytes', topic, to }, new Uint8Array(MAX_DATA_PAYLOAD));
    const decoded = decodeUpFrame(frame)!;
    expect(
      encodeDataFrame({ format: 'bytes', topic, from: 'p'.repeat(36) }, decoded.payload).length,
    ).toBeLessThan(MAX_DATA_FRAME);
  });

  it('answers garbage with undefined', () => {
    const raw = (header: unknown, version = 1): Uint8Array => {
      const bytes = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
      return new Uint8Array([version, bytes.length >> 8, bytes.length & 0xff, ...bytes]);
    };
    expect(decodeUpFrame(raw({ format: 'bytes' }))).toBeDefined();
    for (const frame of [
      new Uint8Array(),
      new Uint8Array([1, 255, 255]),
      new Uint8Array(MAX_DATA_FRAME + 1),
      raw({ format: 'bytes' }, 2),
      raw('{'),
      raw('null'),
      raw('[]'),
      raw({}),
      raw({ format: 'xml' }),
      raw({ format: 'bytes', topic: 5 }),
      raw({ format: 'bytes', topic: 'x'.repeat(129) }),
      raw({ format: 'bytes', to: 'all' }),
      raw({ format: 'bytes', to: [1] }),
      new Uint8Array([1, 0, 1, 0xff]),
    ]) {
      expect(decodeUpFrame(frame)).toBeUndefined();
    }
    expect(decodeDownFrame(raw({ format: 'bytes' }))).toBeUndefined();
  });
});
