import type { Socket } from 'socket.io-client';
import type { ClientToServerEvents, EventPayloads } from '../../src/protocol/events.ts';
import { unavailable, type ParleyError } from '../../src/support/errors.ts';

/** Delays grow up to the first number, and after as many attempts up to the second (ms). */
export const MAX_DELAY = 2000;
const PATIENT_AFTER = 15;
const PATIENT_DELAY = 10_000;

/** Who is told what happens on a line. */
export interface LineOwner {
  /** Whether the line is not in use any more. */
  isOver(line: Line): boolean;
  /** It is open. */
  opened(): void;
  /** It could not be opened; `isFinal` where the server itself answered no. */
  failed(error: Error & { data?: unknown }, isFinal: boolean): void;
  lost(reason: string): void;
  gaveUp(error: ParleyError): void;
  /** Opens it again. */
  open(): void;
  /** What the server told. */
  tell(name: string, payload: unknown): void;
}

/** A socket, and who listens to it at present. */
export interface Line {
  readonly socket: Socket<Record<string, never>, ClientToServerEvents>;
  readonly origin: string;
  owner: LineOwner;
}

/** Tells a line's owner of the moment what happens on it. */
export function listen(line: Line): void {
  const { socket } = line;
  const isOver = (): boolean => line.owner.isOver(line);
  socket.on('connect', () => {
    socket.io.reconnectionDelayMax(MAX_DELAY);
    if (!isOver()) line.owner.opened();
  });
  socket.on('disconnect', (reason) => {
    if (isOver()) return;
    line.owner.lost(reason);
    // Socket.IO takes the server's goodbye for final; the session decides that here, by `removed`.
    if (reason === 'io server disconnect')
      setTimeout(() => line.owner.open(), MAX_DELAY * (0.5 + Math.random()));
  });
  // `active` is false when the server itself answered no: Socket.IO does not try again.
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    if (!isOver()) line.owner.failed(error, !socket.active);
  });
  socket.io.on('reconnect_attempt', (attempt) => {
    if (attempt === PATIENT_AFTER) socket.io.reconnectionDelayMax(PATIENT_DELAY);
  });
  socket.io.on('reconnect_failed', () => {
    if (!isOver()) line.owner.gaveUp(unavailable('the server cannot be reached'));
  });
  socket.onAny((name: string, payload: unknown) => {
    if (isOver()) return;
    if (name !== 'facts') {
      line.owner.tell(name, payload);
      return;
    }
    const { facts } = payload as EventPayloads['facts'];
    for (const [fact, told] of facts) line.owner.tell(fact, told);
  });
}
