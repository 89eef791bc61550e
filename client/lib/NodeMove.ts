import type { JoinAnswer } from '../../src/protocol/requests.ts';
import { unavailable } from '../../src/support/errors.ts';
import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** ms until the other node is looked for again, where a socket came to the node that is to be left. */
const NEXT_LOOK = 500;
/** ms that a socket may take to open. */
const OPENS_WITHIN = 5000;

export interface NodeMoveParts {
  signaling: SignalingClient;
  /** Opens another connection to where the first one went: who answers there is up to what is in front of the nodes. */
  connectAnew: () => SignalingClient;
  /** What to join with. */
  join: { room: string; ticket: string; data?: boolean };
  /** ms for which the other node is looked for. */
  endsIn: number;
}

/** A second connection, to the node to which this client moves: it joins there, and the first one goes on meanwhile. */
export class NodeMove {
  readonly #parts: NodeMoveParts;
  /** The other connection: that to the other node, and that to the former one after `change`. */
  #other: SignalingClient | undefined;
  #answer: JoinAnswer | undefined;
  #closed = false;

  constructor(parts: NodeMoveParts) {
    this.#parts = parts;
  }

  /** Joins the other node. @throws ParleyError when it cannot be found in time, or refuses. */
  async join(): Promise<JoinAnswer> {
    const deadline = performance.now() + this.#parts.endsIn;
    for (;;) {
      if (this.#isClosed() || performance.now() > deadline) throw unavailable('the other node was not found');
      const signaling = this.#parts.connectAnew();
      this.#other = signaling;
      signaling.hold();
      try {
        await connected(signaling);
        this.#answer = await signaling.request('join', this.#parts.join);
        if (this.#isClosed()) throw unavailable('the move is off');
        return this.#answer;
      } catch (error) {
        this.#leave(signaling);
        if (!isTransient(error)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, NEXT_LOOK));
    }
  }

  /** From now on the client's connection is the one to the other node; what that told waits for `release`. */
  change(): void {
    if (this.#other) this.#parts.signaling.exchange(this.#other);
  }

  /** Leaves the node that the other connection is with: the former one, or before `change` the one to move to. */
  end(): void {
    this.#closed = true;
    if (this.#other) this.#leave(this.#other);
  }

  #leave(signaling: SignalingClient): void {
    signaling
      .request('leave', {})
      .catch(() => undefined)
      .finally(() => signaling.close());
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #isClosed(): boolean {
    return this.#closed;
  }
}

async function connected(signaling: SignalingClient): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      signaling.once('connected', resolve);
      signaling.once('connectFailed', reject);
      signaling.once('refused', reject);
      timer = setTimeout(() => reject(unavailable('no connection in time')), OPENS_WITHIN);
      signaling.open();
    });
  } finally {
    clearTimeout(timer);
  }
}
