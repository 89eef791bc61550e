import type { types } from 'mediasoup';
import { takeTurn } from './takeTurn.ts';
import { onceClosed, type RtpStreamObject, type WorkerObjects } from './WorkerObjects.ts';
import type { StreamTotals, WorkerTotals } from './WorkerTotals.ts';

type Counted = Readonly<StreamTotals>;

/**
 * Counts the packets of a worker, and what went wrong with them.
 *
 * mediasoup counts for each stream alone. Each `sample()` asks some of those that flow, in turns, and adds what is new; what a
 * stream did after it was asked last is not counted once it has closed.
 */
export class WorkerStreams {
  readonly #totals: WorkerTotals;
  /** Whoever was asked longest ago comes first. */
  readonly #streams = new Set<RtpStreamObject>();
  /** What is in the totals already, of each of its encodings. */
  readonly #counted = new WeakMap<RtpStreamObject, Map<number, Counted>>();
  #sampling = false;

  constructor(objects: Pick<WorkerObjects, 'on'>, totals: WorkerTotals) {
    this.#totals = totals;
    objects.on('streamAdded', (stream) => {
      this.#streams.add(stream);
      onceClosed(stream, () => this.#streams.delete(stream));
    });
  }

  /** Never rejects; does nothing while one runs. */
  async sample(): Promise<void> {
    if (this.#sampling) return;
    this.#sampling = true;
    const flowing = [...this.#streams].filter(isFlowing);
    // One after another, so that their answers do not come all at once.
    for (const stream of takeTurn(flowing, flowing.length)) await this.#ask(stream);
    this.#sampling = false;
  }

  async #ask(stream: RtpStreamObject): Promise<void> {
    try {
      // A producer answers for what it receives, a consumer also for what it sends.
      const stats: types.BaseRtpStreamStats[] = await stream.getStats();
      if (!this.#streams.delete(stream)) return;
      this.#streams.add(stream);
      this.#count(stream, stats as (types.BaseRtpStreamStats & { type: string; packetCount: number })[]);
    } catch {
      // It closed meanwhile; its close event takes it out of the set.
    }
  }

  #count(
    stream: RtpStreamObject,
    stats: readonly (types.BaseRtpStreamStats & { type: string; packetCount: number })[],
  ): void {
    const isConsumer = 'producerId' in stream;
    const totals = this.#totals.streams[isConsumer ? 'out' : 'in'][stream.kind];
    const counted = this.#counted.get(stream) ?? new Map<number, Counted>();
    this.#counted.set(stream, counted);
    for (const stat of stats) {
      if (stat.type !== (isConsumer ? 'outbound-rtp' : 'inbound-rtp')) continue;
      const now: Counted = {
        packets: stat.packetCount,
        lost: stat.packetsLost,
        retransmitted: stat.packetsRetransmitted,
        nacked: stat.nackPacketCount,
        keyFrameRequests: stat.pliCount + stat.firCount,
      };
      counted.set(stat.ssrc, addNew(totals, counted.get(stat.ssrc), now));
    }
  }
}

/** Adds what grew; returns what is counted by then: a packet that was given up may come all the same. */
function addNew(totals: StreamTotals, before: Counted | undefined, now: Counted): Counted {
  const counted = { ...now };
  for (const key of Object.keys(now) as (keyof StreamTotals)[]) {
    const known = before?.[key] ?? 0;
    totals[key] += Math.max(0, now[key] - known);
    counted[key] = Math.max(known, now[key]);
  }
  return counted;
}

const isFlowing = (stream: RtpStreamObject): boolean =>
  !stream.paused && !('producerPaused' in stream && stream.producerPaused);
