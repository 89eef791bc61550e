import type { WebSocket } from 'ws';

export interface KeepAliveOptions {
  /** ms between pings. */
  interval?: number;
  /** Pings in a row without a sign of life, after which the other side is taken for dead. */
  misses?: number;
}

/**
 * Ends a connection whose other side is gone without a word; with the defaults after 8 to 10 s.
 *
 * It counts pings, not time: a process that stood still itself has pings to make up for, not a dead peer.
 */
export function keepAlive(socket: WebSocket, { interval = 2000, misses = 4 }: KeepAliveOptions = {}): void {
  let unanswered = 0;
  const alive = (): void => void (unanswered = 0);
  socket.on('message', alive).on('ping', alive).on('pong', alive);
  const timer = setInterval(() => {
    if (unanswered >= misses) socket.terminate();
    unanswered++;
    socket.ping();
  }, interval);
  socket.once('close', () => clearInterval(timer));
}
