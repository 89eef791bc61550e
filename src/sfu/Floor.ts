/** dB by which somebody must be louder than who holds the floor and still speaks. */
const STEP = 6;
/** ms for which the floor is kept while its holder is heard, so that two who speak at a time do not take turns. */
const HELD_FOR = 1000;

/**
 * Who holds the floor of a room whose microphones are on several routers: each router says who holds it among its own,
 * and the loudest of these has it.
 *
 * On one router what the router says holds at once.
 */
export class Floor<R> {
  readonly #candidates = new Map<R, string>();
  #holder: string | null = null;
  #takenAt = -Infinity;

  get holder(): string | null {
    return this.#holder;
  }

  /**
   * A router says who holds the floor there. Returns whether another holds the room's now.
   *
   * @param levelOf dBov; undefined for who is not heard.
   */
  claim(router: R, peerId: string, levelOf: (peerId: string) => number | undefined, now: number): boolean {
    this.#candidates.set(router, peerId);
    if (this.#candidates.size === 1) return this.#give(peerId, now);
    const holder = this.#holder;
    // Levels are measured more rarely than this is said, so a newcomer may not be heard yet.
    if (holder === null || levelOf(holder) === undefined) return this.#give(peerId, now);
    return this.hear(levelOf, now);
  }

  /** Others are heard now, or louder or softer. Returns whether another holds the floor now. */
  hear(levelOf: (peerId: string) => number | undefined, now: number): boolean {
    if (this.#candidates.size < 2) return false;
    const heard = [...this.#candidates.values()].flatMap((peerId) => {
      const level = levelOf(peerId);
      return level === undefined ? [] : [{ peerId, level }];
    });
    const loudest = heard.sort((a, b) => b.level - a.level)[0];
    if (!loudest || loudest.peerId === this.#holder) return false;
    const held = this.#holder === null ? undefined : levelOf(this.#holder);
    const isCandidate = [...this.#candidates.values()].some((peerId) => peerId === this.#holder);
    const keeps =
      isCandidate && held !== undefined && (loudest.level < held + STEP || now - this.#takenAt < HELD_FOR);
    return keeps ? false : this.#give(loudest.peerId, now);
  }

  /** Nobody is heard there any more. */
  routerGone(router: R): void {
    this.#candidates.delete(router);
  }

  peerLeft(peerId: string): void {
    for (const [router, candidate] of this.#candidates)
      if (candidate === peerId) this.#candidates.delete(router);
    if (this.#holder === peerId) this.#holder = null;
  }

  #give(peerId: string, now: number): boolean {
    if (peerId === this.#holder) return false;
    this.#holder = peerId;
    this.#takenAt = now;
    return true;
  }
}
