import type { EventPayloads } from '../../src/protocol/events.ts';
import type {
  PeerCloseReason,
  PeerInfo,
  Permissions,
  ProducerInfo,
  RoomSnapshot,
  SpeakerLevel,
} from '../../src/protocol/models.ts';
import { conductOf, mergeChat, withConduct } from './conductState.ts';
import { frozen } from './frozenState.ts';
import { sameTrouble } from './iceAttempt.ts';
import { findPeer, mapPeer, mapPublication, NOTHING_STALE, withView, type RoomModel } from './roomModel.ts';
import { samePerson, SILENT, toPeer, toPublication, withoutUndefined, withQuality } from './peerState.ts';
import {
  NO_SUCCESSORS,
  succeeds,
  successorOf,
  withoutReplaced,
  withoutSuccessor,
  withSuccessor,
} from './successors.ts';
import type {
  ConnectionStatus,
  ConnectionTrouble,
  PeerState,
  PublicationState,
  RoomCloseReason,
  RoomState,
} from './publicTypes.ts';

type Fact<N extends keyof EventPayloads> = { [K in N]: { type: K } & EventPayloads[K] }[N];

/** Everything that changes the model: facts of the server, and what the client itself did. */
export type RoomAction =
  | Fact<
      | 'peerJoined'
      | 'peerLeft'
      | 'peerUpdated'
      | 'newProducer'
      | 'producerClosed'
      | 'producerPaused'
      | 'producerResumed'
      | 'speakersChanged'
      | 'audioOnlyChanged'
      | 'qualityChanged'
      | 'permissionsChanged'
      | 'roomUpdated'
      | 'roomConfigured'
      | 'recordingChanged'
      | 'settingsChanged'
      | 'lobbyChanged'
      | 'chatMessage'
    >
  | { type: 'status'; status: ConnectionStatus }
  | { type: 'trouble'; trouble: ConnectionTrouble | null }
  /** After `join` and `resume`. `missing`: why those are gone who are not in the snapshot (default `left`). */
  | {
      type: 'entered';
      peerId: string;
      permissions: Permissions;
      snapshot: RoomSnapshot;
      missing?: PeerCloseReason;
    }
  /** This client's own media died: the others publish on. */
  | { type: 'mediaLost' }
  /** Whoever has not published anew by now will not. */
  | { type: 'staleExpired' }
  | { type: 'subscribed'; producerId: string; track: MediaStreamTrack }
  | { type: 'unsubscribed'; producerId: string }
  | { type: 'localPublications'; publications: readonly PublicationState[] }
  | { type: 'closed'; reason: RoomCloseReason };

