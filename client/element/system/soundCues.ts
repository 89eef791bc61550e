import type { SessionClient } from '../RoomSession.ts';
import type { Cue } from './Sounds.ts';

/** Tells the cue of whatever happens in a room that one should hear. @returns a function that ends it. */
export function followCues(
  client: Pick<SessionClient, 'on' | 'state'>,
  play: (cue: Cue) => void,
): () => void {
  let hands = new Set(client.state.hands.map(({ peerId }) => peerId));
  let waiting = new Set(client.state.waiting.map(({ knockId }) => knockId));
  const unlisten = [
    client.on('peerJoined', () => play('join')),
    client.on('peerLeft', (_peer, reason) => {
      // Whoever went with a server that ends is on the way back.
      if (reason !== 'serverClosed') play('leave');
    }),
    client.on('chatMessage', ({ peerId }) => {
      if (peerId !== client.state.peerId) play('message');
    }),
    client.on('handsChanged', (now) => {
      if (now.some(({ peerId, isLocal }) => !isLocal && !hands.has(peerId))) play('hand');
      hands = new Set(now.map(({ peerId }) => peerId));
    }),
    client.on('waitingChanged', (now) => {
      if (now.some(({ knockId }) => !waiting.has(knockId))) play('knock');
      waiting = new Set(now.map(({ knockId }) => knockId));
    }),
  ];
  return () => {
    for (const end of unlisten) end();
  };
}
