import { UNTOUCHED } from '../stage/RoomArrangement.ts';
import type { Request } from '../requests.ts';
import type { Visit } from '../Visit.ts';
import type { VisitEvents } from '../visitTypes.ts';
import { NOTHING_KNOWN, type RoomElementEvents, type RoomFollower, type RoomSummary } from './contract.ts';
import { eventsBetween, summaryOf } from './summary.ts';

/** Keeps whoever embeds the element up to date; without a follower it does nothing. */
export class Embedding {
  follower: RoomFollower | null = null;
  readonly #changed: () => void;
  #arrangement = UNTOUCHED;
  /** Messages that came since the chat was last in sight. */
  #unread = 0;
  #told: RoomSummary = NOTHING_KNOWN;
  #spoken = JSON.stringify(NOTHING_KNOWN);

  /** @param changed Called when there is something to look at. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Looks what became different, and tells it: the summary first, then what happened. */
  look(visit: Visit | null, room: string): void {
    const { follower } = this;
    if (!follower) return;
    if (!visit?.session?.state) [this.#arrangement, this.#unread] = [UNTOUCHED, 0];
    const summary = summaryOf(visit, room, this.#arrangement, this.#unread);
    const spoken = JSON.stringify(summary);
    if (spoken === this.#spoken) return;
    const before = this.#told;
    this.#told = summary;
    this.#spoken = spoken;
    follower.summary(summary);
    for (const [name, detail] of eventsBetween(before, summary)) follower.event(name, detail);
  }

  /** Passes on what happened in a visit. */
  visited<E extends keyof VisitEvents>(name: E, detail: VisitEvents[E]): void {
    this.#tell(name, detail as RoomElementEvents[E]);
    if (name !== 'error') return;
    const { code, message } = detail as VisitEvents['error'];
    this.#tell('errorOccurred', { name: code, message, isFatal: this.#told.participantId === '' });
  }

  /** Takes note of what a part asked for, as far as it concerns the embedder. */
  heard(request: Request): void {
    switch (request.type) {
      case 'ownButton':
        this.#tell('toolbarButtonClicked', { key: request.key });
        return;
      case 'reportArrangement':
        this.#arrangement = request.arrangement;
        break;
      case 'reportUnread':
        this.#unread = request.count;
        break;
      default:
        return;
    }
    this.#changed();
  }

  #tell<E extends keyof RoomElementEvents>(name: E, detail: RoomElementEvents[E]): void {
    this.follower?.event(name, detail);
  }
}