/** The model after an action; the same object when nothing changed. A closed room never changes again. */
export function reduceRoom(model: RoomModel, action: RoomAction): RoomModel {
  if (model.view.closeReason !== null) return model;
  switch (action.type) {
    case 'status':
      return action.status === model.view.status ? model : withView(model, { status: action.status });
    case 'trouble':
      if (sameTrouble(action.trouble, model.view.trouble)) return model;
      return withView(model, { trouble: action.trouble });
    case 'entered':
      return enter(model, action.peerId, action.permissions, action.snapshot);
    case 'peerJoined':
      if (action.peer.peerId === model.view.peerId) return model;
      return withView(model, { peers: upsertPeer(model.view.peers, action.peer) });
    case 'peerLeft':
      return removePeer(model, action.peerId);
    case 'peerUpdated':
      return updatePeer(model, action);
    case 'newProducer':
      return addProducer(model, action.producer);
    case 'producerClosed':
      return action.reason === 'mediaReset'
        ? markStale(model, action.producerId)
        : removeProducer(model, action.producerId);
    case 'producerPaused':
    case 'producerResumed': {
      const paused = action.type === 'producerPaused';
      const waiting = model.successors.get(action.producerId);
      if (waiting) return { ...model, successors: withSuccessor(model.successors, { ...waiting, paused }) };
      return mapPublication(model, action.producerId, (publication) => ({
        ...publication,
        paused,
      }));
    }
    case 'speakersChanged':
      return hear(model, action.dominantPeerId, action.levels);
    case 'audioOnlyChanged':
      if (action.audioOnly === model.view.audioOnly) return model;
      return withView(model, { audioOnly: action.audioOnly });
    case 'qualityChanged': {
      const peers = withQuality(model.view.peers, action.tracks, action.peers);
      return peers === model.view.peers ? model : withView(model, { peers });
    }
    case 'roomConfigured':
      return withView(model, { forwarding: action.forwarding, videoCodec: action.videoCodec });
    case 'recordingChanged':
      return withView(model, { recording: action.recording, recordingEndReason: action.endReason ?? null });
    case 'settingsChanged':
      return withView(model, { settings: action.settings });
    case 'lobbyChanged':
      return withView(model, { waiting: action.waiting });
    case 'permissionsChanged':
      return withView(model, { permissions: action.permissions });
    case 'roomUpdated':
      return action.metadata === model.view.metadata ? model : withView(model, { metadata: action.metadata });
    case 'chatMessage':
      return withView(model, { chat: mergeChat(model.view.chat, [action.message]) });
    case 'mediaLost':
      return { ...model, view: dropTracks(model.view) };
    case 'staleExpired':
      return [...model.stale].reduce(removeProducer, model);
    case 'subscribed':
      return mapPublication(takePlace(model, action.producerId), action.producerId, (p) => ({
        ...p,
        track: action.track,
      }));
    case 'unsubscribed':
      return mapPublication(model, action.producerId, (p) => ({ ...p, track: null }));
    case 'localPublications':
      return mapPeer(model, model.view.peerId, (peer) => ({ ...peer, publications: action.publications }));
    case 'closed':
      return {
        ...model,
        view: frozen({ ...dropTracks(model.view), status: 'closed', closeReason: action.reason }),
      };
  }
}

/** Ids of what the other peers publish and the server can still deliver. */
export function consumableProducerIds(model: RoomModel): string[] {
  const listed = remoteProducerIds(model.view).filter((producerId) => !model.stale.has(producerId));
  return [...listed, ...model.successors.keys()];
}

function enter(
  model: RoomModel,
  peerId: string,
  permissions: Permissions,
  snapshot: RoomSnapshot,
): RoomModel {
  const { view } = model;
  const { forwarding, videoCodec, recording, metadata } = snapshot;
  const isOther = snapshot.room !== view.room;
  const known = new Map(view.peers.map((peer) => [peer.peerId, peer]));
  const ownPublications = view.peers.find((peer) => peer.isLocal)?.publications ?? [];
  const peers = snapshot.peers.map((info): PeerState => {
    // What this client publishes is its own truth: the snapshot may be older than its tracks.
    if (info.peerId === peerId)
      return { ...toPeer(info, known.get(peerId)), isLocal: true, publications: ownPublications };
    return toPeer({ ...info, producers: withoutReplaced(info.producers) }, known.get(info.peerId));
  });
  const entered = {
    stale: NOTHING_STALE,
    successors: NO_SUCCESSORS,
    view: frozen(
      withConduct({
        ...view,
        room: snapshot.room,
        metadata,
        peerId,
        permissions,
        peers,
        chat: isOther ? snapshot.chat : mergeChat(view.chat, snapshot.chat),
        // A new peer of the server's starts without any such trouble.
        audioOnly: view.audioOnly && peerId === view.peerId,
        forwarding,
        videoCodec,
        recording,
        recordingEndReason: recording ? null : view.recordingEndReason,
        ...conductOf(snapshot),
      }),
    ),
  };
  return hear(entered, snapshot.dominantPeerId, snapshot.levels);
}

function upsertPeer(peers: readonly PeerState[], info: PeerInfo): PeerState[] {
  const known = peers.find((peer) => peer.peerId === info.peerId);
  const peer = toPeer(info, known);
  return known ? peers.map((other) => (other === known ? peer : other)) : [...peers, peer];
}

function updatePeer(model: RoomModel, update: EventPayloads['peerUpdated']): RoomModel {
  const known = findPeer(model, update.peerId);
  const { peerId, name, metadata, attributes, handRaisedAt, spotlightAt, role = 'speaker' } = update;
  const standing = { role, handRaisedAt, spotlightAt };
  if (!known || samePerson(known, update)) return model;
  return mapPeer(model, peerId, (peer) =>
    withoutUndefined({ ...peer, name, metadata, attributes, ...standing }),
  );
}

