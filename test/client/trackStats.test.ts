import { describe, expect, it } from '@jest/globals';
import { isDecodingTooSlow, senderLimit } from '../../client/lib/mediaLimits.ts';
import { streamsOf, type Stat, type StatsReport } from '../../client/lib/statsReport.ts';
import { connectionStats, trackStats, type TrackKey } from '../../client/lib/trackStats.ts';

function report(...stats: (Omit<Stat, 'timestamp'> & { timestamp?: number })[]): StatsReport {
  return new Map(stats.map((stat) => [stat.id, { timestamp: 10_000, ...stat }]));
}

function at(timestamp: number, earlier: StatsReport, change: Record<string, Partial<Stat>>): StatsReport {
  return new Map([...earlier].map(([id, stat]) => [id, { ...stat, ...change[id], timestamp }]));
}

const camera: TrackKey = {
  producerId: 'p1',
  peerId: 'me',
  source: 'camera',
  kind: 'video',
  direction: 'send',
  mid: '0',
  ssrcs: [],
  trackId: 'track-1',
};
const remote: TrackKey = { ...camera, direction: 'receive', peerId: 'ada', mid: '3', ssrcs: [333] };

const sending = report(
  { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
  { id: 'P1', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 9 },
  {
    id: 'P2',
    type: 'candidate-pair',
    currentRoundTripTime: 0.05,
    availableOutgoingBitrate: 900_000,
    bytesSent: 1000,
  },
  { id: 'C', type: 'codec', mimeType: 'video/VP8' },
  {
    id: 'O1',
    type: 'outbound-rtp',
    mid: '0',
    rid: 'r1',
    active: true,
    codecId: 'C',
    remoteId: 'R1',
    bytesSent: 5000,
    packetsSent: 50,
    frameWidth: 640,
    frameHeight: 360,
    framesPerSecond: 30,
    qualityLimitationReason: 'bandwidth',
  },
  {
    id: 'O0',
    type: 'outbound-rtp',
    mid: '0',
    rid: 'r0',
    active: true,
    codecId: 'C',
    bytesSent: 1000,
    packetsSent: 10,
    frameWidth: 320,
    frameHeight: 180,
    framesPerSecond: 30,
    qualityLimitationReason: 'none',
  },
  { id: 'O2', type: 'outbound-rtp', mid: '0', rid: 'r2', active: false, qualityLimitationReason: 'cpu' },
  { id: 'R1', type: 'remote-inbound-rtp', packetsLost: 4, jitter: 0.01, roundTripTime: 0.08 },
  { id: 'O9', type: 'outbound-rtp', mid: '9', bytesSent: 77, packetsSent: 7 },
);

describe('the figures of a published track', () => {
  it('are those of its layers together, in bps, ms and pixels', () => {
    const later = at(12_000, sending, { O0: { bytesSent: 26_000 }, O1: { bytesSent: 130_000 } });
    expect(trackStats(camera, later, sending)).toEqual({
      producerId: 'p1',
      peerId: 'me',
      source: 'camera',
      kind: 'video',
      direction: 'send',
      bitrate: 600_000,
      packets: 60,
      packetsLost: 4,
      jitter: 10,
      roundTripTime: 80,
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 30,
      framesDropped: null,
      freezeCount: null,
      codec: 'video/VP8',
      layers: [
        { rid: 'r0', width: 320, height: 180, framesPerSecond: 30, bitrate: 100_000, active: true },
        { rid: 'r1', width: 640, height: 360, framesPerSecond: 30, bitrate: 500_000, active: true },
        { rid: 'r2', width: null, height: null, framesPerSecond: null, bitrate: null, active: false },
      ],
    });
  });

  it('have no rates before there are two readings, and none out of a counter that started anew', () => {
    expect(trackStats(camera, sending, undefined).bitrate).toBeNull();
    const anew = at(12_000, sending, { O0: { bytesSent: 0 }, O1: { bytesSent: 0 } });
    expect(trackStats(camera, anew, sending).bitrate).toBeNull();
  });

  it('are empty while the browser knows nothing of the track', () => {
    expect(trackStats(camera, report(), undefined)).toMatchObject({
      bitrate: null,
      packets: 0,
      packetsLost: 0,
      codec: null,
      layers: [],
    });
  });
});

describe('the figures of a received track', () => {
  it('are found by ssrc, in bps, ms and pixels', () => {
    const before = report(
      { id: 'I1', type: 'inbound-rtp', ssrc: 333, bytesReceived: 0, packetsReceived: 0 },
      { id: 'I2', type: 'inbound-rtp', ssrc: 444, bytesReceived: 0, packetsReceived: 99 },
      { id: 'C', type: 'codec', mimeType: 'video/VP9' },
    );
    const later = at(11_000, before, {
      I1: {
        bytesReceived: 12_500,
        packetsReceived: 20,
        packetsLost: 2,
        jitter: 0.004,
        frameWidth: 320,
        frameHeight: 180,
        framesPerSecond: 15,
        framesDropped: 1,
        freezeCount: 0,
        codecId: 'C',
      },
    });
    expect(trackStats(remote, later, before)).toEqual({
      producerId: 'p1',
      peerId: 'ada',
      source: 'camera',
      kind: 'video',
      direction: 'receive',
      bitrate: 100_000,
      packets: 20,
      packetsLost: 2,
      jitter: 4,
      roundTripTime: null,
      frameWidth: 320,
      frameHeight: 180,
      framesPerSecond: 15,
      framesDropped: 1,
      freezeCount: 0,
      codec: 'video/VP9',
      layers: [],
    });
  });
});

describe('the figures of a connection', () => {
  it('are those of the selected pair and of all its media', () => {
    const later = at(11_000, sending, { P2: { bytesSent: 126_000 } });
    expect(connectionStats('send', later, sending)).toEqual({
      roundTripTime: 50,
      availableBitrate: 900_000,
      bitrate: 1_000_000,
      packets: 67,
      packetsLost: 4,
    });
  });

  it('are found in a browser that names no transport', () => {
    const firefox = report(
      { id: 'P1', type: 'candidate-pair', nominated: true, state: 'failed', currentRoundTripTime: 9 },
      { id: 'P2', type: 'candidate-pair', selected: true, currentRoundTripTime: 0.02 },
      { id: 'I1', type: 'inbound-rtp', packetsReceived: 5, packetsLost: 1 },
    );
    expect(connectionStats('receive', firefox, undefined)).toEqual({
      roundTripTime: 20,
      availableBitrate: null,
      bitrate: null,
      packets: 5,
      packetsLost: 1,
    });
  });

  it('are unknown before the connection stands', () => {
    expect(connectionStats('send', report(), undefined)).toMatchObject({ roundTripTime: null, packets: 0 });
  });
});

describe('the streams of a track', () => {
  it('are found by the captured track where a browser tells neither mid nor a known ssrc', () => {
    const bare = report(
      { id: 'S', type: 'media-source', trackIdentifier: 'track-1' },
      { id: 'O1', type: 'outbound-rtp', ssrc: 1, mediaSourceId: 'S' },
      { id: 'O2', type: 'outbound-rtp', ssrc: 2 },
    );
    expect(streamsOf(bare, camera).map(({ id }) => id)).toEqual(['O1']);
  });
});

describe('what limits media', () => {
  it('is with the sender the worst that holds for a layer that is sent', () => {
    expect(senderLimit(streamsOf(sending, camera))).toBe('bandwidth');
    expect(senderLimit([])).toBe('none');
    const [stream] = streamsOf(sending, camera);
    expect(senderLimit([{ ...stream!, qualityLimitationReason: 'cpu' }, stream!])).toBe('cpu');
    expect(senderLimit([{ ...stream!, qualityLimitationReason: 'something new' }])).toBe('none');
  });

  const before: Stat = {
    id: 'I1',
    type: 'inbound-rtp',
    timestamp: 10_000,
    framesReceived: 100,
    framesDecoded: 100,
    framesDropped: 0,
    totalDecodeTime: 1,
  };
  const after = (change: Partial<Stat>): Stat => ({
    ...before,
    timestamp: 12_000,
    framesReceived: 160,
    framesDecoded: 160,
    totalDecodeTime: 1.3,
    ...change,
  });

  it('is with the receiver a decoder that drops frames or has no time left', () => {
    expect(isDecodingTooSlow(after({}), before)).toBe(false);
    expect(isDecodingTooSlow(after({ framesDropped: 6, totalDecodeTime: 2 }), before)).toBe(false);
    expect(isDecodingTooSlow(after({ framesDropped: 7, totalDecodeTime: 2 }), before)).toBe(true);
    expect(isDecodingTooSlow(after({ totalDecodeTime: 2.9 }), before)).toBe(true);
    expect(isDecodingTooSlow(after({ framesDecoded: 130, totalDecodeTime: 2 }), before)).toBe(true);
  });

  it('is not with a receiver whose decoder has time, and gets several frames at once', () => {
    expect(isDecodingTooSlow(after({ framesDropped: 20 }), before)).toBe(false);
    expect(isDecodingTooSlow(after({ framesDropped: 60, framesDecoded: 100 }), before)).toBe(true);
  });

  it('is not told by a first reading, nor by a picture that stands', () => {
    expect(isDecodingTooSlow(after({}), undefined)).toBeUndefined();
    expect(isDecodingTooSlow(after({ framesReceived: 102 }), before)).toBeUndefined();
  });
});
