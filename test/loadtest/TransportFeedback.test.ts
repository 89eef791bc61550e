import { describe, expect, it } from '@jest/globals';
import { RtcpPacketConverter, type RtcpTransportLayerFeedback, TransportWideCC } from 'werift';
import { seededRandom } from '../../loadtest/rtp/random.ts';
import { readRtcp } from '../../loadtest/rtp/rtcp.ts';
import { TransportFeedback } from '../../loadtest/rtp/TransportFeedback.ts';

type Reported = { sequence: number; arrival: number | null };

function reported(packets: readonly Buffer[]): Reported[] {
  return packets.flatMap((packet) => {
    const [feedback, ...more] = readRtcp(packet);
    if (feedback?.type !== 'transportFeedback' || more.length > 0) throw new Error('no feedback');
    return feedback.packets;
  });
}

/** The same, as werift understands it: its chunks and deltas, put together here. */
function reportedByWerift(packets: readonly Buffer[]): Reported[] {
  return packets.flatMap((packet) => {
    const [rtcp] = RtcpPacketConverter.deSerialize(packet) as [RtcpTransportLayerFeedback];
    const feedback = rtcp.feedback as TransportWideCC;
    expect(feedback).toBeInstanceOf(TransportWideCC);
    const statuses = feedback.packetChunks.flatMap((chunk) =>
      'runLength' in chunk ? Array<number>(chunk.runLength).fill(chunk.packetStatus) : chunk.symbolList,
    );
    let time = feedback.referenceTime * 64;
    let delta = 0;
    return statuses.slice(0, feedback.packetStatusCount).map((status, index) => {
      const sequence = (feedback.baseSequenceNumber + index) & 0xffff;
      if (status === 0) return { sequence, arrival: null };
      const next = feedback.recvDeltas[delta++]!;
      if (Number(next.type) !== status) throw new Error('a delta of another kind');
      time += next.delta / 1000;
      return { sequence, arrival: time };
    });
  });
}

const rounded = (ms: number): number => Math.round(ms * 4) / 4;

