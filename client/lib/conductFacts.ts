import type { PeerState } from './publicTypes.ts';
import type { RoomChange } from './roomChanges.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** Writes into the state what the server tells of who does what, and tells what leaves no trace there. */
export function followConduct(
  signaling: SignalingClient,
  store: RoomStore,
  tell: (change: RoomChange) => void,
): void {
  const find = (id: string): PeerState | null =>
    store.state.peers.find(({ peerId }) => peerId === id) ?? null;
  signaling.on('settingsChanged', (fact) => store.dispatch({ type: 'settingsChanged', ...fact }));
  signaling.on('lobbyChanged', (fact) => store.dispatch({ type: 'lobbyChanged', ...fact }));
  signaling.on('reaction', ({ peerId, reaction }) => {
    if (store.state.peerId !== '') tell(['reaction', reaction, find(peerId)]);
  });
  signaling.on('unmuteAsked', ({ by }) => tell(['unmuteAsked', find(by)]));
}
