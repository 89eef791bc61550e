import type { PeerState, PublicationState } from '../lib/publicTypes.ts';
import { chooseVisible, layoutTiles, type Rect, type Size } from './gridLayout.ts';

export interface PlacementRequest {
  /** The local peer first. */
  peers: readonly PeerState[];
  dominantPeerId: string | null;
  area: Size;
  /** Nobody has the stage. */
  tileView?: boolean;
  /** Who has it, before any screen of somebody else. */
  pinned?: string | null;
}

/** Who stands where. */
export interface Placement {
  /** By `cameraKey` and `screenKey`. */
  rects: ReadonlyMap<string, Rect>;
  /** The screen, or the pinned peer's camera, that has the stage. */
  stageKey: string | null;
  /** Peers without a place of their own. */
  hidden: number;
  /** Where it says how many they are; null where there is room for one tile only. */
  more: Rect | null;
}

/** Gives everybody a place, and the newest screen of somebody else the stage. */
export function placePeers(request: PlacementRequest): Placement {
  const { peers, dominantPeerId, area, tileView = false, pinned = null } = request;
  const presenters = peers.filter(isSharing);
  // One's own screen never takes the stage: a mirror in a mirror helps nobody.
  const screens = presenters.filter((peer) => !peer.isLocal);
  const chosen = peers.find((peer) => peer.peerId === pinned);
  const stageKey = tileView ? null : chosen ? stageOf(chosen) : stageOf(screens.at(-1));
  const keys = [
    ...peers.flatMap((peer) => (peer.isLocal && isSharing(peer) ? [screenKey(peer)] : [])),
    ...peers.map(cameraKey),
    ...screens.map(screenKey),
  ].filter((key) => key !== stageKey);
  const gap = area.width < 600 ? 8 : 12;
  const layout = layoutTiles({ area, count: keys.length, stage: stageKey !== null, gap });
  const speaker = peers.find((peer) => peer.peerId === dominantPeerId);
  const short = layout.tiles.length < keys.length && layout.tiles.length > 1;
  const capacity = layout.tiles.length - (short ? 1 : 0);
  const visible = chooseVisible(keys, capacity, speaker ? cameraKey(speaker) : null);
  const rects = new Map<string, Rect>();
  visible.forEach((key, index) => {
    const tile = layout.tiles[index];
    if (tile) rects.set(key, tile);
  });
  if (stageKey !== null && layout.stage) rects.set(stageKey, layout.stage);
  return {
    rects,
    stageKey,
    hidden: peers.filter((peer) => !rects.has(cameraKey(peer))).length,
    more: (short && layout.tiles.at(-1)) || null,
  };
}

type Source = 'camera' | 'microphone' | 'screen';

/** What a peer publishes of a source: one at most, but for a moment two, where one takes the place of the other. */
export function publicationsOf(peer: PeerState, source: Source): PublicationState[] {
  return peer.publications.filter((publication) => publication.source === source);
}

/** The newest of them, which stands for the source. */
export function publicationOf(peer: PeerState, source: Source): PublicationState | undefined {
  return publicationsOf(peer, source).at(-1);
}

export const cameraKey = (peer: PeerState): string => `${peer.peerId}/camera`;
export const screenKey = (peer: PeerState): string => `${peer.peerId}/screen`;

/** The peer's screen, if it is another's and shared, or else the camera. */
function stageOf(peer: PeerState | undefined): string | null {
  if (!peer) return null;
  return isSharing(peer) && !peer.isLocal ? screenKey(peer) : cameraKey(peer);
}

/** What others publish needs its place before it has a track: only what is looked at is sent. */
function isSharing(peer: PeerState): boolean {
  const screen = publicationOf(peer, 'screen');
  return screen !== undefined && !screen.paused && (screen.track !== null || !peer.isLocal);
}
