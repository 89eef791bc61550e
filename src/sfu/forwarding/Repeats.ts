import type { Consumer } from 'mediasoup/types';

interface Counts {
  packets: number;
  nacked: number;
}

/** Counts what receivers ask to have repeated, from one look to the next. */
export class Repeats {
  readonly #seen = new WeakMap<Consumer, Counts>();

  /** What was sent since the last look, and how much of it was asked for again; undefined: there is nothing to compare it with. */
  async look(consumers: readonly Consumer[]): Promise<{ packets: number; repeats: number } | undefined> {
    let [packets, repeats, isFirst] = [0, 0, true];
    await Promise.all(
      consumers.map(async (consumer) => {
        const stats = (await consumer.getStats()).find(({ type }) => type === 'outbound-rtp');
        if (!stats) return;
        const former = this.#seen.get(consumer);
        this.#seen.set(consumer, { packets: stats.packetCount, nacked: stats.nackPacketCount });
        if (!former || former.packets > stats.packetCount) return;
        isFirst = false;
        packets += stats.packetCount - former.packets;
        repeats += stats.nackPacketCount - former.nacked;
      }),
    );
    return isFirst ? undefined : { packets, repeats };
  }
}
