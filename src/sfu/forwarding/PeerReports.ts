import type { SenderLimit } from '../../protocol/models.ts';

/** What a peer reports of the quality that only its client can know. */
export class PeerReports {
  readonly #limitedBy = new Map<string, SenderLimit>();
  readonly #cpuLimited = new Set<string>();

  /** What keeps the encoders of an own producer down. */
  limitedBy(producerId: string): SenderLimit {
    return this.#limitedBy.get(producerId) ?? 'none';
  }

  /** Whether its uplink keeps any of them down. */
  get isBandwidthLimited(): boolean {
    for (const limitedBy of this.#limitedBy.values()) if (limitedBy === 'bandwidth') return true;
    return false;
  }

  /** Whether it cannot decode all that arrives of a producer. */
  isCpuLimited(producerId: string): boolean {
    return this.#cpuLimited.has(producerId);
  }

  /** Returns whether this is news. */
  setLimit(producerId: string, limitedBy: SenderLimit): boolean {
    if (this.limitedBy(producerId) === limitedBy) return false;
    if (limitedBy === 'none') this.#limitedBy.delete(producerId);
    else this.#limitedBy.set(producerId, limitedBy);
    return true;
  }

  setCpuLimited(producerId: string, cpuLimited: boolean): void {
    if (cpuLimited) this.#cpuLimited.add(producerId);
    else this.#cpuLimited.delete(producerId);
  }

  forget(producerId: string): void {
    this.#limitedBy.delete(producerId);
    this.#cpuLimited.delete(producerId);
  }
}
