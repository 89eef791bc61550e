import type { Demand } from './Demand.ts';
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
  demand: Demand;
  /** Whether this client knows already who it is in the room. */
  isPresent: () => boolean;
}): void {
  const { signaling, store, publications, subscriptions, demand } = parts;
  signaling.on('peerJoined', (fact) => {
    // It may be this very client; everybody else is in the snapshot that is on its way.
    if (!parts.isPresent()) return;
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
    const { producerId, replaces } = fact.producer;
    if (replaces !== undefined) subscriptions.inherit(replaces, producerId);
    store.dispatch({ type: 'newProducer', ...fact });
    subscriptions.refresh();
  });
  signaling.on('producerClosed', (fact) => {
    // Own tracks end by own hand, or by a moderator's.
    if (fact.peerId === store.state.peerId && fact.reason !== 'removed') return;
    subscriptions.producersGone([fact.producerId]);
    // Facts go to everybody: whatever else ends an own producer was this client's doing.
    if (fact.reason === 'removed') publications.closedByServer(fact.producerId);
    store.dispatch({ type: 'producerClosed', ...fact });
  });
  signaling.on('producerPaused', (fact) => store.dispatch({ type: 'producerPaused', ...fact }));
  signaling.on('producerResumed', (fact) => store.dispatch({ type: 'producerResumed', ...fact }));
  signaling.on('newConsumer', ({ consumer }) => void subscriptions.newConsumer(consumer));
  signaling.on('consumerClosed', ({ consumerId, producerId, reason }) =>
    subscriptions.consumerClosed(consumerId, producerId, reason),
  );
  signaling.on('demandChanged', ({ producerId, spatialLayer }) => demand.changed(producerId, spatialLayer));
  signaling.on('audioOnlyChanged', (fact) => store.dispatch({ type: 'audioOnlyChanged', ...fact }));
  signaling.on('qualityChanged', (fact) => store.dispatch({ type: 'qualityChanged', ...fact }));
  signaling.on('roomConfigured', (fact) => store.dispatch({ type: 'roomConfigured', ...fact }));
  signaling.on('speakersChanged', (fact) => store.dispatch({ type: 'speakersChanged', ...fact }));
  signaling.on('roomConfigured', (fact) => {
    store.dispatch({ type: 'roomConfigured', ...fact });
    publications.refresh();
  });
  signaling.on('recordingChanged', (fact) => store.dispatch({ type: 'recordingChanged', ...fact }));
  signaling.on('roomUpdated', (fact) => store.dispatch({ type: 'roomUpdated', ...fact }));
  signaling.on('producerMuted', ({ producerId }) => publications.mutedByServer(producerId));
  signaling.on('permissionsChanged', (fact) => {
    store.dispatch({ type: 'permissionsChanged', ...fact });
    subscriptions.refresh();
  });
  signaling.on('subscriptionsAsked', ({ producerIds, subscribe }) => {
    const done = subscribe ? subscriptions.subscribe(producerIds) : subscriptions.unsubscribe(producerIds);
    done.catch(() => undefined);
  });
  signaling.on('chatMessage', (fact) => store.dispatch({ type: 'chatMessage', ...fact }));
}
