import type { PeerState, PublicationState } from '../lib/publicTypes.ts';
import { chooseVisible, layoutTiles, type Rect, type Size } from './gridLayout.ts';

export interface PlacementRequest {
  /** The local peer first. */
  peers: readonly PeerState[];
  dominantPeerId: string | null;
  area: Size;
}

/** Who stands where. */
export interface Placement {
  /** By `cameraKey` and `screenKey`. */
  rects: ReadonlyMap<string, Rect>;
  /** The screen that has the stage. */
  stageKey: string | null;
  /** Peers without a place of their own. */
  hidden: number;
  /** Where it says how many they are; null where there is room for one tile only. */
  more: Rect | null;
}

/** Gives everybody a place, and the newest screen of somebody else the stage. */
export function placePeers({ peers, dominantPeerId, area }: PlacementRequest): Placement {
  const presenters = peers.filter(isSharing);
  // One's own screen never takes the stage: a mirror in a mirror helps nobody.
  const onStage = presenters.filter((peer) => !peer.isLocal).at(-1);
  const stageKey = onStage ? screenKey(onStage) : null;
  const keys = [
    ...peers.flatMap((peer) => (peer.isLocal && isSharing(peer) ? [screenKey(peer)] : [])),
    ...peers.map(cameraKey),
    ...presenters.filter((peer) => !peer.isLocal && peer !== onStage).map(screenKey),
  ];
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

/** The publication that a tile shows of a source; a peer has at most one. */
export function publicationOf(
  peer: PeerState,
  source: 'camera' | 'microphone' | 'screen',
): PublicationState | undefined {
  return peer.publications.find((publication) => publication.source === source);
}

export const cameraKey = (peer: PeerState): string => `${peer.peerId}/camera`;
export const screenKey = (peer: PeerState): string => `${peer.peerId}/screen`;

/** What others publish needs its place before it has a track: only what is looked at is sent. */
function isSharing(peer: PeerState): boolean {
  const screen = publicationOf(peer, 'screen');
  return screen !== undefined && !screen.paused && (screen.track !== null || !peer.isLocal);
}
