/**
 * The closed set of codes with which a request can be refused.
 *
 * - `unauthorized`: no token, or one that does not verify
 * - `forbidden`: a valid caller without the permission
 * - `notFound`: the room, peer or id does not exist, or belongs to somebody else
 * - `badRequest`: the message itself is wrong
 * - `invalidState`: right message, wrong moment (not joined yet, already closed)
 * - `conflict`: it exists already
 * - `limitExceeded`: a limit of server, room or peer is reached
 * - `unsupported`: this server does not do this
 * - `redirected`: another node of the cluster is to serve this, at `url`; whoever comes from elsewhere is not sent on
 * - `unavailable`: temporarily impossible (no worker, shutting down); worth trying again
 * - `timeout`: no answer within the deadline
 * - `locked`: the room lets nobody new in
 * - `passwordRequired`, `wrongPassword`: the room has a password
 * - `rateLimited`: asked too often; worth trying again in a moment, in a minute at the latest
 * - `waitingRoom`: a host has to let the caller in, who may `knock`
 * - `denied`, `notAnswered`: a host did not let the caller in, or said nothing
 * - `internal`: the server's fault; details are in its log only
 */
export const ERROR_CODES = [
  'unauthorized',
  'forbidden',
  'notFound',
  'badRequest',
  'invalidState',
  'conflict',
  'limitExceeded',
  'unsupported',
  'redirected',
  'unavailable',
  'timeout',
  'locked',
  'passwordRequired',
  'wrongPassword',
  'rateLimited',
  'waitingRoom',
  'denied',
  'notAnswered',
  'internal',
] as const;

/** What a request can be refused with, see `ERROR_CODES`. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error as it travels. */
export interface WireError {
  code: ErrorCode;
  message: string;
  /** For `badRequest`: one line per offending field. */
  details?: string[];
  /** For `redirected`: the origin to go to. */
  url?: string;
}
