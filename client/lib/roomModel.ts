import { withConduct } from './conductState.ts';
import { frozen } from './frozenState.ts';
import type { PeerState, PublicationState, RoomState } from './publicTypes.ts';
import type { Successors } from './successors.ts';

/** What the reducer knows: the public state, and the producers that died with their media worker. */
export interface RoomModel {
  readonly view: RoomState;
  /** Still listed so that nothing flickers, but not consumable: their publishers will come with new ids. */
  readonly stale: ReadonlySet<string>;
  /** Not listed yet, see there. */
  readonly successors: Successors;
}

export const NOTHING_STALE: ReadonlySet<string> = new Set();

export function findPeer({ view }: RoomModel, peerId: string): PeerState | undefined {
  return view.peers.find((peer) => peer.peerId === peerId);
}

export function mapPublication(
  model: RoomModel,
  producerId: string,
  change: (publication: PublicationState) => PublicationState,
): RoomModel {
  const owner = model.view.peers.find((peer) => peer.publications.some((p) => p.producerId === producerId));
  if (!owner || owner.isLocal) return model;
  return mapPeer(model, owner.peerId, (peer) => ({
    ...peer,
    publications: peer.publications.map((p) => (p.producerId === producerId ? change(p) : p)),
  }));
}

export function mapPeer(model: RoomModel, peerId: string, change: (peer: PeerState) => PeerState): RoomModel {
  if (!findPeer(model, peerId)) return model;
  const peers = model.view.peers.map((peer) => (peer.peerId === peerId ? change(peer) : peer));
  return withView(model, { peers });
}

export function withView(model: RoomModel, change: Partial<RoomState>): RoomModel {
  return { ...model, view: frozen(withConduct({ ...model.view, ...change })) };
}
