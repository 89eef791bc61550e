import type { ConnectionStats, RoomStats, TrackStats } from '../../lib/statsTypes.ts';

/** ms; what is older goes. */
export const KEPT_FOR = 120_000;

/** The figures at one moment, without the browser's own reports. */
export interface Sample {
  /** ms since the epoch. */
  readonly at: number;
  readonly connection: RoomStats['connection'];
  readonly tracks: readonly TrackStats[];
}

/** One curve; null where there was no figure. */
export interface Point {
  readonly at: number;
  readonly value: number | null;
}

/** The figures of the last two minutes, oldest first. */
export class StatsHistory {
  #samples: Sample[] = [];

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  add({ connection, tracks }: Pick<RoomStats, 'connection' | 'tracks'>, at: number): void {
    const kept = this.#samples.filter((sample) => at - sample.at < KEPT_FOR && sample.at < at);
    this.#samples = [...kept, { at, connection, tracks }];
  }

  /** A figure of one direction of the connection. */
  ofConnection(
    direction: 'send' | 'receive',
    figure: (now: ConnectionStats, before: ConnectionStats | null) => number | null,
  ): Point[] {
    return this.#curve(({ connection }) => connection[direction], figure);
  }

  /** A figure of one track. */
  ofTrack(
    producerId: string,
    figure: (now: TrackStats, before: TrackStats | null) => number | null,
  ): Point[] {
    return this.#curve(
      ({ tracks }) => tracks.find((track) => track.producerId === producerId) ?? null,
      figure,
    );
  }

  /** What is saved: readable by itself, with units in the names where a number could mean two things. */
  toJSON(): { kept: string; samples: readonly Sample[] } {
    return { kept: `${KEPT_FOR} ms; rates in bps, durations in ms`, samples: this.#samples };
  }

  #curve<S>(
    pick: (sample: Sample) => S | null,
    figure: (now: S, before: S | null) => number | null,
  ): Point[] {
    let before: S | null = null;
    return this.#samples.map((sample) => {
      const now = pick(sample);
      const value = now && figure(now, before);
      before = now;
      return { at: sample.at, value };
    });
  }
}

/** Which part of the packets was lost between two readings, 0 to 1; null where none was on its way. */
export function lossRate(
  direction: 'send' | 'receive',
  now: Pick<TrackStats, 'packets' | 'packetsLost'>,
  before: Pick<TrackStats, 'packets' | 'packetsLost'> | null,
): number | null {
  if (!before) return null;
  const packets = now.packets - before.packets;
  // What came late is not lost after all, so the count can fall.
  const lost = Math.max(now.packetsLost - before.packetsLost, 0);
  // Whoever receives counts what came; whoever sends, what went.
  const sent = direction === 'send' ? packets : packets + lost;
  return sent > 0 ? Math.min(lost / sent, 1) : null;
}
