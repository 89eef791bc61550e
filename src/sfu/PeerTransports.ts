import type { Router, WebRtcServer, WebRtcTransport } from 'mediasoup/types';
import { MAX_DATA_FRAME } from '../protocol/dataFrame.ts';
import type { DtlsParameters, IceParameters, TransportInfo } from '../protocol/models.ts';
import { invalidState, notFound } from '../support/errors.ts';
import { Downlink, type DownstreamVideo } from './forwarding/Downlink.ts';
import type { Limits } from './limits.ts';
import { callMediasoup } from './mediasoupCalls.ts';

/** A peer's pair of transports: one on which it sends, one on which it receives. */
export class PeerTransports {
  readonly #limits: Limits;
  readonly #sctp: boolean;
  #router: Router | undefined;
  #send: WebRtcTransport | undefined;
  #recv: WebRtcTransport | undefined;
  /** Those whose bitrate is limited already. */
  readonly #limited = new WeakSet<WebRtcTransport>();
  readonly #downlinks = new WeakMap<WebRtcTransport, Downlink>();
  #roomCeiling = 0;
  #closed = false;
  #closing = false;

  constructor({ limits, sctp }: { limits: Limits; sctp: boolean }) {
    this.#limits = limits;
    this.#sctp = sctp;
  }

  /** Live transports, 0 to 2. */
  get size(): number {
    return [this.#send, this.#recv].filter((transport) => transport && !transport.closed).length;
  }

  /** True while this object closes its transports; when they close at another time, their worker died. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** Replaces both transports by new ones on the given router. */
  async setUp(router: Router, webRtcServer: WebRtcServer): Promise<void> {
    this.#closePair();
    const created = await Promise.allSettled([
      this.#create(router, webRtcServer, 'send'),
      this.#create(router, webRtcServer, 'recv'),
    ]);
    const [send, recv] = created.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
    const failed = created.find((result) => result.status === 'rejected');
    if (failed || this.#closed || this.#send || this.#recv) {
      send?.close();
      recv?.close();
      throw failed?.reason ?? invalidState('the transports were closed while they were set up');
    }
    this.#router = router;
    this.#send = send;
    this.#recv = recv;
  }

  /** That on which they are. @throws ParleyError `invalidState` before `setUp`. */
  get router(): Router {
    if (!this.#router || this.#router.closed) throw invalidState('there are no transports');
    return this.#router;
  }

  /** @throws ParleyError `invalidState` before `setUp`. */
  get send(): WebRtcTransport {
    if (!this.#send || this.#send.closed) throw invalidState('there is no transport to send on');
    return this.#send;
  }

  /** @throws ParleyError `invalidState` before `setUp`. */
  get recv(): WebRtcTransport {
    if (!this.#recv || this.#recv.closed) throw invalidState('there is no transport to receive on');
    return this.#recv;
  }

  /** @throws ParleyError `notFound` when the id is not one of this peer's live transports. */
  get(transportId: string): WebRtcTransport {
    const found = [this.#send, this.#recv].find((transport) => transport?.id === transportId);
    if (!found || found.closed) throw notFound('no such transport');
    return found;
  }

  /** Like `get`, for the transport on which the peer sends. */
  getSend(transportId: string): WebRtcTransport {
    const transport = this.get(transportId);
    if (transport !== this.#send) throw invalidState('this is not the transport to send on');
    return transport;
  }

  /** Whether media travelled before and does not at present. */
  get isDisconnected(): boolean {
    return this.#send?.iceState === 'disconnected' || this.#recv?.iceState === 'disconnected';
  }

  /** Limits what the peer may send; to be called before its first video, so that others cost no request. */
  async limitIncoming(): Promise<void> {
    await this.#limitOnce(this.send, (transport) =>
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
    const downlink = this.#recv && this.#downlinks.get(this.#recv);
    if (downlink) downlink.ceiling = this.#ceiling;
  }

  /** bps; 0: no limit. */
  get #ceiling(): number {
    const limits = [this.#limits.maxOutgoingBitrate, this.#roomCeiling].filter((bps) => bps > 0);
    return limits.length > 0 ? Math.min(...limits) : 0;
  }

  /** Takes a video into account; it is sent on the transport on which the peer receives. */
  carries(video: DownstreamVideo): void {
    if (this.#recv) this.#downlinks.get(this.#recv)?.add(video);
  }

  async #limitOnce(
    transport: WebRtcTransport,
    limit: (transport: WebRtcTransport) => Promise<void>,
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
    const live = [this.#send, this.#recv].flatMap((transport) =>
      transport?.closed === false ? transport : [],
    );
    const restarted = await Promise.all(
      live.map(async (transport) => {
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

  /** Closes both; mediasoup closes what lives on them. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#closePair();
  }

  #closePair(): void {
    this.#closing = true;
    this.#send?.close();
    this.#recv?.close();
    this.#closing = false;
    this.#router = undefined;
    this.#send = undefined;
    this.#recv = undefined;
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

function transportInfo(transport: WebRtcTransport): TransportInfo {
  return {
    transportId: transport.id,
    iceParameters: transport.iceParameters,
    iceCandidates: transport.iceCandidates,
    dtlsParameters: transport.dtlsParameters,
    ...(transport.sctpParameters ? { sctpParameters: transport.sctpParameters } : {}),
  };
}
