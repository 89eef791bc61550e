import { beforeEach, describe, expect, it } from '@jest/globals';
import { InboundTrack } from '../../loadtest/bots/InboundTrack.ts';
import type { Endpoint } from '../../loadtest/endpoint/Endpoint.ts';
import { Collector, type Counter, type RoomTally } from '../../loadtest/results/Collector.ts';

/** ms between frames of one packet, and as many ticks of a clock of 90 kHz. */
const INTERVAL = 40;
const TICKS = 3600;

let collector: Collector;
let track: InboundTrack;
let now: number;
let sequence: number;
let timestamp: number;

beforeEach(() => {
  collector = new Collector();
  now = sequence = timestamp = 0;
  track = new InboundTrack(
    {
      subscription: {
        subscriptionId: 's',
        track: {
          trackId: 't',
          participantId: 'ann',
          name: 'ann',
          kind: 'video',
          source: 'camera',
          paused: false,
        },
        // Nothing is sent or received here.
        endpoint: undefined as unknown as Endpoint,
        rtpParameters: {
          codecs: [{ mimeType: 'video/VP8', payloadType: 100, clockRate: 90_000 }],
          encodings: [{ ssrc: 1 }],
        },
        close: () => Promise.resolve(),
        preferSpatialLayer: () => Promise.resolve(),
      },
      room: 'room',
      collector,
      requestKeyFrame: () => undefined,
      onFirstMedia: () => undefined,
    },
    now,
  );
});

/** A complete picture of one packet; with a key frame where one is awaited. */
function picture(): void {
  if (track.isHeld) track.comes(now);
  track.stream.receive(sequence++ & 0xffff, timestamp, true, now);
  if (track.frames!.awaitsKeyFrame) track.frames!.keyFrame(timestamp, now);
  track.arrived(now);
}

/** Time goes on, with pictures or without, told every second. */
function pass(ms: number, flows: boolean): void {
  for (const end = now + ms; now < end;) {
    now += INTERVAL;
    timestamp += TICKS;
    if (flows) picture();
    track.tick(now);
    if (now % 1000 === 0) track.tell(now);
  }
}

interface Outcome {
  of: (counter: Counter) => number;
  room: RoomTally;
  frameRates: number[];
}

function outcome(): Outcome {
  const { counters, rooms, histograms } = collector.flush();
  const { min = 0, max = 0 } = histograms['video.fps'] ?? {};
  return { of: (counter) => counters[counter] ?? 0, room: rooms['room']!, frameRates: [min, max] };
}

const hold = (): void => track.setCause({ cause: 'notVisible', isHeld: true }, now);

describe('a track that the server holds back', () => {
  it('is neither frozen nor missed, although packets stop before the server says so', () => {
    pass(3000, true);
    pass(480, false);
    hold();
    pass(5520, false);
    expect(track.cause).toBe('notVisible');
    pass(3000, true);
    const { of, room, frameRates } = outcome();
    expect([of('freezes'), of('videoLost'), of('causeChanges')]).toEqual([0, 0, 1]);
    expect([room.due, room.freezes]).toEqual([room.flowing, 0]);
    expect(frameRates.map(Math.round)).toEqual([25, 25]);
  });

  it('goes on with the next packet, and with the next fact', () => {
    pass(1000, true);
    hold();
    // These were under way.
    pass(120, true);
    expect([track.isHeld, track.stream.isPaused]).toEqual([true, true]);
    pass(200, false);
    pass(200, true);
    expect([track.isHeld, track.stream.isPaused]).toEqual([false, false]);
    hold();
    track.setCause({ cause: 'tileIsSmall', isHeld: false }, now);
    expect([track.isHeld, track.stream.isPaused, track.cause]).toEqual([false, false, 'tileIsSmall']);
  });

  it('that nobody gives a reason for is frozen, and missed', () => {
    pass(3000, true);
    pass(3000, false);
    pass(1000, true);
    const { of, room } = outcome();
    expect(of('freezes')).toBe(1);
    expect(room.due - room.flowing).toBe(3);
  });

  it('is not on hold when its sender goes on', () => {
    pass(1000, true);
    track.setPaused(true, now);
    track.setCause({ cause: 'mutedBySender', isHeld: true }, now);
    pass(1000, false);
    track.setPaused(false, now);
    expect([track.isHeld, track.stream.isPaused]).toEqual([false, false]);
    pass(1000, true);
    expect(outcome().of('freezes')).toBe(0);
  });
});
