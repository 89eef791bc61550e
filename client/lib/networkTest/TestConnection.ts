import { NETWORK_TEST } from '../../../src/protocol/networkTest.ts';
import type { DtlsParameters, IceServer } from '../../../src/protocol/models.ts';
import type { NetworkTestWay } from '../../../src/protocol/networkTestRequests.ts';
import { Arrivals } from '../../../src/support/Arrivals.ts';
import { unavailable } from '../../../src/support/errors.ts';
import type { MediaRoute } from '../../../src/support/reachability.ts';
import { settledWithin } from '../settledWithin.ts';
import { answerSdp } from './answerSdp.ts';

/** ms within which a way that works is open: a relay takes round trips of its own, over TLS as well. */
const OPENS_WITHIN: Record<MediaRoute, number> = { udp: 6000, tcp: 6000, relay: 9000 };
/** Messages that are sent back, and ms for which each is waited for. */
const ECHOES = 5;
const ECHO_WITHIN = 1500;
/** Bytes that may wait to be sent. */
const MOST_BUFFERED = 65_536;
/** ms for what was sent to arrive. */
const ARRIVES_WITHIN = 1000;

export interface TestConnectionParts {
  route: MediaRoute;
  way: NetworkTestWay;
  iceServers: readonly IceServer[];
  /** Tells the server of this side's DTLS. */
  connect: (dtlsParameters: DtlsParameters) => Promise<unknown>;
}

/** One way to the server, tried by itself: a peer connection with a data channel and nothing else. */
export class TestConnection {
  readonly #parts: TestConnectionParts;
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  /** Rejects when it closes. */
  readonly #over: Promise<never>;
  #end: (error: Error) => void = () => undefined;
  #arrivals = new Arrivals();
  #onMessage: (bytes: Uint8Array) => void = () => undefined;
  #closed = false;

  constructor(parts: TestConnectionParts) {
    this.#parts = parts;
    const { route, way, iceServers } = parts;
    this.#connection = new RTCPeerConnection(
      route === 'relay' ? { iceServers: [...iceServers], iceTransportPolicy: 'relay' } : {},
    );
    this.#channel = this.#connection.createDataChannel('parley-test', {
      negotiated: true,
      id: way.streamId,
      ordered: true,
    });
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.bufferedAmountLowThreshold = MOST_BUFFERED / 2;
    this.#over = new Promise((_, reject) => (this.#end = reject));
    this.#over.catch(() => undefined);
    this.#channel.addEventListener('message', ({ data }) => {
      const bytes = new Uint8Array(data as ArrayBuffer);
      if (bytes.length > NETWORK_TEST.echo) this.#arrivals.add(bytes.length, performance.now());
      this.#onMessage(bytes);
    });
    this.#channel.addEventListener('close', () => this.close());
    this.#connection.addEventListener('connectionstatechange', () => {
      if (this.#connection.connectionState === 'failed') this.close();
    });
  }

  /** Resolves with whether the way leads to the server. @throws what `connect` rejects with, which says nothing of the way. */
  async opens(): Promise<boolean> {
    const { route, way, connect } = this.#parts;
    const opened = this.#event('open');
    opened.catch(() => undefined);
    const offer = await this.#connection.createOffer();
    await this.#connection.setLocalDescription(offer);
    await connect({ role: 'client', fingerprints: [fingerprintOf(offer.sdp ?? '')] });
    try {
      const mid = /^a=mid:(\S+)/m.exec(offer.sdp ?? '')?.[1] ?? '0';
      await this.#connection.setRemoteDescription({ type: 'answer', sdp: answerSdp(way.transport, mid) });
      if (this.#channel.readyState !== 'open') await settledWithin(opened, OPENS_WITHIN[route]);
    } catch {
      // Given up by ICE, by the server or by the owner.
    }
    const isOpen = !this.#closed && this.#channel.readyState === 'open';
    if (!isOpen) this.close();
    return isOpen;
  }

  /** ms there and back, the least of a few; null when nothing came back. @throws ParleyError `unavailable` when it closes. */
  async roundTripTime(): Promise<number | null> {
    const times: number[] = [];
    for (let i = 1; i <= ECHOES; i += 1) {
      const startedAt = performance.now();
      const back = this.#echoOf(i);
      this.#send(new Uint8Array([i]));
      await this.#within(back, ECHO_WITHIN);
      const time = performance.now() - startedAt;
      if (time < ECHO_WITHIN) times.push(time);
    }
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Sends for a while as fast as the way takes it. @throws ParleyError `unavailable` when it closes. */
  async sendMuch(): Promise<void> {
    const message = new Uint8Array(NETWORK_TEST.message);
    const endsAt = performance.now() + NETWORK_TEST.duration;
    for (let sent = 0; sent < NETWORK_TEST.bytes && performance.now() < endsAt; sent += message.length) {
      this.#send(message);
      if (this.#channel.bufferedAmount > MOST_BUFFERED) {
        await this.#within(this.#event('bufferedamountlow'), endsAt - performance.now());
      }
    }
    this.#channel.bufferedAmountLowThreshold = 0;
    if (this.#channel.bufferedAmount > 0)
      await this.#within(this.#event('bufferedamountlow'), ARRIVES_WITHIN);
  }

  /**
   * How fast data comes, bps; null when it could not be told.
   *
   * @param ask Has the server send, and resolves with how many bytes once it has.
   * @throws ParleyError `unavailable` when it closes; what `ask` rejects with.
   */
  async receiveMuch(ask: () => Promise<number>): Promise<number | null> {
    this.#arrivals = new Arrivals();
    const bytes = await Promise.race([ask(), this.#over]);
    const complete = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#arrivals.bytes >= bytes) resolve();
      };
      this.#onMessage = look;
      look();
    });
    await this.#within(complete, ARRIVES_WITHIN);
    return this.#arrivals.bitrate;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end(unavailable('the way was closed'));
    this.#connection.close();
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#closed || this.#channel.readyState !== 'open') throw unavailable('the way was closed');
    this.#channel.send(bytes);
  }

  #echoOf(mark: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onMessage = ([first]) => {
        if (first === mark) resolve();
      };
    });
  }

  /** Resolves with the event. */
  #event(name: 'open' | 'bufferedamountlow'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#channel.addEventListener(name, () => resolve(), { once: true });
      this.#over.catch(reject);
    });
  }

  /** Resolves when the promise did, or after some ms. */
  #within(promise: Promise<void>, ms: number): Promise<void> {
    return settledWithin(Promise.race([promise, this.#over]), Math.max(0, ms));
  }
}

/** Of the browser's certificate (RFC 8122), which is the same for the whole description. */
function fingerprintOf(sdp: string): DtlsParameters['fingerprints'][number] {
  const [, algorithm = '', value = ''] = /^a=fingerprint:(\S+) (\S+)/m.exec(sdp) ?? [];
  return { algorithm: algorithm.toLowerCase(), value } as DtlsParameters['fingerprints'][number];
}
