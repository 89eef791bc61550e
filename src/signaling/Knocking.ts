import type { KnockAnswer } from '../protocol/conduct.ts';
import type { Knock } from '../sfu/conduct/Lobby.ts';

/** A socket's part in waiting to be let in. */
export class Knocking {
  readonly #knock: Knock;
  readonly #release: () => void;
  readonly #off: () => void;

  /** @param tell Of the answer, which there may be already. */
  constructor(knock: Knock, tell: (answer: KnockAnswer) => void) {
    this.#knock = knock;
    this.#release = knock.hold();
    this.#off = knock.once('answered', tell);
    if (knock.given !== undefined) tell(knock.given);
  }

  /** The socket is lost, or speaks for another one: it is kept for a while. */
  lose(): void {
    this.#off();
    this.#release();
  }

  /** It goes away, or came in. */
  end(): void {
    this.#off();
    this.#knock.close();
  }
}
