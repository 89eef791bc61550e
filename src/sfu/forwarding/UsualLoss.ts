/** ms that a look may be old and still tell of the present. */
const LATELY = 1000;
/** ms over which the usual share is a mean. */
const USUAL_OVER = 5000;
/** Share that counts as usual before anything is known of a link. */
const FLOOR = 0.03;
/** How much less likely than what is usual, in powers of e, what was lost must be. */
const EVIDENCE = 10;

/** What was sent since the look before, and how much of it the receiver asked for again. */
interface Counted {
  packets: number;
  repeats: number;
}

interface Look extends Counted {
  at: number;
  /** ms since the look before. */
  over: number;
}

/**
 * Tells whether a link loses more than it usually does, by more than chance.
 *
 * A link that loses 7 % at random loses 3 of 20 packets more than once a second, which looks like the beginning of an overrun.
 * What is counted is compared with the usual share by the bound of Chernoff on the tail of a binomial distribution.
 */
export class UsualLoss {
  #usual = 0;
  #at = -Infinity;
  /** Those of the last second, the newest first. */
  #looks: Look[] = [];

  /** Share of the packets that is lost as a rule, 0 to 1. */
  get usual(): number {
    return this.#usual;
  }

  /**
   * Takes another look at that moment (ms). Returns the share that is lost lately, and whether that is unusual; undefined
   * when the last look is too long ago to tell.
   *
   * @param isUsual Whether what it finds may become the usual.
   */
  look(counted: Counted, now: number, isUsual: boolean): { share: number; isUnusual: boolean } | undefined {
    const look = { ...counted, at: now, over: now - this.#at };
    this.#at = now;
    const isFresh = look.over <= LATELY;
    // What is usual is what was before.
    const past = this.#looks.filter(({ at }) => !isFresh || now - at >= LATELY);
    if (isUsual) for (const former of past.reverse()) this.#learn(former);
    this.#looks = isFresh ? [look, ...this.#looks.filter((former) => !past.includes(former))] : [];
    if (!isFresh) {
      if (isUsual) this.#learn(look);
      return undefined;
    }
    const { share, evidence } = this.#mostTelling();
    return { share, isUnusual: evidence >= EVIDENCE };
  }

  /** Forgets the last looks: what they found is dealt with, and was not usual. */
  forget(): void {
    this.#looks = [];
  }

  #learn({ packets, repeats, over }: Look): void {
    if (packets === 0 || over === Infinity) return;
    const weight = 1 - Math.exp(-over / USUAL_OVER);
    this.#usual += (Math.min(1, repeats / packets) - this.#usual) * weight;
  }

  /** Of the last look, the last two, and so on, that which is least likely to be the usual. */
  #mostTelling(): { share: number; evidence: number } {
    const usual = Math.max(this.#usual, FLOOR);
    let [packets, repeats] = [0, 0];
    let most = { share: 0, evidence: -1 };
    for (const look of this.#looks) {
      packets += look.packets;
      repeats += look.repeats;
      if (packets === 0) continue;
      const share = Math.min(1, repeats / packets);
      const evidence = share > usual ? packets * divergence(share, usual) : 0;
      if (evidence > most.evidence) most = { share, evidence };
    }
    return most;
  }
}

/** Of Kullback and Leibler, between two shares. */
function divergence(share: number, from: number): number {
  const term = (part: number, of: number): number => (part === 0 ? 0 : part * Math.log(part / of));
  return term(share, from) + term(1 - share, 1 - from);
}
