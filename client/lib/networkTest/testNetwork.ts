import type { NetworkTestAnswer } from '../../../src/protocol/networkTestRequests.ts';
import { invalidState, unavailable } from '../../../src/support/errors.ts';
import { MEDIA_ROUTES, type MediaRoute } from '../../../src/support/reachability.ts';
import { MediaError } from '../MediaError.ts';
import type { ConnectOptions } from '../publicTypes.ts';
import { RoomToken } from '../RoomToken.ts';
import { SignalingClient } from '../SignalingClient.ts';
import { NOTHING_YET, type NetworkReport } from './networkReport.ts';
import { openTest } from './openTest.ts';
import { TestConnection } from './TestConnection.ts';

export interface NetworkTestOptions extends Pick<
  ConnectOptions,
  'room' | 'token' | 'tokenSource' | 'region'
> {
  /** The server's base URL. */
  url: string;
  /** Ends the test; nothing of it is left then. */
  signal: AbortSignal;
  /** Called with all that is known, whenever something more is. */
  onReport: (report: NetworkReport) => void;
}

/**
 * Tests the way to a server without joining: which ways lead there, how long they take and how much gets through.
 *
 * Takes about five seconds, ten where a way is blocked, and sends and receives 1 MB at most each.
 *
 * @throws ParleyError with the server's code (as `connect`, and `limitExceeded` when too many test), `unavailable` or `timeout` when it
 * cannot be reached, `invalidState` when given up; MediaError `unsupported` without WebRTC.
 */
export async function testNetwork(options: NetworkTestOptions): Promise<NetworkReport> {
  if (typeof RTCPeerConnection === 'undefined')
    throw new MediaError('unsupported', 'This browser has no WebRTC');
  const { signal } = options;
  const signaling = new SignalingClient({ url: options.url });
  const test = new Test(signaling, options);
  const giveUp = (): void => test.close();
  signal.addEventListener('abort', giveUp);
  try {
    return await test.run();
  } finally {
    signal.removeEventListener('abort', giveUp);
    test.close();
  }
}

/** One test, from its socket to its end. */
class Test {
  readonly #signaling: SignalingClient;
  readonly #options: NetworkTestOptions;
  readonly #connections = new Map<MediaRoute, TestConnection>();
  #report = NOTHING_YET;

  constructor(signaling: SignalingClient, options: NetworkTestOptions) {
    this.#signaling = signaling;
    this.#options = options;
  }

  async run(): Promise<NetworkReport> {
    const { room, token, tokenSource, region, signal } = this.#options;
    const who = { room, ...(token === undefined ? {} : { token }), ...(tokenSource ? { tokenSource } : {}) };
    const place = region === undefined ? {} : { region };
    const answer = await new RoomToken().use(who, {
      join: (given) => {
        this.#assertWanted();
        const request = { room, ...place, ...(given.token === undefined ? {} : { token: given.token }) };
        return openTest(this.#signaling, request, signal);
      },
    });
    this.#assertWanted();
    this.#tell({ ports: answer.ports });
    const opening = this.#tryAll(answer);
    const route = await firstOpen(opening);
    // Those that are slower to fail do not keep the figures waiting.
    await this.#measure(route, answer);
    await Promise.all(opening.values());
    this.#assertWanted();
    return this.#report;
  }

  /** Idempotent. */
  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    // The server ends the test with its socket.
    this.#signaling.close();
  }

  #tryAll(answer: NetworkTestAnswer): Map<MediaRoute, Promise<boolean>> {
    const opening = new Map<MediaRoute, Promise<boolean>>();
    for (const route of MEDIA_ROUTES) {
      const way = answer[route];
      if (!way) {
        this.#found(route, 'missing');
        continue;
      }
      const { transportId } = way.transport;
      const connection = new TestConnection({
        ...{ route, way, iceServers: answer.iceServers },
        connect: (dtlsParameters) =>
          this.#signaling.request('connectNetworkTest', { transportId, dtlsParameters }),
      });
      this.#connections.set(route, connection);
      const opens = connection.opens().then((isOpen) => {
        // The server ended the test with its socket: that is no firewall.
        if (!isOpen && !this.#signaling.connected) throw unavailable('the connection to the server was lost');
        this.#found(route, isOpen ? 'works' : 'failed');
        return isOpen;
      });
      // Whoever waits for it hears of it.
      opens.catch(() => undefined);
      opening.set(route, opens);
    }
    return opening;
  }

  async #measure(route: MediaRoute | undefined, answer: NetworkTestAnswer): Promise<void> {
    const connection = route && this.#connections.get(route);
    const transportId = route && answer[route]?.transport.transportId;
    if (!connection || transportId === undefined) {
      this.#tell({ roundTripTime: null, uplink: null, downlink: null });
      return;
    }
    // Before the way is full of what is measured next.
    this.#tell({ roundTripTime: await known(() => connection.roundTripTime()) });
    this.#assertWanted();
    const downlink = await known(() =>
      connection.receiveMuch(async () => {
        const { bytes } = await this.#signaling.request('measureNetwork', { transportId, direction: 'down' });
        return bytes;
      }),
    );
    this.#tell({ downlink });
    this.#assertWanted();
    const uplink = await known(async () => {
      await connection.sendMuch();
      return (await this.#signaling.request('measureNetwork', { transportId, direction: 'up' })).bitrate;
    });
    this.#tell({ uplink });
  }

  #found(route: MediaRoute, outcome: NetworkReport['routes'][MediaRoute]): void {
    this.#tell({ routes: { ...this.#report.routes, [route]: outcome } });
  }

  #tell(news: Partial<NetworkReport>): void {
    this.#report = { ...this.#report, ...news };
    if (!this.#options.signal.aborted) this.#options.onReport(this.#report);
  }

  #assertWanted(): void {
    if (this.#options.signal.aborted) throw invalidState('the test was given up');
  }
}

/** The best way that is open, once no better one can be. */
async function firstOpen(
  opening: ReadonlyMap<MediaRoute, Promise<boolean>>,
): Promise<MediaRoute | undefined> {
  for (const [route, opens] of opening) if (await opens) return route;
  return undefined;
}

/** A way that is lost in the middle has no figure, and the test goes on. */
async function known(figure: () => Promise<number | null>): Promise<number | null> {
  try {
    return await figure();
  } catch {
    return null;
  }
}
