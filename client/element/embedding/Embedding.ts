import type { Arrangement } from '../requests.ts';
import type { Visit } from '../Visit.ts';
import type { VisitEvents } from '../visitTypes.ts';
import { NOTHING_KNOWN, type RoomElementEvents, type RoomFollower, type RoomSummary } from './contract.ts';
import { eventsBetween, summaryOf } from './summary.ts';

/** As a room is before anybody changed anything. */
const UNTOUCHED: Arrangement = { panel: null, tileView: false, pinned: null };

/** Keeps whoever embeds the element up to date; without a follower it does nothing. */
export class Embedding {
  follower: RoomFollower | null = null;
  arrangement = UNTOUCHED;
  #told: RoomSummary = NOTHING_KNOWN;
  #spoken = JSON.stringify(NOTHING_KNOWN);

  /** Looks what became different, and tells it: the summary first, then what happened. */
  look(visit: Visit | null, room: string): void {
    const { follower } = this;
    if (!follower) return;
    if (!visit?.session?.state) this.arrangement = UNTOUCHED;
    const summary = summaryOf(visit, room, this.arrangement);
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

  clicked(key: string): void {
    this.#tell('toolbarButtonClicked', { key });
  }

  #tell<E extends keyof RoomElementEvents>(name: E, detail: RoomElementEvents[E]): void {
    this.follower?.event(name, detail);
  }
}
