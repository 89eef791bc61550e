import { RoomProvider, useRoom } from '@parley/client/react';
import { useState } from 'react';
import { Chat } from './Chat.jsx';
import { Controls } from './Controls.jsx';
import { Tiles } from './Tiles.jsx';

const url = import.meta.env.VITE_PARLEY_URL ?? 'http://localhost:3000';

export function App() {
  // Nobody is in a room while this is null.
  const [entry, setEntry] = useState(null);
  const { room, status, error, retry } = useRoom(entry && { url, ...entry });

  if (!entry) return <Door onEnter={setEntry} />;
  return (
    <RoomProvider room={room}>
      <p role="status">
        {entry.room}: {status} {error?.message}
      </p>
      {(status === 'failed' || status === 'closed') && <button onClick={retry}>Try again</button>}
      {room && (
        <>
          <Controls onLeave={() => setEntry(null)} />
          <Tiles />
          <Chat />
        </>
      )}
    </RoomProvider>
  );
}

function Door({ onEnter }) {
  const enter = (event) => {
    event.preventDefault();
    onEnter(Object.fromEntries(new FormData(event.target)));
  };
  return (
    <form onSubmit={enter}>
      <input name="room" defaultValue="standup" aria-label="Room" required />
      <input name="name" placeholder="Your name" aria-label="Your name" required />
      <button>Join</button>
    </form>
  );
}
