import { badRequest } from '../support/errors.ts';
import type { SignalingIo, SignalingSocket } from './sockets.ts';

/**
 * Bytes (characters of text) that may wait for a client which does not read, before the answer or fact that is too
 * much. The largest single answer, a full room's snapshot, does not count against it.
 */
const MAX_BACKLOG = 2_097_152;

/** Packets within so many ms beyond which a connection is ended: ten times what is answered by more than a refusal. */
const FLOOD = { packets: 3000, window: 3000 };

type Connection = SignalingSocket['conn'];

/**
 * Ends a connection whose client does not read what it is sent.
 *
 * Engine.IO keeps what cannot be written yet, without a limit, and a client that blindly sends pongs looks alive: it
 * could ask for one snapshot after the other until this process has no memory left.
 */
export function endUnread(io: SignalingIo, ended: (connection: Connection) => void): void {
  io.engine.on('connection', (connection: Connection) => {
    let waiting = 0;
    connection.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
      if (waiting > MAX_BACKLOG) {
        ended(connection);
        destroy(connection);
      } else waiting += data?.length ?? 0;
    });
    // All that waited was handed to the transport, which asks for more once it is written.
    connection.on('drain', () => (waiting = 0));
  });
}

/**
 * Ends a connection that sends so much that refusing it would keep everybody else waiting. Counts whatever comes, also
 * what no request limit sees: messages without acknowledgement, heartbeats, connect packets.
 */
export function endFloods(io: SignalingIo, ended: (connection: Connection) => void): void {
  io.engine.on('connection', (connection: Connection) => {
    let start = performance.now();
    let packets = 0;
    connection.on('packet', () => {
      packets += 1;
      if (packets <= FLOOD.packets) return;
      const now = performance.now();
      if (now - start < FLOOD.window) {
        ended(connection);
        destroy(connection);
      }
      [start, packets] = [now, 0];
    });
  });
}

/**
 * Refuses a second socket on one connection, and ends the connection.
 *
 * Socket.IO has one for each namespace, and there is one namespace only; but connect packets that arrive together
 * would all be taken, and a message of a few KB would make thousands of sockets.
 */
export function oneSocketEach(io: SignalingIo): void {
  const taken = new WeakSet<Connection>();
  io.use(({ conn }, next) => {
    if (taken.has(conn)) {
      destroy(conn);
      next(handshakeError('one socket for each connection'));
    } else {
      taken.add(conn);
      next();
    }
  });
}

/** Socket.IO hands `data` of the error to the client's `connect_error`. */
export function handshakeError(message: string): Error & { data: unknown } {
  return Object.assign(new Error(message), { data: badRequest(message).toWire() });
}

function destroy(connection: Connection): void {
  // A WebSocket's goodbye would wait behind what is not read.
  const { socket } = connection.transport as { socket?: { terminate?: () => void } };
  connection.close(true);
  socket?.terminate?.();
}
