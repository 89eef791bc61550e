import { ParleyError } from '../../src/support/errors.ts';
import { JanusConnection, type PluginAnswer } from './janus/JanusConnection.ts';
import { JanusSeat } from './janus/JanusSeat.ts';
import { roomId } from './janus/roomId.ts';
import { observedRequest } from './observedRequest.ts';
import type { JoinRequest, Seat, Target } from './Target.ts';

/** Publishers that a room takes; Janus's default is 3. */
const MAX_PUBLISHERS = 10_000;

/**
 * Janus 1.x with its VideoRoom plugin; its URL is that of the WebSocket transport, `ws://host:8188`.
 *
 * Latency cannot be read from abs-capture-time: 1.1.2 does not negotiate the extension.
 */
export class JanusTarget implements Target {
  /** @throws ParleyError with the server's code, or `unavailable` or `timeout` when it cannot be reached. */
  async join(request: JoinRequest): Promise<Seat> {
    const { url, room: name, name: display, observer, signal } = request;
    const startedAt = performance.now();
    const connection = await JanusConnection.open(url, signal);
    const abort = (): void => connection.terminate();
    signal.addEventListener('abort', abort);
    try {
      const room = roomId(name);
      const { handleId, joined } = await observedRequest(observer, 'join', {
        isClosed: () => signal.aborted,
        request: async () => {
          await connection.createSession();
          const id = await connection.attach();
          const { data } = await enter(connection, id, { room, display });
          return { handleId: id, joined: data };
        },
      });
      observer.signaling(performance.now() - startedAt);
      signal.throwIfAborted();
      return new JanusSeat(connection, { room, handleId, joined }, request);
    } catch (error) {
      connection.terminate();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

/** Joins a room, which the first one makes. */
async function enter(
  connection: JanusConnection,
  handleId: number,
  { room, display }: { room: number; display: string },
): Promise<PluginAnswer> {
  const join = (): Promise<PluginAnswer> =>
    connection.request(handleId, { request: 'join', ptype: 'publisher', room, display });
  try {
    return await join();
  } catch (error) {
    if (!isCode(error, 'notFound')) throw error;
  }
  try {
    await connection.request(handleId, {
      request: 'create',
      room,
      publishers: MAX_PUBLISHERS,
      // No limit: the default of 0 has Janus send no REMB.
      bitrate: 0,
      audiocodec: 'opus',
      videocodec: 'vp8,h264,vp9',
      notify_joining: true,
      is_private: true,
    });
  } catch (error) {
    // Somebody else was faster.
    if (!isCode(error, 'conflict')) throw error;
  }
  return join();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof ParleyError && error.code === code;
}
