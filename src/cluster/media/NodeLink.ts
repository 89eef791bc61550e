import type { PipeTransport, Router, TransportListenInfo } from 'mediasoup/types';
import { callMediasoup, mediasoupRtpParameters, wireRtpParameters } from '../../sfu/mediasoupCalls.ts';
import { conflict, invalidState } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { CONNECT, type LinkEnd } from './messages.ts';
import { Pulse } from './Pulse.ts';

/** ms between two pulses of a link. */
export const BEAT = 1000;
/** Beats after which a link that nobody connects is given up. */
const UNCONNECTED_BEATS = 10;
/** Beats in a row without anything of the other end after which a link is taken for lost. */
const SILENT_BEATS = 5;
/** Beats for which a link is kept that carries nothing. */
const UNUSED_BEATS = 30;

/** A router of this node and one of another node's. */
export interface RouterPair {
  room: string;
  router: Router;
  node: string;
  /** Its id. */
  farRouter: string;
}

export interface LinkSettings {
  /** Where the transport listens. */
  listenInfo: TransportListenInfo;
  /** The address under which the other nodes reach that. */
  address: string;
  /** ms between two pulses. */
  beat: number;
}

/**
 * Why a link ended: it was `silent`, never connected, or carried nothing; its other end is gone or was made anew
 * (`replaced`); the node or the router is gone, or the room is not shared any more.
 */
export type LinkCloseReason =
  'silent' | 'unconnected' | 'unused' | 'farClosed' | 'replaced' | 'nodeLeft' | 'routerClosed' | 'roomLeft';

interface NodeLinkEvents {
  connected: [];
  beat: [];
  closed: [reason: LinkCloseReason];
}

/**
 * This node's end of the way between two routers on two nodes, for both directions: a PipeTransport with SRTP and RTX.
 *
 * A PipeTransport knows no consent, so each end sends a pulse, and an end that hears nothing for 5 s closes.
 */
export class NodeLink extends TypedEmitter<NodeLinkEvents> {
  readonly pair: RouterPair;
  readonly transport: PipeTransport;
  readonly end: LinkEnd;
  readonly #pulse: Pulse;
  readonly #timer: NodeJS.Timeout;
  #far: LinkEnd | undefined;
  #connecting: Promise<void> | undefined;
  #isConnected = false;
  #users = 0;
  #received = 0;
  #unconnected = 0;
  #silent = 0;
  #unused = 0;
  #asking = false;
  #closed = false;

  /** Leaves nothing behind when it rejects. */
  static async create(pair: RouterPair, settings: LinkSettings): Promise<NodeLink> {
    const { router } = pair;
    const { listenInfo } = settings;
    const transport = await router.createPipeTransport({ listenInfo, enableSrtp: true, enableRtx: true });
    try {
      const pulse = await Pulse.open(router, transport);
      const link = new NodeLink(pair, settings, transport, pulse);
      if (transport.closed) link.close('routerClosed');
      return link;
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  private constructor(pair: RouterPair, settings: LinkSettings, transport: PipeTransport, pulse: Pulse) {
    super();
    const { srtpParameters, tuple } = transport;
    if (!srtpParameters) throw new Error('mediasoup gave the transport no key');
    this.pair = pair;
    this.transport = transport;
    this.#pulse = pulse;
    this.end = {
      id: transport.id,
      ip: settings.address,
      port: tuple.localPort,
      srtpParameters,
      pulse: wireRtpParameters(pulse.rtpParameters),
    };
    transport.observer.once('close', () => this.close('routerClosed'));
    this.#timer = setInterval(() => void this.#beat(), settings.beat).unref();
  }

  /** The other end, as soon as it is known. */
  get far(): LinkEnd | undefined {
    return this.#far;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves once it is connected. @throws ParleyError `invalidState` when nobody began to. */
  async whenConnected(): Promise<void> {
    if (!this.#connecting) throw invalidState('the link is not connected');
    await this.#connecting;
  }

  /** Repeating it changes nothing. @throws ParleyError `conflict` when it leads to another end. */
  async connect(far: LinkEnd): Promise<void> {
    if (this.#far && this.#far.id !== far.id) throw conflict('the link leads to another end');
    this.#far = far;
    this.#connecting ??= this.#connect(far);
    await this.#connecting;
  }

  /** Keeps it for as long as something is carried; returns the function that ends that. */
  use(): () => void {
    this.#users += 1;
    let isUsed = true;
    return () => {
      if (isUsed) this.#users -= 1;
      isUsed = false;
    };
  }

  /** Idempotent. What it carries closes with it. */
  close(reason: LinkCloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#pulse.close();
    this.transport.close();
    this.emit('closed', reason);
  }

  async #connect({ ip, port, srtpParameters, pulse }: LinkEnd): Promise<void> {
    try {
      await callMediasoup(CONNECT, () => this.transport.connect({ ip, port, srtpParameters }));
      await callMediasoup(CONNECT, () =>
        this.transport.produce({ kind: 'audio', rtpParameters: mediasoupRtpParameters(pulse) }),
      );
    } catch (error) {
      this.close('unconnected');
      throw error;
    }
    if (this.#closed) throw invalidState('closed while it was connected');
    this.#isConnected = true;
    // So that the other end hears something before the first beat.
    this.#pulse.beat();
    this.emit('connected');
  }

  async #beat(): Promise<void> {
    this.#pulse.beat();
    if (!this.#isConnected) {
      this.#unconnected += 1;
      if (this.#unconnected >= UNCONNECTED_BEATS) this.close('unconnected');
      return;
    }
    this.#unused = this.#users > 0 ? 0 : this.#unused + 1;
    if (this.#unused >= UNUSED_BEATS) {
      this.close('unused');
      return;
    }
    this.emit('beat');
    // A frozen worker does not answer; its watchdog sees to that.
    if (this.#asking) return;
    this.#asking = true;
    try {
      await this.#listen();
    } catch {
      // The transport closed, and with it this.
    } finally {
      this.#asking = false;
    }
  }

  async #listen(): Promise<void> {
    const [stats] = await this.transport.getStats();
    // Counted after decryption, so what comes with a wrong key does not count.
    const received = (stats?.rtpBytesReceived ?? 0) + (stats?.rtxBytesReceived ?? 0);
    this.#silent = received > this.#received ? 0 : this.#silent + 1;
    this.#received = received;
    if (this.#silent >= SILENT_BEATS) this.close('silent');
  }
}
