import { EXPECTED_VIDEOS } from '../../src/protocol/models.ts';
import type { Random } from '../rtp/random.ts';
import type { TilesPlan } from '../scenario/scenario.ts';
import type { RemoteTrack, TrackView } from '../targets/Target.ts';
import { withoutSuccessors, withSuccessors } from './chooseTracks.ts';

interface Size {
  width: number;
  height: number;
}

/** Across which a tile is shown that is enlarged, and the strip of small ones, in pixels. */
const LARGE: Size = { width: 1280, height: 720 };
const SMALL: Size = { width: 160, height: 90 };

/** A page of tiles: which videos a bot looks at, how large, and what of this the server knows. */
export class Tiles {
  readonly #plan: TilesPlan;
  /** Of tiles that have not the size of the plan. */
  readonly #sizes = new Map<string, Size>();
  readonly #told = new Map<string, TrackView>();
  #page: number;

  /** @param firstPage What it looks at first, from 0. */
  constructor(plan: TilesPlan, firstPage = 0) {
    this.#plan = plan;
    this.#page = firstPage;
  }

  turnPage(): void {
    this.#page++;
  }

  /** Gives a tile another size than it has. */
  resize(trackId: string, random: Random): void {
    const { width, height } = this.#plan;
    const now = this.#sizes.get(trackId) ?? { width, height };
    const others = [{ width, height }, LARGE, SMALL].filter((size) => size.width !== now.width);
    const next = others[Math.floor(random() * others.length)];
    if (next) this.#sizes.set(trackId, next);
  }

  /** Ids of those on the page, of all videos; shared screens are on all pages. */
  visible(videos: readonly RemoteTrack[]): Set<string> {
    const leading = withoutSuccessors(videos);
    const screens = leading.filter(isScreen).slice(0, this.#plan.count);
    const cameras = leading.filter((track) => !isScreen(track));
    const room = this.#plan.count - screens.length;
    const from = cameras.length === 0 ? 0 : (this.#page * room) % cameras.length;
    const page = [...cameras.slice(from), ...cameras.slice(0, from)].slice(0, room);
    return new Set(withSuccessors([...screens, ...page], videos).map(({ trackId }) => trackId));
  }

  /** Views that the server does not know yet; from then on it counts as told. */
  takeChanges(videos: readonly RemoteTrack[]): TrackView[] {
    const visible = this.visible(videos);
    const alive = new Set(videos.map(({ trackId }) => trackId));
    for (const known of [this.#told, this.#sizes])
      for (const trackId of known.keys()) if (!alive.has(trackId)) known.delete(trackId);
    const changed = videos
      .map((track): TrackView => {
        const { trackId } = track;
        const { width, height } = this.#sizes.get(trackId) ?? this.#plan;
        return { trackId, visible: visible.has(trackId), width, height, isScreen: isScreen(track) };
      })
      .filter((view) => {
        const told = this.#told.get(view.trackId);
        const isNews = told !== undefined || view.visible || visible.size < EXPECTED_VIDEOS;
        return isNews && !isSame(view, told);
      });
    for (const view of changed) this.#told.set(view.trackId, view);
    return changed;
  }

  /** The server knows nothing any more of what it was told. */
  forget(): void {
    this.#told.clear();
  }
}

function isScreen({ source }: RemoteTrack): boolean {
  return source === 'screen';
}

function isSame(one: TrackView, other: TrackView | undefined): boolean {
  return one.visible === other?.visible && one.width === other.width && one.height === other.height;
}
