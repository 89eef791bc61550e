/** The microphone, as a key that is held can use it. */
export interface Talking {
  /** Whether what is said is sent. */
  on: () => boolean;
  /** Turns it on or off; rejects where it cannot. */
  turn: (on: boolean) => Promise<unknown>;
}

/** Unmutes while a key is held, and mutes again however short that was. */
export class PushToTalk {
  readonly #talking: Talking;
  #held = false;
  /** The microphone is on because of the key. */
  #ours = false;
  #turning: Promise<unknown> | null = null;

  constructor(talking: Talking) {
    this.#talking = talking;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Does nothing where the microphone is on already. @returns whether the key is held now. */
  press(): boolean {
    if (this.#held) return true;
    if (!this.#turning && this.#talking.on()) return false;
    this.#held = true;
    this.#turn();
    return true;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#turn();
  }

  /** One change after the other: a microphone that is being turned on cannot be turned off yet. */
  #turn(): void {
    if (this.#turning || this.#held === this.#ours) return;
    const wanted = this.#held;
    // Meanwhile the person may have used the button.
    const needed = this.#talking.on() !== wanted;
    this.#turning = (needed ? this.#talking.turn(wanted) : Promise.resolve())
      .then(
        () => (this.#ours = wanted),
        () => {
          // What failed is shown as a notice; a later press tries again.
          this.#ours = false;
          this.#held = false;
        },
      )
      .finally(() => {
        this.#turning = null;
        this.#turn();
      });
  }
}
