import { EgressInfo, EgressStatus } from 'livekit-server-sdk';
import { describe, expect, it } from '@jest/globals';
import { egressInfo } from '../../src/livekit/egressInfo.ts';
import type { RecordedFile, Timeline } from '../../src/recording/timeline.ts';

const AT = 1_700_000_000_123.5;

const file = (over: Partial<RecordedFile> = {}): RecordedFile => ({
  file: 'camera-1-1.webm',
  startedAt: AT + 1000,
  endedAt: AT + 3500,
  bytes: 5_000_000_000,
  lostPackets: 0,
  state: 'finished',
  ...over,
});

const timeline = (over: Partial<Timeline> = {}, files = [file()]): Timeline => ({
  version: 1,
  recordingId: 'recording-1',
  room: 'stand up',
  roomId: 'room-1',
  startedAt: AT,
  endedAt: AT + 4000,
  endReason: 'stopped',
  state: 'finished',
  participants: [],
  tracks: [
    {
      ...{ trackId: 'camera-1', peerId: 'ann', kind: 'video', source: 'camera', codec: 'video/VP8' },
      ...{ startedAt: AT, endedAt: AT + 4000, pauses: [], files },
    },
  ],
  ...over,
});

/** As LiveKit's SDK reads it. */
const read = (it: Timeline): EgressInfo => EgressInfo.fromJsonString(JSON.stringify(egressInfo(it)));

describe('a recording as LiveKit knows it', () => {
  it('has its times in nanoseconds, and its files', () => {
    const info = read(timeline());
    expect([info.egressId, info.roomId, info.roomName]).toEqual(['recording-1', 'room-1', 'stand up']);
    expect([info.startedAt, info.endedAt]).toEqual([1_700_000_000_123_500_000n, 1_700_000_004_123_500_000n]);
    expect(info.fileResults[0]).toMatchObject({
      filename: 'camera-1-1.webm',
      duration: 2_500_000_000n,
      size: 5_000_000_000n,
      location: '/api/rooms/stand%20up/recordings/recording-1/files/camera-1-1.webm',
    });
  });

  it.each([
    [{ state: 'recording', endedAt: null, endReason: null }, 'finished', 'EGRESS_ACTIVE', ''],
    [{ state: 'finishing' }, 'raw', 'EGRESS_ENDING', ''],
    [{}, 'finished', 'EGRESS_COMPLETE', ''],
    [{ endReason: 'diskFull' }, 'finished', 'EGRESS_LIMIT_REACHED', ''],
    [{ endReason: 'timeLimit' }, 'finished', 'EGRESS_LIMIT_REACHED', ''],
    [{ endReason: 'recorderFailed' }, 'finished', 'EGRESS_FAILED', 'what writes the recording failed'],
    [{}, 'failed', 'EGRESS_FAILED', '1 files could not be finished'],
  ] as const)('%j with files that are %s is %s', (over, state, status, error) => {
    const info = read(timeline(over, [file({ state })]));
    expect([EgressStatus[info.status], info.error]).toEqual([status, error]);
  });
});
