import { beforeEach, describe, expect, it } from '@jest/globals';
import { Tiles } from '../../loadtest/bots/Tiles.ts';
import type { RemoteTrack } from '../../loadtest/targets/Target.ts';

const video = (trackId: string, source: 'camera' | 'screen' = 'camera'): RemoteTrack => ({
  trackId,
  participantId: trackId,
  name: trackId,
  kind: 'video',
  source,
  paused: false,
});
const videos = ['a', 'b', 'c', 'd', 'e'].map((id) => video(id));

let tiles: Tiles;
beforeEach(() => {
  tiles = new Tiles({ count: 2, width: 320, height: 180 });
});

const visibleOf = (all: readonly RemoteTrack[]): string => [...tiles.visible(all)].join('');
const told = (all: readonly RemoteTrack[]): string[] =>
  tiles
    .takeChanges(all)
    .map(({ trackId, visible, width, height }) => `${trackId} ${visible ? `${width}x${height}` : 'hidden'}`);

describe('a page of tiles', () => {
  it('shows so many videos, and others once it is turned', () => {
    const pages = Array.from({ length: 3 }, () => {
      const page = visibleOf(videos);
      tiles.turnPage();
      return page;
    });
    expect(pages).toEqual(['ab', 'cd', 'ea']);
  });

  it('shows screens on every page', () => {
    const all = [...videos, video('s', 'screen')];
    expect(visibleOf(all)).toBe('sa');
    tiles.turnPage();
    expect(visibleOf(all)).toBe('sb');
    expect(tiles.takeChanges(all).filter(({ isScreen }) => isScreen)).toHaveLength(1);
  });

  it('tells all at first, and then what changed', () => {
    expect(told(videos)).toEqual(['a 320x180', 'b 320x180', 'c hidden', 'd hidden', 'e hidden']);
    expect(told(videos)).toEqual([]);
    tiles.turnPage();
    expect(told(videos)).toEqual(['a hidden', 'b hidden', 'c 320x180', 'd 320x180']);
    tiles.forget();
    expect(told(videos)).toHaveLength(5);
  });

  it('gives a tile another size', () => {
    told(videos);
    tiles.resize('a', () => 0);
    expect(told(videos)).toEqual(['a 1280x720']);
    tiles.resize('a', () => 0);
    expect(told(videos)).toEqual(['a 320x180']);
    tiles.resize('a', () => 0.99);
    expect(told(videos)).toEqual(['a 160x90']);
  });

  it('shows all where there are no more, and nothing where there is nothing', () => {
    expect(visibleOf(videos.slice(0, 1))).toBe('a');
    tiles.turnPage();
    expect(visibleOf(videos.slice(0, 1))).toBe('a');
    expect(visibleOf([])).toBe('');
  });
});
