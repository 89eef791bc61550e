import { createSocket, type Socket } from 'node:dgram';
import process from 'node:process';
import type { FromRecorder, StreamDescription, ToRecorder } from './messages.ts';
import { TrackWriter } from './TrackWriter.ts';

/*
 * The process that writes a recording. RTP goes through it and not through the server, whose event loop has calls to
 * keep alive, and whatever happens to the one does not happen to the other.
 */

/** Bytes of a socket's buffer, as far as the kernel gives them. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;
const TICK = 100;
const TELL_EVERY = 10;

interface Track {
  socket: Socket;
  writer: TrackWriter;
}

const tracks = new Map<string, Track>();
/** Bytes of files that are complete. */
let completeBytes = 0;
let settings = { directory: '', maxBytes: Infinity };
let isFull = false;
let isEnding = false;

function tell(message: FromRecorder): void {
  // Without its server nobody listens any more.
  if (process.connected) process.send?.(message);
}

function open(trackId: string, stream: StreamDescription): void {
  const writer = new TrackWriter(trackId, settings.directory, stream, {
    keyFrameNeeded: () => tell({ type: 'keyFrameNeeded', trackId }),
    file: (file, complete) => {
      if (complete) completeBytes += file.bytes;
      tell({ type: 'file', trackId, file, complete });
    },
    failed: (reason) => tell({ type: 'failed', trackId, reason }),
  });
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER });
  tracks.set(trackId, { socket, writer });
  socket.on('message', (datagram, { address }) => {
    if (address === '127.0.0.1' && !isFull) writer.receive(datagram);
  });
  socket.on('error', (error) => tell({ type: 'failed', trackId, reason: error.message }));
  socket.bind(0, '127.0.0.1', () => tell({ type: 'opened', trackId, port: socket.address().port }));
}

async function close(trackId: string): Promise<void> {
  const track = tracks.get(trackId);
  tracks.delete(trackId);
  track?.socket.close();
  await track?.writer.close();
  tell({ type: 'closed', trackId });
}

/** Everything is written; the process ends. */
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await Promise.allSettled([...tracks.keys()].map((trackId) => close(trackId)));
  process.exit(0);
}

function take(message: ToRecorder): void {
  if (message.type === 'begin') {
    settings = message;
    tell({ type: 'ready' });
  } else if (message.type === 'end') void end();
  else if (message.type === 'close') void close(message.trackId);
  else {
    try {
      open(message.trackId, message.stream);
    } catch (error) {
      tell({ type: 'failed', trackId: message.trackId, reason: String(error) });
    }
  }
}

let ticks = 0;
setInterval(() => {
  ticks += 1;
  for (const { writer } of tracks.values()) writer.tick();
  if (ticks % TELL_EVERY !== 0) return;
  let bytes = completeBytes;
  for (const { writer } of tracks.values()) {
    bytes += writer.bytes;
    writer.tell();
  }
  if (bytes < settings.maxBytes || isFull) return;
  isFull = true;
  tell({ type: 'full' });
}, TICK);

process.on('message', (message) => take(message as ToRecorder));
// It ends with its server, also where that was killed; a Ctrl-C in a terminal is the server's to hear.
process.on('disconnect', () => void end());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
