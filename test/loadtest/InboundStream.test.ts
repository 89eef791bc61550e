import { describe, expect, it } from '@jest/globals';
import { InboundStream, type PacketSink } from '../../loadtest/rtp/InboundStream.ts';
import { seededRandom } from '../../loadtest/rtp/random.ts';

/** Writes down what it is told. */
class Recorder implements PacketSink {
  readonly packets: number[] = [];
  readonly lostOnes: number[] = [];
  readonly restarts: number[] = [];
  packet(sequence: number): void {
    this.packets.push(sequence);
  }
  lost(sequence: number): void {
    this.lostOnes.push(sequence);
  }
  restarted(sequence: number): void {
    this.restarts.push(sequence);
  }
  paused(): void {}
  resumed(): void {}
}

const audio = (sink?: PacketSink): InboundStream =>
  new InboundStream({ ssrc: 1, clockRate: 48_000, nack: false, ...(sink ? { sink } : {}) });
const video = (sink?: PacketSink): InboundStream =>
  new InboundStream({ ssrc: 1, rtxSsrc: 2, clockRate: 90_000, nack: true, ...(sink ? { sink } : {}) });

describe('an inbound stream', () => {
  it.each([
    { loss: 0, reorder: 0, duplicate: 0 },
    { loss: 0.05, reorder: 0.02, duplicate: 0.01 },
    { loss: 0.3, reorder: 0.3, duplicate: 0.1 },
  ])('counts like a naive model: %j', ({ loss, reorder, duplicate }) => {
    const random = seededRandom(11);
    const arrivals: { sequence: number; at: number }[] = [];
    const start = 65_000;
    for (let sequence = start; sequence < start + 20_000; sequence++) {
      const sent = (sequence - start) * 20;
      const delay = (): number => (random() < reorder ? random() * 200 : 0);
      if (sequence === start || random() >= loss) {
        arrivals.push({ sequence, at: sequence === start ? sent : sent + delay() });
        if (random() < duplicate) arrivals.push({ sequence, at: sent + delay() });
      }
    }
    arrivals.sort((a, b) => a.at - b.at);
    const recorder = new Recorder();
    const stream = audio(recorder);
    const seen = new Set<number>();
    let highest = -1;
    let reordered = 0;
    for (const { sequence, at } of arrivals) {
      const fresh = !seen.has(sequence);
      seen.add(sequence);
      if (fresh && sequence < highest) reordered++;
      highest = Math.max(highest, sequence);
      const got = stream.receive(sequence & 0xffff, sequence * 960, true, at);
      if (got !== (fresh ? sequence : -1)) throw new Error(`${got} for ${sequence}`);
      if (stream.takeNacks(at, 0).length > 0) throw new Error('audio was asked for');
    }
    stream.end(1e9);
    const expected = highest - start + 1;
    expect(stream.counts).toEqual({
      expected,
      received: seen.size,
      recovered: 0,
      lost: expected - seen.size,
      duplicates: arrivals.length - seen.size,
      reordered,
      late: 0,
      redundant: 0,
      requested: 0,
      requests: 0,
      restarts: 0,
    });
    expect(recorder.packets).toHaveLength(seen.size);
    expect(recorder.packets.every((sequence) => seen.has(sequence))).toBe(true);
    expect(recorder.lostOnes.some((sequence) => seen.has(sequence))).toBe(false);
  });

  it.each([
    { loss: 0.1, rtxLoss: 0.1, rtt: 40 },
    { loss: 0.3, rtxLoss: 0.7, rtt: 5 },
    { loss: 0.02, rtxLoss: 1, rtt: 100 },
  ])('recovers what it asks for, and gives up after ten times: %j', ({ loss, rtxLoss, rtt }) => {
    const random = seededRandom(12);
    const recorder = new Recorder();
    const stream = video(recorder);
    const start = 60_000;
    const asked = new Map<number, number[]>();
    const answers: { sequence: number; at: number }[] = [];
    const absent = new Set<number>();
    const recovered = new Set<number>();
    let redundant = 0;
    let now = 0;
    const ask = (): void => {
      for (const sequence of stream.takeNacks(now, rtt)) {
        const unwrapped = start + ((sequence - start) & 0xffff);
        asked.set(unwrapped, [...(asked.get(unwrapped) ?? []), now]);
        if (!absent.has(unwrapped)) throw new Error('asked for what was there');
        if (random() >= rtxLoss) answers.push({ sequence: unwrapped, at: now + rtt });
        if (random() < 0.1) answers.push({ sequence: unwrapped, at: now + rtt });
      }
    };
    const total = 10_000;
    for (let index = 0; index < total + 2000; index++) {
      now += 1;
      while ((answers[0]?.at ?? Infinity) <= now) {
        const { sequence } = answers.shift()!;
        const got = stream.rtx(sequence & 0xffff, 0, false, now);
        if (got === -1) redundant++;
        else recovered.add(got);
      }
      if (index < total) {
        const sequence = start + index;
        // The last ones come, so that every gap is seen.
        if (index === 0 || index === total - 1 || random() >= loss) {
          stream.receive(sequence & 0xffff, 0, false, now);
        } else absent.add(sequence);
        if (stream.nackDue) ask();
      }
      if (index % 10 === 0) ask();
    }
    stream.end(now);
    const lost = [...absent].filter((sequence) => !recovered.has(sequence));
    const { counts } = stream;
    expect(counts).toMatchObject({
      expected: total,
      received: total - absent.size,
      recovered: recovered.size,
      lost: lost.length,
      requested: absent.size,
      requests: [...asked.values()].flat().length,
      duplicates: 0,
      reordered: 0,
    });
    expect(counts.redundant + counts.late).toBe(redundant);
    expect([...recorder.lostOnes].sort((a, b) => a - b)).toEqual(lost);
    expect(lost.length > 0).toBe(rtxLoss > 0.5);
    expect(lost.filter((sequence) => asked.get(sequence)?.length !== 10)).toEqual([]);
    const gaps = [...asked.values()].flatMap((times) =>
      times.slice(1).map((at, index) => at - times[index]!),
    );
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.max(20, rtt * 1.5));
  });

  it('asks for a gap at once, and for each packet separately after that', () => {
    const stream = video();
    stream.receive(65_534, 0, false, 0);
    expect(stream.nackDue).toBe(false);
    stream.receive(1, 0, false, 10);
    expect(stream.nackDue).toBe(true);
    expect(stream.takeNacks(10, 100)).toEqual([65_535, 0]);
    expect(stream.nackDue).toBe(false);
    stream.receive(3, 0, false, 100);
    expect(stream.takeNacks(100, 100)).toEqual([2]);
    expect(stream.takeNacks(159, 100)).toEqual([]);
    expect(stream.takeNacks(160, 100)).toEqual([65_535, 0]);
    expect(stream.rtx(0, 0, false, 170)).toBe(65_536);
    expect(stream.takeNacks(400, 100)).toEqual([65_535, 2]);
  });

  it('waits for 1000 packets at most, and gives up the oldest', () => {
    const recorder = new Recorder();
    const stream = video(recorder);
    stream.receive(0, 0, false, 0);
    stream.receive(2001, 0, false, 1);
    expect(stream.missing).toBe(1000);
    expect(stream.counts.lost).toBe(1000);
    expect(recorder.lostOnes).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    expect(stream.takeNacks(1, 0)[0]).toBe(1001);
  });

  it('keeps a packet lost that comes after it was given up, and tells it from a copy', () => {
    const stream = audio();
    stream.receive(0, 0, false, 0);
    stream.receive(2, 0, false, 40);
    stream.takeNacks(1039, 0);
    expect(stream.counts.lost).toBe(0);
    stream.takeNacks(1040, 0);
    expect(stream.counts.lost).toBe(1);
    expect(stream.receive(1, 0, false, 1050)).toBe(-1);
    expect(stream.receive(1, 0, false, 1051)).toBe(-1);
    expect(stream.counts).toMatchObject({ expected: 3, received: 2, lost: 1, late: 1, duplicates: 1 });
  });

  it('takes a packet that was asked for and comes on the SSRC itself as recovered, where there is no RTX', () => {
    const stream = new InboundStream({ ssrc: 1, clockRate: 90_000, nack: true });
    stream.receive(0, 0, false, 0);
    stream.receive(3, 0, false, 1);
    expect(stream.receive(1, 0, false, 2)).toBe(1);
    stream.takeNacks(2, 10);
    expect(stream.receive(2, 0, false, 12)).toBe(2);
    expect(stream.counts).toMatchObject({ received: 3, reordered: 1, recovered: 1, lost: 0 });
  });

  it.each([20_000, 40_000, 60_000, 4001])('takes a step to %d as a new start and not as loss', (to) => {
    const recorder = new Recorder();
    const stream = video(recorder);
    for (let sequence = 1000; sequence <= 1000 + 10; sequence++) stream.receive(sequence, 0, false, 0);
    const first = stream.receive(to + 10, 0, false, 1);
    expect(first & 0xffff).toBe(to + 10);
    expect(stream.receive(to + 11, 0, false, 2)).toBe(first + 1);
    expect(stream.counts).toMatchObject({ expected: 13, received: 13, lost: 0, restarts: 1 });
    expect(recorder.restarts).toEqual([1000, first]);
    expect(first).toBeGreaterThan(1010);
  });

  it('takes many old packets in a row as a new start that went a little back', () => {
    const stream = audio();
    for (let sequence = 2000; sequence < 3000; sequence++) stream.receive(sequence, 0, false, 0);
    for (let sequence = 1000; sequence < 1500; sequence++) stream.receive(sequence, 0, false, 0);
    expect(stream.counts).toMatchObject({
      received: 1400,
      duplicates: 100,
      restarts: 1,
      lost: 0,
      expected: 1400,
    });
  });

  it('loses nothing over a pause, whether the numbers go on or not', () => {
    const stream = video();
    stream.receive(10, 0, false, 0);
    stream.receive(12, 0, false, 1);
    stream.takeNacks(1, 10);
    stream.pause(2);
    expect(stream.isPaused).toBe(true);
    expect(stream.takeNacks(500, 10)).toEqual([]);
    stream.resume(5000);
    expect(stream.receive(13, 0, false, 5001)).toBe(13);
    expect(stream.counts).toMatchObject({ expected: 3, received: 3, lost: 0, restarts: 0 });
    stream.pause(6000);
    stream.resume(7000);
    expect(stream.receive(100, 0, false, 7001)).toBe(100);
    expect(stream.receive(102, 0, false, 7002)).toBe(102);
    stream.end(9000);
    expect(stream.counts).toMatchObject({ expected: 6, received: 5, lost: 1, restarts: 1 });
  });

  it('counts as lost at its end what is more than reordered, and forgets the rest', () => {
    const stream = audio();
    for (const [sequence, at] of [
      [1, 0],
      [3, 20],
      [5, 140],
    ] as const)
      stream.receive(sequence, 0, false, at);
    stream.end(150);
    expect(stream.counts).toMatchObject({ expected: 4, received: 3, lost: 1 });
  });

  it('measures jitter as RFC 3550 does, over wraps of the timestamp and out of order', () => {
    const random = seededRandom(13);
    const stream = audio();
    let jitter = 0;
    let before: { arrival: number; timestamp: number } | undefined;
    const order = Array.from({ length: 3000 }, (_, index) => index);
    for (let index = 10; index < 2990; index += 50)
      [order[index], order[index + 1]] = [order[index + 1]!, order[index]!];
    let arrival = 0;
    for (const index of order) {
      arrival = Math.max(arrival, index * 20 + random() * 15);
      // In timestamp units and with big numbers, as the RFC writes it: D(i,j) = (Rj - Ri) - (Sj - Si).
      const timestamp = 0xffff0000 + index * 960;
      if (before) {
        const d = (arrival - before.arrival) * 48 - (timestamp - before.timestamp);
        jitter += (Math.abs(d) - jitter) / 16;
      }
      before = { arrival, timestamp };
      stream.receive(index, timestamp % 2 ** 32, false, arrival);
    }
    expect(jitter).toBeGreaterThan(100);
    expect(stream.jitter).toBeCloseTo(jitter / 48, 6);
    expect(stream.reportBlock(arrival)?.jitter).toBe(Math.round(jitter));
  });

  it('reports loss since the report before, and all of it', () => {
    const stream = video();
    expect(stream.reportBlock(0)).toBeNull();
    for (let sequence = 65_500; sequence < 65_600; sequence++) {
      if (sequence % 4 !== 1) stream.receive(sequence & 0xffff, 0, false, 0);
    }
    expect(stream.reportBlock(0)).toEqual({
      ssrc: 1,
      fractionLost: 64,
      cumulativeLost: 25,
      highestSequence: 65_599,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    });
    stream.senderReport(0x11112222_33334444n, 1000);
    for (let sequence = 65_600; sequence < 65_700; sequence++)
      stream.receive(sequence & 0xffff, 0, false, 1100);
    expect(stream.reportBlock(1500)).toMatchObject({
      fractionLost: 0,
      cumulativeLost: 25,
      highestSequence: 65_699,
      lastSenderReport: 0x22223333,
      delaySinceLastSenderReport: 32_768,
    });
  });
});
