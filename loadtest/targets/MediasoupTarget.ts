import { unavailable } from '../../src/support/errors.ts';
import { BareConnection } from './BareConnection.ts';
import { MediasoupSeat } from './MediasoupSeat.ts';
import { step, timed } from './step.ts';
import type { JoinRequest, Seat, Target } from './Target.ts';

/** The bare mediasoup server (`loadtest/servers/bareMediasoup/`); its URL is `tcp://host:port`. */
export class MediasoupTarget implements Target {
  async join(request: JoinRequest): Promise<Seat> {
    const { url, room, name, observer, signal } = request;
    const start = performance.now();
    const connection = await step(observer, 'connect', () => BareConnection.open(url, signal));
    const abort = (): void => connection.destroy();
    signal.addEventListener('abort', abort);
    try {
      const answer = await step(observer, 'join', () =>
        timed(observer, 'join', () => connection.request('join', { room, name })),
      );
      if (signal.aborted) throw unavailable('the run has ended');
      observer.signaling(performance.now() - start);
      return new MediasoupSeat(connection, answer, request);
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
