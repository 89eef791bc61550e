import type { Importance } from '../../src/protocol/models.ts';
import type { PeerState, PublicationState, ViewOptions } from '../lib/publicTypes.ts';
import type { Rect, Size } from './gridLayout.ts';
import { cameraKey, screenKey, type Placement } from './placement.ts';

/** Where one video of another peer stands. */
export interface VideoPlace {
  producerId: string;
  /** Null: it has no place. */
  rect: Rect | null;
  /** How the picture lies in its place (CSS `object-fit`). */
  fit: 'cover' | 'contain';
  importance: Importance;
}

/** What of the places a person has before the eyes. */
export interface Sight {
  /** Whether anybody is taken to look at the page. */
  attended: boolean;
  /** By producer id, whether its place is inside the window; unknown ones are missing. */
  inWindow: ReadonlyMap<string, boolean>;
  /** The producer that stands in a window of its own (W3C Picture-in-Picture). */
  floating: string | null;
  /** Device pixels to a CSS pixel. */
  pixelRatio: number;
}

/** How the person looks at one producer. */
export interface ProducerView extends ViewOptions {
  producerId: string;
}

/** The protocol takes no larger ones. */
const MOST_PIXELS = 16_384;
/** A picture that is letterboxed is at least as large on the screen when it has another shape. */
const USUAL_ASPECT = 16 / 9;

/** Where each video of the others stands, also of those that have no place. */
export function placesOf(
  peers: readonly PeerState[],
  dominantPeerId: string | null,
  { rects, stageKeys }: Pick<Placement, 'rects' | 'stageKeys'>,
): VideoPlace[] {
  const place = (peer: PeerState, { producerId, source }: PublicationState): VideoPlace => {
    const isCamera = source === 'camera';
    const isScreen = source === 'screen';
    const key = isCamera ? cameraKey(peer) : isScreen ? screenKey(peer) : null;
    const rect = (key !== null && rects.get(key)) || null;
    const fit = isScreen ? 'contain' : 'cover';
    const beside = stageKeys.length === 0 ? 'normal' : 'filmstrip';
    const speaks = isCamera && peer.peerId === dominantPeerId;
    const staged = isScreen ? 'screen' : 'pinned';
    const importance = key !== null && stageKeys.includes(key) ? staged : speaks ? 'speaker' : beside;
    return { producerId, rect, fit, importance };
  };
  return peers
    .filter((peer) => !peer.isLocal)
    .flatMap((peer) =>
      peer.publications
        .filter((publication) => publication.kind === 'video')
        .map((publication) => place(peer, publication)),
    );
}

/**
 * A limit is told as this share of itself: the server goes on with a larger layer until a tile is a tenth smaller than the
 * next one (`tileLayers.ts`), and a tile as large as the limit would keep it for good.
 */
const BELOW = 0.88;

/**
 * The same view of a picture with so many lines at most; 0: no limit. A screen on the stage is left as it is: with fewer
 * lines nobody could read it.
 */
export function limitedView(view: ProducerView, maxHeight: number): ProducerView {
  if (maxHeight === 0 || !view.visible || view.importance === 'screen') return view;
  const { width = maxHeight * USUAL_ASPECT, height = maxHeight } = view;
  const lines = maxHeight * BELOW;
  const scale = Math.min(1, lines / height, (lines * USUAL_ASPECT) / width);
  return {
    ...view,
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** What to say about each place; nothing about those of which the browser has not said whether they are in sight. */
export function viewsOf(places: readonly VideoPlace[], sight: Sight): ProducerView[] {
  return places.flatMap(({ producerId, rect, fit, importance }): ProducerView[] => {
    const floats = producerId === sight.floating;
    const within = rect === null ? false : sight.inWindow.get(producerId);
    if (!floats && (!sight.attended || within === false)) return [{ producerId, visible: false }];
    if (!floats && within === undefined) return [];
    const size = rect ? devicePixels(pictureSize(rect, fit), sight.pixelRatio) : {};
    return [{ producerId, visible: true, ...size, importance }];
  });
}

/** Those that are not as they were told; `urgent` where more than the size is different. */
export function changedViews(
  told: ReadonlyMap<string, ProducerView>,
  views: readonly ProducerView[],
): { urgent: ProducerView[]; resized: ProducerView[] } {
  const urgent: ProducerView[] = [];
  const resized: ProducerView[] = [];
  for (const view of views) {
    const before = told.get(view.producerId);
    if (before?.visible !== view.visible || before.importance !== view.importance) urgent.push(view);
    else if (before.width !== view.width || before.height !== view.height) resized.push(view);
  }
  return { urgent, resized };
}

/** Cropped pictures fill their place; others end where their shape does. */
function pictureSize({ width, height }: Rect, fit: VideoPlace['fit']): Size {
  if (fit === 'cover') return { width, height };
  return { width: Math.min(width, height * USUAL_ASPECT), height: Math.min(height, width / USUAL_ASPECT) };
}

/** Never 0, which asks for the largest. */
function devicePixels({ width, height }: Size, pixelRatio: number): Size {
  const pixels = (length: number): number =>
    Math.min(Math.max(Math.round(length * pixelRatio), 1), MOST_PIXELS);
  return { width: pixels(width), height: pixels(height) };
}
