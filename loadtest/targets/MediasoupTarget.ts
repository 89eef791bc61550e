import { BareConnection } from './BareConnection.ts';
import { MediasoupSeat } from './MediasoupSeat.ts';
import { observedRequest } from './observedRequest.ts';
import type { JoinRequest, Seat, Target } from './Target.ts';

/** The bare mediasoup server (`loadtest/servers/bareMediasoup/`); its URL is `tcp://host:port`. */
export class MediasoupTarget implements Target {
  /** @throws ParleyError with the server's code, or `unavailable` or `timeout` when it cannot be reached. */
  async join(request: JoinRequest): Promise<Seat> {
    const { url, room, name, observer, signal } = request;
    const startedAt = performance.now();
    const connection = await BareConnection.open(url, signal);
    const abort = (): void => connection.destroy();
    signal.addEventListener('abort', abort);
    try {
      const answer = await observedRequest(observer, 'join', {
        isClosed: () => signal.aborted,
        request: () => connection.request('join', { room, name }),
      });
      observer.signaling(performance.now() - startedAt);
      signal.throwIfAborted();
      return new MediasoupSeat(connection, answer, request);
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
