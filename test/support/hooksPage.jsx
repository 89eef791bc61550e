/*
 * A page for tests: shows every hook on a room of its own, in StrictMode, and takes them away again.
 */
import { connect } from '@parley/client';
import * as hooks from '@parley/client/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

/** Of each event that the hooks listen to. */
const listeners = (room) =>
  ['stateChanged', 'statusChanged', 'data', 'reaction'].map((event) => room.listenerCount(event));

function Everything({ told }) {
  const [again, setAgain] = useState(0);
  const { messages } = hooks.useChat();
  const send = hooks.useDataMessages('notes', ({ payload }) => told.push(payload));
  hooks.useRoomEvent('reaction', (reaction) => told.push(reaction));
  const microphone = hooks.useTrackToggle('microphone');
  const self = hooks.useLocalParticipant();
  const names = hooks.useRoomState((state) => state?.peers.map(({ name }) => name) ?? []);
  const tracks = hooks.useTracks({ sources: ['microphone'] });
  const said = {
    names,
    self: self?.name,
    everybody: hooks.useParticipants().length,
    others: hooks.useRemoteParticipants().length,
    same: hooks.useParticipant(self?.peerId ?? '') === self,
    speaker: hooks.useActiveSpeaker()?.name ?? null,
    connection: hooks.useConnectionState(),
    tracks: tracks.map(({ name, publication }) => `${name} ${publication.source}`),
    microphone: microphone.enabled,
    microphones: hooks.useMediaDevices().microphones.length,
    messages: messages.map(({ text }) => text),
    again,
  };
  window.probe = {
    ...window.probe,
    said,
    send,
    toggle: microphone.toggle,
    again: () => setAgain((n) => n + 1),
  };
  return <audio ref={hooks.useMediaElement(tracks[0]?.publication.track)} />;
}

window.start = async (url) => {
  const room = await connect({ url, room: 'hooks', name: 'Ann' });
  const before = listeners(room);
  const told = [];
  const root = createRoot(document.querySelector('#root'));
  window.probe = {
    room,
    told,
    before,
    listeners: () => listeners(room),
    unmount: () => root.unmount(),
  };
  root.render(
    <StrictMode>
      <hooks.RoomProvider room={room}>
        <Everything told={told} />
      </hooks.RoomProvider>
    </StrictMode>,
  );
};
