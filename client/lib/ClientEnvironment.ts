import type { types } from 'mediasoup-client';

/** What the SDK takes from its surroundings; tests give their own, everybody else nothing. */
export interface ClientEnvironment {
  /** mediasoup-client's browser handler (default: detected from the browser). */
  handlerFactory?: types.HandlerFactory;
  /** Default: `navigator.mediaDevices`. */
  mediaDevices?: MediaDevices;
  /** ms; only tests have reason to change these. */
  requestTimeout?: number;
  reconnectDelay?: number;
  connectTimeout?: number;
  statsInterval?: number;
}
