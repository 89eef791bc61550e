import type { SignalingClient } from './SignalingClient.ts';

/** This client's turn to come back after a server that drained, so that not everybody joins the next one at once. */
export class ComebackTurn {
  /** ms; undefined while no server has said that it ends. */
  #after: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => undefined;

  constructor(signaling: SignalingClient) {
    signaling.on('draining', ({ comeBackAfter }) => (this.#after = comeBackAfter));
  }

  /** Resolves when it has come; at once where no server gave one. */
  async come(): Promise<void> {
    const after = this.#after;
    if (after === undefined) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, after);
    });
  }

  /** It is over. Returns whether a server had given it. */
  take(): boolean {
    const given = this.#after !== undefined;
    this.#after = undefined;
    return given;
  }

  /** Whoever waits waits no longer. Idempotent. */
  close(): void {
    clearTimeout(this.#timer);
    this.#wake();
  }
}
