/** Share of the packets that must be lost on the way for the link to count as overrun. */
export const OVERRUN = 0.12;
/** bps, which a small picture takes. */
export const SMALL_PICTURE = 200_000;
/** Share of what arrives that is sent from then on: a keyframe has to fit, and what was lost of it to be repeated. */
const SAFE = 0.4;

/** What is known of a downlink at a moment. */
export interface DownlinkFacts {
  /** bps that are sent, and how much the link is taken to carry. */
  sent: number;
  available: number;
  /** Share of the packets that were lost lately, 0 to 1. */
  loss: number;
}

/** bps to which a downlink is to be held because it loses much of what is sent; undefined: as it is. */
export function brakeFor({ sent, available, loss }: DownlinkFacts): number | undefined {
  if (loss < OVERRUN) return undefined;
  // Squared, because the loss is a mean over a time of which the link was good for a part.
  const safe = Math.max(Math.round(sent * (1 - loss) ** 2 * SAFE), SMALL_PICTURE);
  return safe < available ? safe : undefined;
}

/** Share of what is wanted from which on the estimate is left to itself. */
const ENOUGH = 0.95;
/**
 * How much more than the estimate is tried, in turns: mediasoup probes when its limit changes, and takes a change of
 * less than 10 % for none.
 */
const STEPS = [2, 2.4] as const;
/** What is tried at most, of what is wanted. */
const WANTED = 1.2;
/** Less than this is not worth a probe. */
const LEAST_STEP = 1.1;
/** A probe has worked when the estimate grew by this. */
const WORKED = 1.3;
/** ms between two probes: after one that worked, and after many that did not. */
const SOON = 400;
const LATE = 8000;
/** The same on a link that was overrun lately (ms), which may be free again at any moment. */
const LATE_AFTER_OVERRUN = 1600;
const LATELY = 20_000;
/** Share of what an overrun link carried that it may have at once. */
const CARRIED = 0.9;
/** ms after an overrun until more is tried. */
const WAIT = 4000;

/**
 * What to try a downlink with that carries less than is wanted of it.
 *
 * The estimate of libwebrtc grows by 8 % a second where nothing probes for more, and mediasoup probes only when what is
 * wanted changes, or when little is sent: from 200 kbit/s it is 30 s to 2 Mbit/s.
 */
export class Climb {
  #probedAt = -Infinity;
  /** The estimate at the last probe, bps. */
  #before = 0;
  #pause = SOON;
  #probes = 0;
  #overrun: { at: number; carried: number } | undefined;

  /** The link carried only so much (bps) of what was sent at that time (ms). */
  overran(carried: number, now: number): void {
    this.#overrun = { at: now, carried };
    this.#pause = SOON;
    this.#before = 0;
  }

  /**
   * bps that the link should be tried with now (ms); undefined: nothing.
   *
   * @param available bps, the estimate; `wanted` all that would be sent if it could.
   */
  next({ available, wanted }: { available: number; wanted: number }, now: number): number | undefined {
    if (available >= wanted * ENOUGH) return undefined;
    if (available > this.#before * WORKED) this.#pause = SOON;
    if (now - this.#probedAt < this.#pause) return undefined;
    const step = STEPS[this.#probes % STEPS.length] ?? STEPS[0];
    const to = Math.round(Math.min(available * step, wanted * WANTED, this.#known(now)));
    if (to < available * LEAST_STEP) return undefined;
    this.#probes++;
    this.#probedAt = now;
    this.#before = available;
    // Until it is seen to have worked.
    this.#pause = Math.min(this.#pause * 2, this.#latest(now));
    return to;
  }

  /** Whether it may be narrow still (ms). */
  wasOverrunLately(now: number): boolean {
    return now - (this.#overrun?.at ?? -Infinity) < LATELY;
  }

  #latest(now: number): number {
    return this.wasOverrunLately(now) ? LATE_AFTER_OVERRUN : LATE;
  }

  /** bps that it is sure not to lose much of. */
  #known(now: number): number {
    const { at, carried } = this.#overrun ?? { at: -Infinity, carried: 0 };
    return now - at < WAIT ? carried * CARRIED : Infinity;
  }
}
