import { badRequest, invalidState } from '../../src/support/errors.ts';
import type { ClientEnvironment } from './ClientEnvironment.ts';
import type { ConnectOptions } from './publicTypes.ts';
import { RoomClient } from './RoomClient.ts';

/**
 * Enters a room; resolves once joined.
 *
 * Where a host has to let people in it waits, after `onWaiting`, for as long as the server has people wait.
 *
 * @throws ParleyError with the server's code (`unauthorized`, `forbidden`, `limitExceeded`, `badRequest`, `locked`,
 * `passwordRequired`, `wrongPassword`, `rateLimited`, and `denied` or `notAnswered` by hosts), or
 * `unavailable` or `timeout` when the server cannot be reached; MediaError `unsupported` without WebRTC.
 */
export async function connect(
  options: ConnectOptions,
  environment: ClientEnvironment = {},
): Promise<RoomClient> {
  const { signal } = options;
  if (signal?.aborted) throw invalidState('the way in was given up');
  const room = new RoomClient({ ...options, url: serverUrl(options.url) }, environment);
  const unlisten = followPage(room);
  room.once('closed', unlisten);
  const giveUp = (): void => void room.leave();
  signal?.addEventListener('abort', giveUp);
  try {
    await room.start();
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
  return room;
}

function serverUrl(url: string | undefined): string {
  const base = typeof location === 'undefined' ? undefined : location.href;
  try {
    return new URL(url ?? '/', base).href;
  } catch (error) {
    throw badRequest(`not a URL: ${url ?? ''}`, { cause: error });
  }
}

/** A closed page leaves at once, instead of standing frozen in the room for the grace period. */
function followPage(room: RoomClient): () => void {
  // Not `window`, which what brings WebRTC to Node defines as well.
  if (typeof document === 'undefined') return () => undefined;
  const leave = (): void => void room.leave();
  const online = (): void => room.networkChanged();
  window.addEventListener('pagehide', leave);
  window.addEventListener('online', online);
  return () => {
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('online', online);
  };
}
