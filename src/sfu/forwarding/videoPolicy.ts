import { EXPECTED_VIDEOS, type Importance, type View } from '../../protocol/models.ts';
import { ALL_LAYERS, SMALLEST, type Decision } from './decision.ts';
import { layersForTile, type Picture } from './tileLayers.ts';

/** Videos that one peer gets at a time, however many it claims to see. */
export const MAX_VIDEOS = 64;

/** Share of the downlink (mediasoup `Consumer.setPriority`). */
const PRIORITIES: Record<Importance, number> = {
  pinned: 200,
  screen: 180,
  speaker: 120,
  normal: 60,
  filmstrip: 30,
};

/** The videos of a room as one viewer may get them. */
export interface VideoFacts {
  /** All videos: screens first, then those of who spoke last. */
  videos: readonly string[];
  /** For viewers that do not say what they look at; 0: all. */
  lastN: number;
  picture: (producerId: string) => Picture;
  isScreen: (producerId: string) => boolean;
  isPaused: (producerId: string) => boolean;
}

/** What one viewer asked for. */
export interface Viewer {
  isWanted: (producerId: string) => boolean;
  /** undefined: it does not say what it looks at. */
  views: ReadonlyMap<string, View> | undefined;
  /** Whether it said of this one whether it sees it. */
  isTold: (producerId: string) => boolean;
  /** The spatial layer that it is sent at present. */
  currentLayer: (producerId: string) => number | undefined;
}

/** What a viewer sees: what it looks at, as large as it shows it; or else the videos of who spoke last. */
export function forwardVideo(facts: VideoFacts, viewer: Viewer): Map<string, Decision> {
  return viewer.views === undefined ? lastN(facts, viewer) : visible(facts, viewer, viewer.views);
}

function lastN(facts: VideoFacts, viewer: Viewer): Map<string, Decision> {
  const decisions = new Map<string, Decision>();
  const count = facts.lastN === 0 ? Infinity : facts.lastN;
  for (const id of facts.videos) {
    if (decisions.size >= count) break;
    if (!viewer.isWanted(id)) continue;
    const priority = PRIORITIES[facts.isScreen(id) ? 'screen' : 'normal'];
    decisions.set(id, { ...sendOrMuted(facts, id), layers: ALL_LAYERS, priority });
  }
  return decisions;
}

function visible(facts: VideoFacts, viewer: Viewer, views: ReadonlyMap<string, View>): Map<string, Decision> {
  const decisions = new Map<string, Decision>();
  for (const [id, view] of views) {
    if (decisions.size >= MAX_VIDEOS) break;
    if (!view.visible || !viewer.isWanted(id)) continue;
    const picture = facts.picture(id);
    const layers = layersForTile(picture, view, viewer.currentLayer(id));
    const decision = sendOrMuted(facts, id);
    if (decision.cause === 'fine' && layers.spatialLayer < picture.scales.length - 1) {
      decision.cause = 'tileIsSmall';
    }
    decisions.set(id, { ...decision, layers, priority: PRIORITIES[view.importance] });
  }
  for (const id of facts.videos) {
    if (decisions.size >= EXPECTED_VIDEOS) break;
    if (viewer.isTold(id) || !viewer.isWanted(id)) continue;
    const priority = PRIORITIES[facts.isScreen(id) ? 'screen' : 'normal'];
    decisions.set(id, { ...sendOrMuted(facts, id), layers: SMALLEST, priority });
  }
  return decisions;
}

function sendOrMuted(facts: VideoFacts, id: string): Pick<Decision, 'forward' | 'cause'> {
  return { forward: 'send', cause: facts.isPaused(id) ? 'mutedBySender' : 'fine' };
}
