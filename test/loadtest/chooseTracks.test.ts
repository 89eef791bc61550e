import { describe, expect, it } from '@jest/globals';
import { chooseTracks } from '../../loadtest/bots/chooseTracks.ts';
import { Tiles } from '../../loadtest/bots/Tiles.ts';
import type { RemoteTrack } from '../../loadtest/targets/Target.ts';

const camera = (trackId: string, replaces?: string): RemoteTrack => ({
  trackId,
  participantId: trackId.charAt(0),
  name: trackId,
  kind: 'video',
  source: 'camera',
  paused: false,
  ...(replaces === undefined ? {} : { replaces }),
});
const ids = (tracks: RemoteTrack[]): string[] => tracks.map(({ trackId }) => trackId);

describe('tracks of which a bot wants some', () => {
  const tracks = [camera('a1'), camera('a2', 'a1'), camera('b1'), camera('c2', 'c1')];

  it('count as one with those that take their place', () => {
    expect(ids(chooseTracks(tracks, 2, 0))).toEqual(['a1', 'b1', 'a2']);
    expect(ids(chooseTracks(tracks, 2, 1))).toEqual(['c2', 'a1', 'a2']);
    expect(ids(chooseTracks(tracks, 'all', 0))).toEqual(['a1', 'a2', 'b1', 'c2']);
    expect(chooseTracks(tracks, 'none', 0)).toEqual([]);
  });

  it('share a tile with those that take their place', () => {
    const tiles = new Tiles({ count: 2, width: 320, height: 180 });
    expect([...tiles.visible(tracks)].sort()).toEqual(['a1', 'a2', 'b1']);
  });
});
