import type { PeerState, PublicationState } from '../lib/publicTypes.ts';
import type { Rect, Size } from './gridLayout.ts';
import type { LayoutChoice, Pin } from './stage/stageChoice.ts';
import { layoutTiles } from './stage/stageLayout.ts';

export interface PlacementRequest {
  /** The local peer first. */
  peers: readonly PeerState[];
  dominantPeerId: string | null;
  area: Size;
  layout?: LayoutChoice;
  /** What has the stage, before anything else. */
  pinned?: Pin | null;
  /** Whom the hosts put there for all, in their order. */
  spotlight?: readonly string[];
  /** The last of the others who spoke; has the stage in the `speaker` layout. */
  speaker?: string | null;
  hideSelf?: boolean;
  /** From 0. */
  page?: number;
}

/** Who stands where. */
export interface Placement {
  /** By `cameraKey` and `screenKey`; those of the page, and the stage. */
  rects: ReadonlyMap<string, Rect>;
  /** The screens and cameras that have the stage. */
  stageKeys: readonly string[];
  page: number;
  /** 1 or more. */
  pages: number;
  /** Where pages are turned; null where there is one only. */
  pager: Rect | null;
}

/** Gives everybody a place, on one page or another. */
export function placePeers(request: PlacementRequest): Placement {
  const { peers, dominantPeerId, area, hideSelf = false, page = 0 } = request;
  const stageKeys = stageOf(request);
  const shown = peers.filter((peer) => !(peer.isLocal && hideSelf && peers.length > 1));
  // One's own screen beside one's own camera; those of the others come last, unless they have the stage.
  const keys = [
    ...peers.filter((peer) => peer.isLocal && isSharing(peer)).map(screenKey),
    ...shown.map(cameraKey),
    ...peers.filter((peer) => !peer.isLocal && isSharing(peer)).map(screenKey),
  ].filter((key) => !stageKeys.includes(key));
  const gap = area.width < 600 ? 8 : 12;
  const layout = layoutTiles({ area, count: keys.length, stage: stageKeys.length, gap, page });
  const speaker = peers.find((peer) => peer.peerId === dominantPeerId);
  const ordered = withSpeaker(keys, layout.onFirst, speaker ? cameraKey(speaker) : null);
  const rects = new Map<string, Rect>();
  layout.tiles.forEach((tile, index) => {
    const key = ordered[layout.first + index];
    if (key !== undefined) rects.set(key, tile);
  });
  layout.stage.forEach((place, index) => {
    const key = stageKeys[index];
    if (key !== undefined) rects.set(key, place);
  });
  return { rects, stageKeys, page: layout.page, pages: layout.pages, pager: layout.pager };
}

/** The keys with the speaker among the first `count`: in the place of the last of them, who takes the speaker's. */
export function withSpeaker(
  keys: readonly string[],
  count: number,
  speaker: string | null,
): readonly string[] {
  const at = speaker === null ? -1 : keys.indexOf(speaker);
  const last = keys[count - 1];
  if (at < count || speaker === null || last === undefined) return keys;
  const changed = [...keys];
  changed[count - 1] = speaker;
  changed[at] = last;
  return changed;
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

export const cameraKey = (peer: Pick<PeerState, 'peerId'>): string => `${peer.peerId}/camera`;
export const screenKey = (peer: Pick<PeerState, 'peerId'>): string => `${peer.peerId}/screen`;

/** Whether a peer shares a screen: what others publish needs its place before it has a track, as only what is looked at is sent. */
export function isSharing(peer: PeerState): boolean {
  const screen = publicationOf(peer, 'screen');
  return screen !== undefined && !screen.paused && (screen.track !== null || !peer.isLocal);
}

function stageOf({ peers, layout, pinned, spotlight, speaker }: PlacementRequest): string[] {
  const byId = (peerId: string | null | undefined): PeerState[] =>
    peers.filter((peer) => peer.peerId === peerId);
  if (pinned) {
    const [peer] = byId(pinned.peerId);
    if (peer) return [pinnedKey(peer, pinned.source)];
  }
  if (layout === 'grid') return [];
  const lit = (spotlight ?? []).flatMap(byId);
  if (lit.length > 0) return lit.map(bestOf);
  // One's own screen never takes the stage: a mirror in a mirror helps nobody.
  const presenter = peers.findLast((peer) => isSharing(peer) && !peer.isLocal);
  if (presenter) return [screenKey(presenter)];
  if (layout !== 'speaker') return [];
  const others = peers.filter((peer) => !peer.isLocal);
  const staged = byId(speaker)[0] ?? others[0];
  return staged ? [cameraKey(staged)] : [];
}

function pinnedKey(peer: PeerState, source: Pin['source']): string {
  if (source === 'camera') return cameraKey(peer);
  return source === 'screen' && isSharing(peer) ? screenKey(peer) : bestOf(peer);
}

/** The peer's screen, if it is another's and shared, or else the camera. */
function bestOf(peer: PeerState): string {
  return isSharing(peer) && !peer.isLocal ? screenKey(peer) : cameraKey(peer);
}
