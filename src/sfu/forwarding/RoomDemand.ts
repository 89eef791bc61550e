import type { Peer } from '../Peer.ts';
import { ProducerDemand } from './ProducerDemand.ts';

/** One video: who needs which of its layers, and what its publisher knows of that. */
interface Video {
  demand: ProducerDemand;
  /** The highest layer that each needs, of those who need any: peers of this node, and others by their name: other nodes, and what plays a video to somebody outside. */
  needs: Map<Peer | string, number>;
}

/** Which layers of each video somebody needs, told to its publisher (dynacast). */
export class RoomDemand {
  readonly #videos = new Map<string, Video>();
  /** The videos of which each peer needs anything. */
  readonly #needed = new Map<Peer | string, Set<string>>();
  #enabled: boolean;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** Switched off, every publisher is asked for everything. */
  set enabled(enabled: boolean) {
    if (this.#enabled === enabled) return;
    this.#enabled = enabled;
    for (const video of this.#videos.values()) this.#want(video);
  }

  /**
   * @param top The highest spatial layer that it has.
   * @param told What its publisher is taken to know.
   */
  add(producerId: string, top: number, tell: (spatialLayer: number | null) => void, told = top): void {
    const video: Video = { demand: new ProducerDemand(top, tell, told), needs: new Map() };
    this.#videos.set(producerId, video);
    // Nobody does yet, of which its publisher hears if it lasts.
    this.#want(video);
  }

  remove(producerId: string): void {
    const video = this.#videos.get(producerId);
    if (!video) return;
    video.demand.close();
    this.#videos.delete(producerId);
    for (const who of video.needs.keys()) this.#needed.get(who)?.delete(producerId);
  }

  /** What the publisher of a video was last told. */
  told(producerId: string): number | null {
    return this.#videos.get(producerId)?.demand.told ?? null;
  }

  /** Looks at a peer's consumers, which are all that a decision about it can change. */
  update(peer: Peer): void {
    const before = this.#needed.get(peer);
    const now = new Set<string>();
    for (const { consumer, demand } of peer.consumers.videos) {
      if (demand < 0) continue;
      const { producerId } = consumer;
      now.add(producerId);
      this.#need(peer, producerId, demand);
    }
    for (const producerId of before ?? []) if (!now.has(producerId)) this.#need(peer, producerId, -1);
    this.#needed.set(peer, now);
  }

  /** What somebody else who is no peer of this node needs of a video, -1 for nothing. */
  neededElsewhere(node: string, producerId: string, layer: number): void {
    if (!this.#videos.has(producerId)) return;
    const needed = this.#needed.get(node) ?? new Set();
    this.#needed.set(node, needed);
    if (layer < 0) needed.delete(producerId);
    else needed.add(producerId);
    this.#need(node, producerId, layer);
  }

  /** All that he needs. */
  replaceElsewhere(node: string, needs: Readonly<Record<string, number>>): void {
    for (const producerId of this.#needed.get(node) ?? []) {
      if (!(producerId in needs)) this.neededElsewhere(node, producerId, -1);
    }
    for (const [producerId, layer] of Object.entries(needs)) this.neededElsewhere(node, producerId, layer);
  }

  /** A peer of this node, or somebody else, is gone. */
  left(who: Peer | string): void {
    for (const producerId of this.#needed.get(who) ?? []) this.#need(who, producerId, -1);
    this.#needed.delete(who);
  }

  /** Idempotent. */
  close(): void {
    for (const { demand } of this.#videos.values()) demand.close();
  }

  #need(who: Peer | string, producerId: string, layer: number): void {
    const video = this.#videos.get(producerId);
    if (!video || (video.needs.get(who) ?? -1) === layer) return;
    if (layer < 0) video.needs.delete(who);
    else video.needs.set(who, layer);
    this.#want(video);
  }

  #want({ demand, needs }: Video): void {
    demand.want(this.#enabled ? Math.max(-1, ...needs.values()) : Infinity);
  }
}
