import type { Router, WebRtcServer, WebRtcTransport } from 'mediasoup/types';
import { MAX_DATA_FRAME } from '../protocol/dataFrame.ts';
import type { DtlsParameters, IceParameters, TransportInfo } from '../protocol/models.ts';
import { invalidState, notFound } from '../support/errors.ts';
import { Downlink } from './forwarding/Downlink.ts';
import type { Limits } from './limits.ts';
import { Inlets, type Inlet } from './Inlets.ts';
import { callMediasoup } from './mediasoupCalls.ts';

interface Pair {
  readonly router: Router;
  readonly send: WebRtcTransport;
  readonly recv: WebRtcTransport;
}

/** On which a peer sends. */
export type SendTransport = WebRtcTransport | Inlet;

/**
 * A peer's pair of transports: one on which it sends, one on which it receives. While the peer moves there are two
 * pairs: the one that it moves to, and the former one, which goes on.
 */
export class PeerTransports {
  readonly #limits: Limits;
  readonly #sctp: boolean;
  #pair: Pair | undefined;
  #former: Pair | undefined;
  readonly #inlets = new Inlets();
  /** Those whose bitrate is limited already. */
  readonly #limited = new WeakSet<SendTransport>();
  readonly #downlinks = new WeakMap<WebRtcTransport, Downlink>();
  #roomCeiling = 0;
  #closed = false;
  #closing = false;

  constructor({ limits, sctp }: { limits: Limits; sctp: boolean }) {
    this.#limits = limits;
    this.#sctp = sctp;
  }