describe('transport feedback', () => {
  it('reports what came and what is missing, from one report to the next', () => {
    const feedback = new TransportFeedback(7);
    feedback.mediaSsrc = 9;
    feedback.record(10, 1000.25);
    feedback.record(11, 1001);
    feedback.record(14, 1100);
    const packets = feedback.build(1100);
    expect(readRtcp(Buffer.concat(packets))).toEqual([
      {
        type: 'transportFeedback',
        sender: 7,
        media: 9,
        baseSequence: 10,
        referenceTime: 15,
        feedbackCount: 0,
        packets: [
          { sequence: 10, arrival: 1000.25 },
          { sequence: 11, arrival: 1001 },
          { sequence: 12, arrival: null },
          { sequence: 13, arrival: null },
          { sequence: 14, arrival: 1100 },
        ],
      },
    ]);
    feedback.record(16, 1180);
    expect(feedback.build(1199)).toEqual([]);
    expect(reported(feedback.build(1200))).toEqual([
      { sequence: 15, arrival: null },
      { sequence: 16, arrival: 1180 },
    ]);
    expect(feedback.build(5000)).toEqual([]);
  });

  it('reports again from a packet that came late, once', () => {
    const feedback = new TransportFeedback(1);
    for (const sequence of [65_534, 1, 2]) feedback.record(sequence, 100);
    feedback.build(100);
    feedback.record(65_535, 150);
    feedback.record(65_535, 160);
    feedback.record(1, 170);
    expect(reported(feedback.build(300))).toEqual([
      { sequence: 65_535, arrival: 150 },
      { sequence: 0, arrival: null },
      { sequence: 1, arrival: 100 },
      { sequence: 2, arrival: 100 },
    ]);
    expect(feedback.build(500)).toEqual([]);
  });

  it('starts anew where the numbering does, and never looks back', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(30_000, 100);
    feedback.build(100);
    feedback.record(10_000, 200);
    feedback.record(10_001, 201);
    expect(reported(feedback.build(300))).toEqual([
      { sequence: 10_000, arrival: 200 },
      { sequence: 10_001, arrival: 201 },
    ]);
  });

  it('splits where a delta would not fit, and keeps each packet short', () => {
    const feedback = new TransportFeedback(1);
    const random = seededRandom(3);
    feedback.record(0, 0);
    feedback.record(1, 9000);
    const expected: Reported[] = [
      { sequence: 0, arrival: 0 },
      { sequence: 1, arrival: 9000 },
    ];
    let sequence = 1;
    for (let index = 0; index < 3000; index++) {
      const step = 1 + Math.floor(random() * 8);
      for (let missing = 1; missing < step; missing++)
        expected.push({ sequence: sequence + missing, arrival: null });
      sequence += step;
      const arrival = rounded(9000 + index * 65 + random() * 64);
      feedback.record(sequence, arrival);
      expected.push({ sequence, arrival });
    }
    const packets = feedback.build(1e6);
    expect(packets.length).toBeGreaterThan(2);
    for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(1200);
    expect(reported(packets)).toEqual(expected);
    expect(reportedByWerift(packets)).toEqual(expected);
  });

  it('survives a gap of half the numbers', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(5, 100);
    feedback.record(32_772, 200);
    const statuses = reported(feedback.build(300));
    expect(statuses).toHaveLength(32_768);
    expect(statuses.filter(({ arrival }) => arrival !== null)).toEqual([
      { sequence: 5, arrival: 100 },
      { sequence: 32_772, arrival: 200 },
    ]);
  });

  it.each([
    { loss: 0, reorder: 0, name: 'a clean link' },
    { loss: 0.02, reorder: 0.01, name: 'a usual link' },
    { loss: 0.4, reorder: 0.1, name: 'a terrible link' },
  ])('tells the truth over several wraps on $name', ({ loss, reorder }) => {
    const random = seededRandom(4);
    const feedback = new TransportFeedback(1);
    const model = new Map<number, number>();
    const told = new Map<number, number>();
    const late: number[] = [];
    let now = 1_700_000;
    let base = 65_000;
    let checked = 0;
    const tell = (): void => {
      const packets = feedback.build(now);
      if (packets.length === 0) return;
      const statuses = reported(packets);
      if (checked++ % 50 === 0) expect(reportedByWerift(packets)).toEqual(statuses);
      // What the sender does: sequence numbers are unwrapped near those sent last.
      for (const { sequence, arrival } of statuses) {
        const unwrapped = base + (((sequence - base) << 16) >> 16);
        if (arrival !== null) told.set(unwrapped, arrival);
        else if (told.has(unwrapped)) throw new Error('reported as missing after it came');
      }
    };
    for (let sent = 65_000; sent < 65_000 + 70_000; sent++) {
      base = sent;
      now += random() * 2;
      const receive = (sequence: number): void => {
        feedback.record(sequence & 0xffff, now, 1000);
        if (!model.has(sequence)) model.set(sequence, rounded(now));
      };
      if (random() >= loss) {
        if (random() < reorder) late.push(sent);
        else receive(sent);
      }
      if (late.length > 20 || (late.length > 0 && random() < 0.1)) receive(late.shift()!);
      if (random() < 0.005 && model.has(sent)) receive(sent);
      tell();
    }
    now += 1000;
    tell();
    // Reference times are 24 bits of 64 ms; this run stays within them.
    for (const sequence of model.keys()) {
      if (told.get(sequence) !== model.get(sequence)) {
        expect({ sequence, told: told.get(sequence) }).toEqual({ sequence, told: model.get(sequence) });
      }
    }
    expect(told.size).toBe(model.size);
  });

  it('reports more often the higher the rate, within 50 and 250 ms', () => {
    const intervalAt = (bps: number): number => {
      const feedback = new TransportFeedback(1);
      for (let now = 0; now <= 3000; now += 10) {
        feedback.record(now / 10, now, bps / 800);
        feedback.build(now);
      }
      return feedback.interval;
    };
    expect(intervalAt(10_000)).toBe(250);
    expect(intervalAt(108_800)).toBeCloseTo(100, -1);
    expect(intervalAt(2_000_000)).toBe(50);
    expect(intervalAt(0)).toBe(100);
  });

  it('carries on when the reference time wraps', () => {
    const feedback = new TransportFeedback(1);
    const wrap = 2 ** 24 * 64;
    feedback.record(1, wrap - 1);
    expect(reported(feedback.build(wrap))).toEqual([{ sequence: 1, arrival: wrap - 1 }]);
    feedback.record(2, wrap + 1);
    expect(reported(feedback.build(wrap + 1000))).toEqual([{ sequence: 2, arrival: 1 }]);
  });
});
