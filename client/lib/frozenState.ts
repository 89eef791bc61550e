import type { RoomState } from './publicTypes.ts';

/** Freezes what is new in the view; embedders get these very objects. */
export function frozen(view: RoomState): RoomState {
  if (!Object.isFrozen(view.peers)) {
    for (const peer of view.peers) {
      if (Object.isFrozen(peer)) continue;
      for (const publication of peer.publications) {
        if (publication.quality) Object.freeze(publication.quality);
        Object.freeze(publication);
      }
      Object.freeze(peer.publications);
      Object.freeze(peer);
    }
    Object.freeze(view.peers);
  }
  if (!Object.isFrozen(view.chat)) {
    view.chat.forEach((message) => Object.freeze(message));
    Object.freeze(view.chat);
  }
  Object.freeze(view.hands);
  Object.freeze(view.spotlight);
  Object.freeze(view.settings);
  if (!Object.isFrozen(view.waiting)) {
    view.waiting.forEach((one) => Object.freeze(one));
    Object.freeze(view.waiting);
  }
  Object.freeze(view.permissions);
  Object.freeze(view.recording);
  Object.freeze(view.forwarding.videoCodecs);
  Object.freeze(view.forwarding);
  return Object.freeze(view);
}
