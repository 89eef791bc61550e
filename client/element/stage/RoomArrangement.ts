import type { Arrangement, Request } from '../requests.ts';
import { DEFAULT_STAGE, type LayoutChoice, type Pin, type StageChoice } from './stageChoice.ts';

/** As a room is before anybody changed anything. */
export const UNTOUCHED: Arrangement = { ...DEFAULT_STAGE, panel: null, pinned: null, statisticsOf: null };

/** How the person has the room on the screen, and what changes it. */
export class RoomArrangement {
  readonly #changed: (now: Arrangement) => void;
  #now = UNTOUCHED;
  /** The layout before everybody was put into a grid. */
  #former: LayoutChoice = 'auto';

  constructor(changed: (now: Arrangement) => void) {
    this.#changed = changed;
  }

  change(change: Partial<Arrangement>): void {
    this.#now = { ...this.#now, ...change };
    this.#changed(this.#now);
  }

  /** Everybody in a grid, or the stage again as it was before. */
  toggleTileView(): void {
    const { layout, pinned } = this.#now;
    if (layout === 'grid' && !pinned) this.change({ layout: this.#former });
    else this.#choose({ layout: 'grid' });
  }

  /** Gives the stage to a peer, or to one of its pictures; null: to nobody in particular. */
  pin(pinned: Pin | null): void {
    this.change({ pinned });
  }

  /** Lets go of a pin whose peer has left: whoever comes back is somebody else. */
  keepTo(peers: readonly { peerId: string }[]): void {
    const { pinned } = this.#now;
    if (pinned && !peers.some(({ peerId }) => peerId === pinned.peerId)) this.pin(null);
  }

  /** Does what a part asked for, if it is about this. */
  answer(request: Request): boolean {
    if (request.type === 'arrange') this.#choose(request.change);
    else if (request.type === 'pin') this.pin(request.pin);
    else return false;
    return true;
  }

  /** Whoever chooses a layout sees it at once: what was pinned is not any more. */
  #choose(change: Partial<StageChoice>): void {
    const { layout } = this.#now;
    if (change.layout === 'grid' && layout !== 'grid') this.#former = layout;
    this.change({ ...change, ...(change.layout ? { pinned: null } : {}) });
  }
}
