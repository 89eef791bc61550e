import type { Subscription as Wanted } from '../scenario/scenario.ts';
import type { RemoteTrack } from '../targets/Target.ts';

/** So many of some tracks, in their order, `page` times as many on; a track and what takes its place count as one. */
export function chooseTracks(tracks: readonly RemoteTrack[], wanted: Wanted, page: number): RemoteTrack[] {
  if (wanted === 'all') return [...tracks];
  const leading = withoutSuccessors(tracks);
  if (wanted === 'none' || wanted === 0 || leading.length === 0) return [];
  const from = (page * wanted) % leading.length;
  const chosen = [...leading.slice(from), ...leading.slice(0, from)].slice(0, wanted);
  return withSuccessors(chosen, tracks);
}

/** Those that do not take the place of another one of them. */
export function withoutSuccessors(tracks: readonly RemoteTrack[]): RemoteTrack[] {
  const ids = new Set(tracks.map(({ trackId }) => trackId));
  return tracks.filter(({ replaces }) => replaces === undefined || !ids.has(replaces));
}

/** Some of all, and what takes the place of any of them. */
export function withSuccessors(some: readonly RemoteTrack[], all: readonly RemoteTrack[]): RemoteTrack[] {
  const ids = new Set(some.map(({ trackId }) => trackId));
  const chosen = [...some];
  // A successor stands behind the one that it replaces.
  for (const track of all) {
    if (track.replaces === undefined || !ids.has(track.replaces) || ids.has(track.trackId)) continue;
    ids.add(track.trackId);
    chosen.push(track);
  }
  return chosen;
}