function removePeer(former: RoomModel, peerId: string): RoomModel {
  const { view } = former;
  if (peerId === view.peerId || !findPeer(former, peerId)) return former;
  const successors = new Map([...former.successors].filter(([, waiting]) => waiting.peerId !== peerId));
  const model = { ...former, successors };
  return withView(model, {
    peers: view.peers.filter((peer) => peer.peerId !== peerId),
    dominantPeerId: view.dominantPeerId === peerId ? null : view.dominantPeerId,
  });
}

function addProducer(model: RoomModel, producer: ProducerInfo): RoomModel {
  if (producer.peerId === model.view.peerId) return model;
  if (succeeds(findPeer(model, producer.peerId), producer))
    return { ...model, successors: withSuccessor(model.successors, producer) };
  const stale = new Set(model.stale);
  const next = mapPeer(model, producer.peerId, (peer) => {
    const known = peer.publications.find((p) => p.producerId === producer.producerId);
    const fresh = toPublication(producer, known?.track, known?.quality);
    // After a media reset the same source comes back under a new id: it takes the old one's place.
    const replaced =
      known ??
      peer.publications.find(
        (p) => stale.has(p.producerId) && p.source === producer.source && p.label === producer.label,
      );
    if (!replaced) return { ...peer, publications: [...peer.publications, fresh] };
    stale.delete(replaced.producerId);
    return { ...peer, publications: peer.publications.map((p) => (p === replaced ? fresh : p)) };
  });
  return next === model ? model : { ...next, stale };
}

/** One that waited stands where the other one stood. */
function takePlace(model: RoomModel, producerId: string): RoomModel {
  const waiting = model.successors.get(producerId);
  if (!waiting) return model;
  const next = mapPublication(model, waiting.replaces ?? '', () => toPublication(waiting));
  return { ...next, successors: withoutSuccessor(model.successors, producerId) };
}

function removeProducer(former: RoomModel, producerId: string): RoomModel {
  const successor = successorOf(former.successors, producerId);
  if (successor) return takePlace(former, successor.producerId);
  const successors = withoutSuccessor(former.successors, producerId);
  const model = successors === former.successors ? former : { ...former, successors };
  const owner = model.view.peers.find((peer) => peer.publications.some((p) => p.producerId === producerId));
  // The local peer's publications follow the tracks, see `localPublications`.
  if (!owner || owner.isLocal) return model;
  const next = mapPeer(model, owner.peerId, (peer) => ({
    ...peer,
    publications: peer.publications.filter((p) => p.producerId !== producerId),
  }));
  const stale = new Set(model.stale);
  stale.delete(producerId);
  return { ...next, stale };
}

/** Its media worker died; its publisher comes back with another one of the same source. */
function markStale(model: RoomModel, producerId: string): RoomModel {
  const next = mapPublication(model, producerId, (publication) => ({ ...publication, track: null }));
  return next === model ? model : { ...next, stale: new Set([...model.stale, producerId]) };
}

function hear(model: RoomModel, dominantPeerId: string | null, levels: readonly SpeakerLevel[]): RoomModel {
  const heard = new Map(levels.map(({ peerId, level }) => [peerId, level]));
  const peers = model.view.peers.map((peer) => {
    const level = heard.get(peer.peerId) ?? SILENT;
    const speaking = heard.has(peer.peerId);
    return peer.level === level && peer.speaking === speaking ? peer : { ...peer, level, speaking };
  });
  return withView(model, { peers, dominantPeerId });
}

function dropTracks(view: RoomState): RoomState {
  const peers = view.peers.map((peer) =>
    peer.isLocal || peer.publications.every((p) => p.track === null)
      ? peer
      : { ...peer, publications: peer.publications.map((p) => ({ ...p, track: null })) },
  );
  return frozen({ ...view, peers });
}

function remoteProducerIds(view: RoomState): string[] {
  return view.peers.flatMap((peer) => (peer.isLocal ? [] : peer.publications.map((p) => p.producerId)));
}
