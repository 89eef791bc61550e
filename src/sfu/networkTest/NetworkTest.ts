import type { Router, WebRtcServer, WebRtcTransport } from 'mediasoup/types';
import { NETWORK_TEST } from '../../protocol/networkTest.ts';
import type { NetworkTestAnswer } from '../../protocol/networkTestRequests.ts';
import { invalidState, notFound } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { callMediasoup } from '../mediasoupCalls.ts';
import { TestWay } from './TestWay.ts';

interface NetworkTestEvents {
  /** Once, however it ended. */
  closed: [];
}

type Route = 'udp' | 'tcp' | 'relay';

export interface NetworkTestOptions {
  webRtcServer: WebRtcServer;
  /** Whether there is a TURN server to try. */
  relay: boolean;
  /** ms after which it ends. Default: as the protocol says. */
  lifetime?: number;
}

/** One client's test: a transport for each way that media can take, on a router that no room uses. */
export class NetworkTest extends TypedEmitter<NetworkTestEvents> {
  readonly #router: Router;
  readonly #ways = new Map<Route, TestWay>();
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  /** Takes the router over, and closes it when the ways cannot be opened. @throws ParleyError as `callMediasoup`. */
  static async open(router: Router, options: NetworkTestOptions): Promise<NetworkTest> {
    const test = new NetworkTest(router, options.lifetime ?? NETWORK_TEST.lifetime);
    try {
      await test.#open(options);
    } catch (error) {
      test.close();
      throw error;
    }
    if (test.#isClosed()) throw invalidState('the test ended while it began');
    return test;
  }

  private constructor(router: Router, lifetime: number) {
    super();
    this.#router = router;
    this.#endsAt = performance.now() + lifetime;
    this.#timer = setTimeout(() => this.close(), lifetime);
    this.#timer.unref();
    // Its worker died, or the pool closes.
    router.observer.once('close', () => this.close());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What the client needs to build its side; ICE servers and ports are not the test's. */
  info(): Omit<NetworkTestAnswer, 'iceServers' | 'ports'> {
    const relay = this.#ways.get('relay');
    return {
      udp: this.#way('udp').info(),
      tcp: this.#way('tcp').info(),
      ...(relay ? { relay: relay.info() } : {}),
      endsIn: Math.max(0, Math.round(this.#endsAt - performance.now())),
    };
  }

  /** @throws ParleyError `notFound` for what is no transport of this test, or when it is over. */
  find(transportId: string): TestWay {
    const way = [...this.#ways.values()].find((candidate) => candidate.transportId === transportId);
    if (!way || this.#closed) throw notFound('no such way, or the test is over');
    return way;
  }

  /** All that it has closes with its router. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#router.close();
    this.emit('closed');
  }

  async #open({ webRtcServer, relay }: NetworkTestOptions): Promise<void> {
    const router = this.#router;
    const direct = await callMediasoup('openNetworkTest', () => router.createDirectTransport());
    const { id: silence } = await callMediasoup('openNetworkTest', () => direct.produceData());
    const open = async (route: Route): Promise<void> => {
      const transport = await createTransport(router, webRtcServer, route);
      const onFlood = (): void => this.close();
      this.#ways.set(route, await TestWay.open({ transport, direct, silence, onFlood }));
    };
    await Promise.all([open('udp'), open('tcp'), ...(relay ? [open('relay')] : [])]);
  }

  #way(route: Route): TestWay {
    const way = this.#ways.get(route);
    if (!way) throw invalidState('the test has not begun');
    return way;
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #isClosed(): boolean {
    return this.#closed;
  }
}

/** It listens for its own way alone, so that one way cannot pass for the other. A relay comes to the UDP port. */
const createTransport = (
  router: Router,
  webRtcServer: WebRtcServer,
  route: Route,
): Promise<WebRtcTransport> =>
  callMediasoup('openNetworkTest', () =>
    router.createWebRtcTransport({
      webRtcServer,
      enableUdp: route !== 'tcp',
      enableTcp: route === 'tcp',
      enableSctp: true,
      maxSendMessageSize: NETWORK_TEST.message,
      maxReceiveMessageSize: NETWORK_TEST.message,
    }),
  );