  /** Live transports, without those of a pair that the peer moves away from: 0 to 2. */
  get size(): number {
    return live(this.#pair).length;
  }

  /** All live transports. */
  get all(): readonly WebRtcTransport[] {
    return [...live(this.#pair), ...live(this.#former)];
  }

  /** Whether there is a pair that the peer moves away from. */
  get isMoving(): boolean {
    return this.#former !== undefined;
  }

  /** True while this object closes its transports; when they close at another time, their worker died. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** Replaces both transports by new ones on the given router. */
  async setUp(router: Router, webRtcServer: WebRtcServer): Promise<void> {
    this.#closePairs();
    this.#pair = await this.#createPair(router, webRtcServer, () => this.#pair === undefined);
  }

  /** Builds a second pair, which is used from then on; the former one stays until `endMove` or `cancelMove`. */
  async beginMove(router: Router, webRtcServer: WebRtcServer): Promise<void> {
    const former = this.#pair;
    if (!former || this.#former) throw invalidState('there is nothing to move, or it is moving already');
    const isWanted = (): boolean => this.#pair === former && !this.#former;
    this.#pair = await this.#createPair(router, webRtcServer, isWanted);
    this.#former = former;
  }

  /** The former pair closes. Idempotent. */
  endMove(): void {
    const former = this.#former;
    this.#former = undefined;
    this.#closePair(former);
  }

  /** The former pair is used again, the other one closes. Returns false when it is gone, and nothing was done. */
  cancelMove(): boolean {
    const former = this.#former;
    if (live(former).length < 2) return false;
    const pair = this.#pair;
    this.#pair = former;
    this.#former = undefined;
    this.#closePair(pair);
    return true;
  }

  /** Closes everything as a worker does that dies: what lives on it is to come back. */
  lose(): void {
    for (const transport of [...live(this.#former), ...live(this.#pair)]) transport.close();
    this.#inlets.clear();
  }

  /** That on which they are. @throws ParleyError `invalidState` before `setUp`. */
  get router(): Router {
    if (!this.#pair || this.#pair.router.closed) throw invalidState('there are no transports');
    return this.#pair.router;
  }

  /** @throws ParleyError `invalidState` before `setUp`. */
  get send(): WebRtcTransport {
    if (!this.#pair || this.#pair.send.closed) throw invalidState('there is no transport to send on');
    return this.#pair.send;
  }

  /** @throws ParleyError `invalidState` before `setUp`. */
  get recv(): WebRtcTransport {
    if (!this.#pair || this.#pair.recv.closed) throw invalidState('there is no transport to receive on');
    return this.#pair.recv;
  }

  /** @throws ParleyError `notFound` when the id is not one of this peer's live transports. */
  get(transportId: string): WebRtcTransport {
    const found = this.all.find((transport) => transport.id === transportId);
    if (!found) throw notFound('no such transport');
    return found;
  }

  /** The peer sends on this one too, which closes with the others. @throws ParleyError `invalidState` when they are. */
  addInlet(transport: Inlet, router: Router): void {
    this.#inlets.add(transport, router);
  }

  /** Like `get`, for a transport on which the peer sends, with the router that it is on. */
  getSend(transportId: string): { transport: SendTransport; router: Router } {
    const inlet = this.#inlets.get(transportId);
    if (inlet) return inlet;
    const transport = this.get(transportId);
    const pair = [this.#pair, this.#former].find((candidate) => candidate?.send === transport);
    if (!pair) throw invalidState('this is not the transport to send on');
    return { transport, router: pair.router };
  }

  /** Whether media travelled before and does not at present. */
  get isDisconnected(): boolean {
    const { send, recv } = this.#pair ?? {};
    return send?.iceState === 'disconnected' || recv?.iceState === 'disconnected';
  }

  /** Limits what the peer may send; to be called before its first video, so that others cost no request. */
  async limitIncoming(send: SendTransport): Promise<void> {
    await this.#limitOnce(send, (transport) =>
      transport.setMaxIncomingBitrate(this.#limits.maxIncomingBitrate),
    );
  }

  /** Limits what the peer is sent of video, and to what arrives of it; to be called before the first one. */
  async limitOutgoing(): Promise<void> {
    await this.#limitOnce(this.recv, async (transport) => {
      const ceiling = this.#ceiling;
      if (ceiling > 0) await transport.setMaxOutgoingBitrate(ceiling);
      const downlink = new Downlink(transport, ceiling);
      // It may be another one by now.
      downlink.ceiling = this.#ceiling;
      this.#downlinks.set(transport, downlink);
    });
  }

  /** bps of video that the room lets the peer have at most, within the server's own limit; 0: as that is. */
  set maxOutgoingBitrate(bps: number) {
    this.#roomCeiling = bps;
    if (this.downlink) this.downlink.ceiling = this.#ceiling;
  }

  /** The way to the peer, once there may be video on it. */
  get downlink(): Downlink | undefined {
    return this.#pair && this.#downlinks.get(this.#pair.recv);
  }

  /** bps; 0: no limit. */
  get #ceiling(): number {
    const limits = [this.#limits.maxOutgoingBitrate, this.#roomCeiling].filter((bps) => bps > 0);
    return limits.length > 0 ? Math.min(...limits) : 0;
  }

  async #limitOnce<T extends SendTransport>(
    transport: T,
    limit: (transport: T) => Promise<void>,
  ): Promise<void> {
    if (this.#limited.has(transport)) return;
    this.#limited.add(transport);
    try {
      await limit(transport);
    } catch (error) {
      this.#limited.delete(transport);
      throw error;
    }
  }

  /** @throws ParleyError `invalidState` when the transport was connected before. */
  async connect(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.get(transportId);
    if (transport.appData['connectCalled']) throw invalidState('the transport is connected already');
    transport.appData['connectCalled'] = true;
    try {
      await callMediasoup('connectTransport', () => transport.connect({ dtlsParameters }));
    } catch (error) {
      transport.appData['connectCalled'] = false;
      throw error;
    }
  }

  async restartIce(transportId: string): Promise<IceParameters> {
    const transport = this.get(transportId);
    return callMediasoup('restartIce', () => transport.restartIce());
  }

  /** New ICE credentials for all live transports, by transport id; those that close meanwhile are passed over. */
  async restartAllIce(): Promise<Record<string, IceParameters>> {
    const restarted = await Promise.all(
      live(this.#pair).map(async (transport) => {
        try {
          return [[transport.id, await this.restartIce(transport.id)] as const];
        } catch (error) {
          if (transport.closed) return [];
          throw error;
        }
      }),
    );
    return Object.fromEntries(restarted.flat());
  }

  /** What a client needs to build its side. */
  info(): { sendTransport: TransportInfo; recvTransport: TransportInfo } {
    return { sendTransport: transportInfo(this.send), recvTransport: transportInfo(this.recv) };
  }

  /** Closes all; mediasoup closes what lives on them. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#closePairs();
    this.#closing = true;
    this.#inlets.close();
    this.#closing = false;
  }

  #closePairs(): void {
    const pairs = [this.#former, this.#pair];
    this.#former = undefined;
    this.#pair = undefined;
    for (const pair of pairs) this.#closePair(pair);
  }

  #closePair(pair: Pair | undefined): void {
    this.#closing = true;
    pair?.send.close();
    pair?.recv.close();
    this.#closing = false;
  }

  async #createPair(router: Router, webRtcServer: WebRtcServer, isWanted: () => boolean): Promise<Pair> {
    const created = await Promise.allSettled([
      this.#create(router, webRtcServer, 'send'),
      this.#create(router, webRtcServer, 'recv'),
    ]);
    const [send, recv] = created.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
    if (send && recv && !this.#closed && isWanted()) return { router, send, recv };
    send?.close();
    recv?.close();
    const failed = created.find((result) => result.status === 'rejected');
    throw failed?.reason ?? invalidState('the transports were closed while they were set up');
  }

  #create(router: Router, webRtcServer: WebRtcServer, direction: 'send' | 'recv'): Promise<WebRtcTransport> {
    return callMediasoup('setUpMedia', () =>
      router.createWebRtcTransport({
        webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        enableSctp: this.#sctp,
        maxSendMessageSize: MAX_DATA_FRAME,
        maxReceiveMessageSize: MAX_DATA_FRAME,
        initialAvailableOutgoingBitrate: this.#limits.initialOutgoingBitrate,
        appData: { direction },
      }),
    );
  }
}

const live = (pair: Pair | undefined): WebRtcTransport[] =>
  pair ? [pair.send, pair.recv].filter(({ closed }) => !closed) : [];

/** What a client needs to build its side. */
export function transportInfo(transport: WebRtcTransport): TransportInfo {
  const { id: transportId, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
  const parameters = { iceParameters, iceCandidates, dtlsParameters };
  return { transportId, ...parameters, ...(sctpParameters ? { sctpParameters } : {}) };
}
