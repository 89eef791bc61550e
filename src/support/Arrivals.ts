/** How fast data comes, by when each message of a transfer was there. */
export class Arrivals {
  readonly #sums: { at: number; bytes: number }[] = [];

  /** Messages so far. */
  get count(): number {
    return this.#sums.length;
  }

  get bytes(): number {
    return this.#sums.at(-1)?.bytes ?? 0;
  }

  /** @param at ms, of a clock that never goes back. */
  add(bytes: number, at: number): void {
    this.#sums.push({ at, bytes: this.bytes + bytes });
  }

  /**
   * bps at which the later half of the bytes came: the earlier one is what congestion control needed to find its
   * rate (RFC 9260 section 7.2.1, slow start). Null for fewer than two messages, or when they came all at once.
   */
  get bitrate(): number | null {
    const last = this.#sums.at(-1);
    if (!last) return null;
    // What came before the half was reached is where it is counted from.
    const from =
      this.#sums.findLast(({ bytes, at }) => bytes <= last.bytes / 2 && at < last.at) ?? this.#sums[0];
    if (!from || from.at >= last.at) return null;
    return ((last.bytes - from.bytes) * 8000) / (last.at - from.at);
  }
}
