import type { Timeline } from '../timeline.ts';

/** A file that is seen or heard, and when: ms since the epoch. */
export interface Clip {
  file: string;
  /** Time of the file's own zero. */
  zero: number;
  from: number;
  to: number;
}

/** A stretch in which the same people are seen. Frames are counted from the begin of the whole. */
export interface Segment {
  firstFrame: number;
  frames: number;
  /** In the order in which they are shown. */
  clips: Clip[];
}

/** ms; what is shorter is not worth another arrangement of everybody. */
const SHORTEST = 500;

/** When there is anything to see or hear; undefined when there is nothing. */
export function extent(timeline: Timeline): { from: number; to: number } | undefined {
  const files = timeline.tracks.flatMap(({ files: all }) => all.filter(isUsable));
  if (files.length === 0) return undefined;
  const from = Math.min(...files.map(({ startedAt }) => startedAt));
  return { from, to: Math.max(...files.map(({ endedAt }) => endedAt)) };
}

/** All of a kind; of a camera that was switched off only when it was on. */
export function clipsOf({ tracks, participants }: Timeline, kind: 'audio' | 'video'): Clip[] {
  const order = new Map(participants.map(({ peerId, joinedAt }) => [peerId, joinedAt]));
  const rank = (peerId: string, source: string): number =>
    // What is shared comes before who shares it.
    (source === 'screen' ? -1e15 : 0) + (order.get(peerId) ?? 0);
  return tracks
    .filter((track) => track.kind === kind)
    .toSorted((a, b) => rank(a.peerId, a.source) - rank(b.peerId, b.source))
    .flatMap(({ files, pauses }) =>
      files.filter(isUsable).flatMap(({ file, startedAt, endedAt }) => {
        const whole = { file, zero: startedAt, from: startedAt, to: endedAt };
        return kind === 'video' ? without(whole, pauses) : [whole];
      }),
    );
}

const isUsable = ({ state, startedAt, endedAt }: Timeline['tracks'][number]['files'][number]): boolean =>
  state !== 'failed' && endedAt > startedAt;

function without(clip: Clip, pauses: readonly { from: number; to: number | null }[]): Clip[] {
  let rest = [clip];
  for (const pause of pauses) {
    const to = pause.to ?? Infinity;
    if (to - pause.from < SHORTEST) continue;
    rest = rest.flatMap((one) => [
      { ...one, to: Math.min(one.to, pause.from) },
      { ...one, from: Math.max(one.from, to) },
    ]);
    rest = rest.filter(({ from, to: end }) => end > from);
  }
  return rest.filter(({ from, to }) => to - from >= SHORTEST);
}

/** Cuts the whole into stretches, at whole frames, that leave nothing out. */
export function segmentsOf(
  clips: readonly Clip[],
  { from, to }: { from: number; to: number },
  fps: number,
): Segment[] {
  const frameAt = (time: number): number => Math.round(((time - from) * fps) / 1000);
  const end = Math.max(1, frameAt(to));
  const cuts = [...new Set([0, end, ...clips.flatMap((clip) => [frameAt(clip.from), frameAt(clip.to)])])]
    .filter((frame) => frame >= 0 && frame <= end)
    .sort((a, b) => a - b);
  return cuts.slice(0, -1).map((firstFrame, i) => {
    const next = cuts[i + 1] ?? end;
    const isThere = (clip: Clip): boolean => frameAt(clip.from) <= firstFrame && frameAt(clip.to) >= next;
    return { firstFrame, frames: next - firstFrame, clips: clips.filter(isThere) };
  });
}
