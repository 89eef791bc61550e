/** Timestamps further apart than this (ms) belong to another time line and say nothing (libwebrtc does the same). */
const MAX_STEP = 5000;

/**
 * Interarrival jitter (RFC 3550, 6.4.1): J += (|D| - J) / 16, over packets in the order of arrival.
 *
 * Computed in ms rather than in timestamp units, without the rounding of the RFC's sample code.
 */
export class Jitter {
  /** ms. */
  value = 0;
  readonly #clockPerMs: number;
  #timestamp = 0;
  #arrival = -1;

  /** @param clockRate Hz */
  constructor(clockRate: number) {
    this.#clockPerMs = clockRate / 1000;
  }

  /** Takes a packet: timestamp of 32 bits, arrival in ms. */
  add(timestamp: number, arrival: number): void {
    // Subtracting 32-bit timestamps as signed numbers carries over the wrap.
    const sent = ((timestamp - this.#timestamp) | 0) / this.#clockPerMs;
    if (this.#arrival >= 0) {
      const step = Math.abs(arrival - this.#arrival - sent);
      if (step < MAX_STEP) this.value += (step - this.value) / 16;
    }
    this.#timestamp = timestamp;
    this.#arrival = arrival;
  }

  /** The next packet is compared with none before it. */
  skip(): void {
    this.#arrival = -1;
  }
}
