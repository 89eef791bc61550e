import type { NodeMove } from '../../client/lib/NodeMove.ts';
import type { EventPayloads } from '../../src/protocol/events.ts';
import type { MediaSetup } from '../../src/protocol/models.ts';
import type { JoinAnswer } from '../../src/protocol/requests.ts';
import { unavailable } from '../../src/support/errors.ts';
import type { ParleyMedia } from './ParleyMedia.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
import type { Move } from './Target.ts';

export interface ParleyMoveParts {
  how: EventPayloads['moving'];
  room: string;
  signaling: ParleySignaling;
  /** In use when the move begins. */
  former: ParleyMedia;
  build: (setup: MediaSetup) => ParleyMedia;
  /** These transports are in use from now on. */
  use: (media: ParleyMedia) => void;
  /** The seat is on another node now, to which the connection goes. */
  entered: (answer: JoinAnswer) => void;
  /** The former transports are in use again. */
  back: (former: ParleyMedia) => void;
  /** Neither can be used: media is to be built anew. */
  lost: () => void;
  over: () => void;
}

/** One move of a seat to transports on another worker, or on another node, beside those in use. */
export class ParleyMove implements Move {
  readonly #parts: ParleyMoveParts;
  #crossing: NodeMove | undefined;
  /** It is on the other node: there is no way back. */
  #hasCrossed = false;
  #media: ParleyMedia | undefined;
  #over = false;

  constructor(parts: ParleyMoveParts) {
    this.#parts = parts;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Builds the new transports and uses them; resolves with whether it did. */
  async begin(): Promise<boolean> {
    try {
      const setup = await this.#setUp();
      if (this.#isOver()) return false;
      this.#media = this.#parts.build(setup);
      this.#parts.use(this.#media);
      return true;
    } catch {
      // The server has another way for whoever does not move.
      this.cancel();
      return false;
    }
  }

  async end(): Promise<void> {
    if (this.#over) return;
    const { signaling, former } = this.#parts;
    const mediaEpoch = this.#media?.setup.mediaEpoch;
    if (!this.#hasCrossed && mediaEpoch !== undefined) await signaling.request('endMove', { mediaEpoch });
    if (this.#isOver()) return;
    this.#finish();
    former.close();
  }

  cancel(): void {
    if (this.#over) return;
    this.#finish();
    const { former, back, lost } = this.#parts;
    this.#media?.close();
    if (this.#hasCrossed) {
      former.close();
      lost();
    } else if (this.#media) {
      back(former);
    }
  }

  /** The connection is lost: what is not on the other node yet stays where it was. */
  interrupt(): void {
    if (!this.#hasCrossed) this.cancel();
  }

  /** The media is rebuilt, or the bot leaves: neither is of use. Idempotent. */
  abandon(): void {
    if (this.#over) return;
    this.#finish();
    this.#parts.former.close();
    this.#media?.close();
  }

  async #setUp(): Promise<MediaSetup> {
    const { how, room, signaling, entered } = this.#parts;
    if (how.ticket === undefined) return signaling.request('beginMove', {});
    const crossing = signaling.crossing({ room, ticket: how.ticket, data: false }, how.endsIn);
    this.#crossing = crossing;
    const answer = await crossing.join();
    if (this.#isOver()) throw unavailable('the move is off');
    this.#hasCrossed = true;
    crossing.change();
    entered(answer);
    return answer.media;
  }

  #finish(): void {
    this.#over = true;
    // Whatever became of it: nobody needs two connections.
    this.#crossing?.end();
    this.#parts.over();
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #isOver(): boolean {
    return this.#over;
  }
}
