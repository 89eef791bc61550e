import type { Publications } from './Publications.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';
import type { Subscriptions } from './Subscriptions.ts';

/** Writes what the server tells into the state, and lets go of media that is gone. */
export function followFacts(parts: {
  signaling: SignalingClient;
  store: RoomStore;
  publications: Publications;
  subscriptions: Subscriptions;
}): void {
  const { signaling, store, publications, subscriptions } = parts;
  signaling.on('peerJoined', (fact) => {
    store.dispatch({ type: 'peerJoined', ...fact });
    subscriptions.refresh();
  });
  signaling.on('peerLeft', (fact) => {
    const peer = store.state.peers.find(({ peerId, isLocal }) => peerId === fact.peerId && !isLocal);
    subscriptions.producersGone(peer?.publications.map(({ producerId }) => producerId) ?? []);
    store.dispatch({ type: 'peerLeft', ...fact });
  });
  signaling.on('peerUpdated', (fact) => store.dispatch({ type: 'peerUpdated', ...fact }));
  signaling.on('newProducer', (fact) => {
    store.dispatch({ type: 'newProducer', ...fact });
    subscriptions.refresh();
  });
  signaling.on('producerClosed', (fact) => {
    subscriptions.producersGone([fact.producerId]);
    publications.closedByServer(fact.producerId);
    store.dispatch({ type: 'producerClosed', ...fact });
  });
  signaling.on('producerPaused', (fact) => store.dispatch({ type: 'producerPaused', ...fact }));
  signaling.on('producerResumed', (fact) => store.dispatch({ type: 'producerResumed', ...fact }));
  signaling.on('consumerClosed', ({ consumerId, producerId }) =>
    subscriptions.consumerClosed(consumerId, producerId),
  );
  signaling.on('speakersChanged', (fact) => store.dispatch({ type: 'speakersChanged', ...fact }));
  signaling.on('roomConfigured', (fact) => {
    store.dispatch({ type: 'roomConfigured', ...fact });
    publications.refresh();
  });
  signaling.on('chatMessage', (fact) => store.dispatch({ type: 'chatMessage', ...fact }));
}
