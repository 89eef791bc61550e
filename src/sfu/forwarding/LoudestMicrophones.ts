/** dB by which a microphone must be louder than the softest of the chosen ones to take its place. */
const STEP = 6;
/** dB/s by which a chosen microphone's level falls at most, so that a pause between two words costs it nothing. */
const DECAY = 12;
/** ms for which a microphone keeps its place, and counts as sending, after it was last measured. */
const HOLD = 1000;
/** dBov of one that was not measured (RFC 6464). */
const SILENT = -127;

interface Microphone {
  /** dBov, the peak of what was measured lately. */
  held: number;
  /** dBov as last measured. */
  level: number;
  /** When it was last measured, and so was sending without pauses; ms. */
  measuredAt: number;
  /** When it was last chosen, or opened; ms. */
  chosenAt: number;
}

/**
 * Chooses the loudest microphones of a room, and changes its mind reluctantly.
 *
 * There are `count` places, and one spare: a person who has a place himself hears the spare one instead of himself. A
 * place that fell silent is anybody's; one that is in use goes to somebody clearly louder, but never the dominant
 * speaker's.
 */
export class LoudestMicrophones {
  readonly #microphones = new Map<string, Microphone>();
  #count: number;
  #places: string[] = [];
  #spare: string | undefined;
  #updatedAt = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get size(): number {
    return this.#microphones.size;
  }

  /** Those that have a place. */
  get places(): readonly string[] {
    return this.#places;
  }

  /** Heard in addition by those that have a place. */
  get spare(): string | undefined {
    return this.#spare;
  }

  /** Changes the number of places; those that are too many are given up with the next `update`. */
  set count(count: number) {
    this.#count = count;
  }

  /**
   * Somebody comes with an open microphone, which says nothing of who speaks next: he goes behind those who are there,
   * or a room that fills would have everybody turn to each newcomer.
   */
  add(id: string): void {
    this.#microphones.set(id, { held: SILENT, level: SILENT, measuredAt: -Infinity, chosenAt: 0 });
  }

  /** A microphone that was opened is likely to be spoken into next. */
  open(id: string, now: number): void {
    const known = this.#microphones.get(id);
    if (known) known.chosenAt = now;
    else this.#microphones.set(id, { held: SILENT, level: SILENT, measuredAt: -Infinity, chosenAt: now });
  }

  /** It was muted, or is gone. */
  close(id: string): void {
    this.#microphones.delete(id);
    this.#places = this.#places.filter((place) => place !== id);
    if (this.#spare === id) this.#spare = undefined;
  }

  /** Whether it sends without pauses at present, as opposed to the few packets of a silence (Opus DTX). */
  isSending(id: string, now: number): boolean {
    const microphone = this.#microphones.get(id);
    return microphone !== undefined && now - microphone.measuredAt < HOLD;
  }

  /** Open ones, those that were chosen or opened last first, those that came first before who came later. */
  byRecency(): string[] {
    const recent = [...this.#microphones].sort(([, a], [, b]) => b.chosenAt - a.chosenAt);
    return recent.map(([id]) => id);
  }

  /**
   * Takes a measurement of those that send without pauses.
   *
   * @param levels dBov by microphone.
   * @param now ms.
   */
  update(levels: ReadonlyMap<string, number>, now: number, dominant: string | undefined): void {
    const fall = (DECAY * Math.min(now - this.#updatedAt, HOLD)) / 1000;
    this.#updatedAt = now;
    for (const [id, microphone] of this.#microphones) {
      const level = levels.get(id);
      microphone.level = level ?? SILENT;
      microphone.held = Math.max(microphone.level, microphone.held - fall);
      if (level !== undefined) microphone.measuredAt = now;
    }
    const candidates = [...levels.keys()]
      .filter((id) => this.#microphones.has(id))
      .sort((a, b) => this.#level(b) - this.#level(a));
    const places = this.#places.slice(0, this.#count);
    for (const id of candidates) if (!places.includes(id)) this.#seat(id, places, now, dominant);
    for (const id of places) if (levels.has(id)) this.#microphone(id).chosenAt = now;
    this.#places = places;
    this.#chooseSpare(candidates, now);
  }

  #seat(id: string, places: string[], now: number, dominant: string | undefined): void {
    if (places.length < this.#count) {
      places.push(id);
      return;
    }
    const silent = places.findIndex((place) => !this.isSending(place, now));
    if (silent >= 0) {
      places[silent] = id;
      return;
    }
    const rivals = places.filter((place) => place !== dominant);
    const softest = rivals.reduce<string | undefined>(
      (least, place) => (least === undefined || this.#held(place) < this.#held(least) ? place : least),
      undefined,
    );
    if (softest === undefined) return;
    if (id === dominant || this.#level(id) > this.#held(softest) + STEP) places[places.indexOf(softest)] = id;
  }

  #chooseSpare(candidates: readonly string[], now: number): void {
    const best = candidates.find((id) => !this.#places.includes(id));
    const spare = this.#spare;
    const keeps =
      spare !== undefined &&
      !this.#places.includes(spare) &&
      this.isSending(spare, now) &&
      (best === undefined || this.#level(best) <= this.#held(spare) + STEP);
    if (!keeps) this.#spare = best;
  }

  #microphone(id: string): Microphone {
    return this.#microphones.get(id) ?? { held: SILENT, level: SILENT, measuredAt: -Infinity, chosenAt: 0 };
  }

  #level(id: string): number {
    return this.#microphone(id).level;
  }

  #held(id: string): number {
    return this.#microphone(id).held;
  }
}
