/** ms for which a layer must have been needed by nobody before its publisher is told to leave it out. */
const RELUCTANCE = 1000;

/**
 * The highest spatial layer of one producer that anybody needs, as its publisher should know it: more at once, less
 * only when it lasts.
 */
export class ProducerDemand {
  readonly #tell: (spatialLayer: number | null) => void;
  readonly #top: number;
  #told: number;
  #wanted: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param told What it is taken to know: a publisher begins with the highest layer. */
  constructor(top: number, tell: (spatialLayer: number | null) => void, told = top) {
    this.#top = top;
    this.#told = told;
    this.#wanted = told;
    this.#tell = tell;
  }

  /** What the publisher was last told; null: nothing is needed. */
  get told(): number | null {
    return this.#told < 0 ? null : this.#told;
  }

  /** @param spatialLayer -1 when nobody needs any; more than there are is clipped. */
  want(spatialLayer: number): void {
    this.#wanted = Math.min(spatialLayer, this.#top);
    if (this.#wanted > this.#told) this.#say();
    else if (this.#wanted === this.#told) this.#rest();
    else this.#timer ??= setTimeout(() => this.#say(), RELUCTANCE).unref();
  }

  /** Idempotent. Nothing is told any more. */
  close(): void {
    this.#rest();
  }

  #say(): void {
    this.#rest();
    if (this.#told === this.#wanted) return;
    this.#told = this.#wanted;
    this.#tell(this.told);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
