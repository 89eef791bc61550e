import type { EventPayloads } from '../../src/protocol/events.ts';
import type { JoinAnswer } from '../../src/protocol/requests.ts';
import { unavailable } from '../../src/support/errors.ts';
import { MediaMove, type MediaMoveParts } from './MediaMove.ts';
import type { MediaSession } from './MediaSession.ts';
import { NodeMove } from './NodeMove.ts';
import type { ConnectOptions } from './publicTypes.ts';
import type { SignalingClient } from './SignalingClient.ts';

export interface MediaMovesParts extends Pick<
  MediaMoveParts,
  'publications' | 'subscriptions' | 'followers' | 'createSession'
> {
  signaling: SignalingClient;
  /** Opens another connection to the same server. */
  connectAnew: () => SignalingClient;
  joinOptions: () => ConnectOptions;
  /** In use at present. */
  session: () => MediaSession | undefined;
  /** From now on this one is in use. */
  use: (session: MediaSession) => void;
  /** Whether this client is in the room on the connection that is open. */
  isPresent: () => boolean;
  /** It is in the room on another node now, to which the connection goes. */
  entered: (answer: JoinAnswer) => void;
  /** Neither what moved nor what it moved to can be used: media is to be built anew. */
  lost: () => void;
}

/** Moves this client's media when the server asks for it, one move at a time. */
export class MediaMoves {
  readonly #parts: MediaMovesParts;
  #move: MediaMove | undefined;
  #nodeMove: NodeMove | undefined;
  /** It is on the other node: there is no way back. */
  #hasChanged = false;
  #closed = false;

  constructor(parts: MediaMovesParts) {
    this.#parts = parts;
    parts.signaling.on('moving', (how) => void this.#run(how));
    parts.signaling.on('moveCancelled', () => this.cancel());
  }

  /** Everything is where it was, if there is a way back. Idempotent. */
  cancel(): void {
    if (this.#hasChanged) return;
    this.#move?.cancel();
    this.#nodeMove?.end();
  }

  /** Neither what moves nor what it moves to is of any use. Idempotent. */
  abandon(): void {
    this.#move?.abandon();
    this.#nodeMove?.end();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.abandon();
  }

  async #run({ endsIn, ticket }: EventPayloads['moving']): Promise<void> {
    const { signaling, session } = this.#parts;
    const former = session();
    if (!former || this.#move || this.#closed) return;
    const { publications, subscriptions, followers, createSession, use, lost } = this.#parts;
    const nodeMove = ticket === undefined ? undefined : this.#nodeMoveWith(ticket, endsIn);
    this.#nodeMove = nodeMove;
    const move = (this.#move = new MediaMove({
      publications,
      subscriptions,
      followers,
      createSession,
      former,
      use,
      lost,
      canGoBack: () => !this.#hasChanged,
      begin: async () => (nodeMove ? this.#enter(nodeMove) : signaling.request('beginMove', {})),
      attached: () => signaling.release(),
      end: async ({ mediaEpoch }) => {
        if (!nodeMove) await signaling.request('endMove', { mediaEpoch });
      },
    }));
    await move.run();
    // Whatever became of it: nobody needs two.
    nodeMove?.end();
    this.#move = undefined;
    this.#nodeMove = undefined;
    this.#hasChanged = false;
  }

  #nodeMoveWith(ticket: string, endsIn: number): NodeMove {
    const { signaling, connectAnew, joinOptions } = this.#parts;
    const { room, data } = joinOptions();
    const join = { room, ticket, ...(data === undefined ? {} : { data }) };
    return new NodeMove({ signaling, connectAnew, join, endsIn });
  }

  async #enter(nodeMove: NodeMove): Promise<JoinAnswer['media']> {
    const answer = await nodeMove.join();
    if (this.#closed || !this.#move || !this.#parts.isPresent()) throw unavailable('the move is off');
    this.#hasChanged = true;
    nodeMove.change();
    this.#parts.entered(answer);
    return answer.media;
  }
}
