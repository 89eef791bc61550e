import type { DataConsumer, DirectTransport, WebRtcTransport } from 'mediasoup/types';
import { NETWORK_TEST } from '../../protocol/networkTest.ts';
import type { DtlsParameters } from '../../protocol/models.ts';
import type { NetworkTestWay } from '../../protocol/networkTestRequests.ts';
import { Arrivals } from '../../support/Arrivals.ts';
import { invalidState } from '../../support/errors.ts';
import { callMediasoup } from '../mediasoupCalls.ts';
import { transportInfo } from '../PeerTransports.ts';

/** Bytes that may wait to be sent: enough to keep a way busy, little to be left over at the end. */
const MOST_BUFFERED = 65_536;
const LOW_BUFFERED = MOST_BUFFERED / 2;
/** Messages that a client may send before it is taken for no test any more. */
const MOST_MESSAGES = 2 * (NETWORK_TEST.bytes / NETWORK_TEST.message);

export interface TestWayParts {
  transport: WebRtcTransport;
  /** By which messages come to this process. */
  direct: DirectTransport;
  /** Of a data producer that never sends: there is no consumer without one. */
  silence: string;
  /** The client sends more than it may. */
  onFlood: () => void;
}

/** One way that media could take: a transport, and a data channel on it whose other end is this process. */
export class TestWay {
  readonly #transport: WebRtcTransport;
  readonly #sender: DataConsumer;
  readonly #arrivals = new Arrivals();
  readonly #onFlood: () => void;
  readonly #measured = new Set<'up' | 'down'>();
  #echoes = 0;
  #connecting = false;

  /** @throws ParleyError as `callMediasoup`. */
  static async open(parts: TestWayParts): Promise<TestWay> {
    const { transport, direct, silence } = parts;
    return callMediasoup('openNetworkTest', async () => {
      const sender = await transport.consumeData({ dataProducerId: silence });
      await sender.setBufferedAmountLowThreshold(LOW_BUFFERED);
      const { id } = await transport.produceData({
        sctpStreamParameters: { streamId: streamOf(sender), ordered: true },
      });
      const receiver = await direct.consumeData({ dataProducerId: id });
      const way = new TestWay(parts, sender);
      receiver.on('message', (message) => way.#received(message));
      return way;
    });
  }

  private constructor({ transport, onFlood }: TestWayParts, sender: DataConsumer) {
    this.#transport = transport;
    this.#sender = sender;
    this.#onFlood = onFlood;
  }

  get transportId(): string {
    return this.#transport.id;
  }

  /** What a client needs to build its side. */
  info(): NetworkTestWay {
    return { transport: transportInfo(this.#transport), streamId: streamOf(this.#sender) };
  }

  /** @throws ParleyError `invalidState` when it was connected before, or as `callMediasoup`. */
  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    if (this.#connecting) throw invalidState('this way is connected already');
    this.#connecting = true;
    await callMediasoup('connectNetworkTest', () => this.#transport.connect({ dtlsParameters }));
  }

  /** What has arrived from the client. @throws ParleyError `invalidState` when it was asked before. */
  uplink(): { bytes: number; bitrate: number | null } {
    this.#assertFirst('up');
    const { bytes, bitrate } = this.#arrivals;
    return { bytes, bitrate };
  }

  /**
   * Sends for a while as fast as the way takes it; resolves with how many bytes.
   *
   * @throws ParleyError `invalidState` when it was asked before, or the way is not connected or closes meanwhile.
   */
  async downlink(): Promise<{ bytes: number; bitrate: null }> {
    this.#assertFirst('down');
    if (this.#transport.sctpState !== 'connected') throw invalidState('this way is not connected');
    const message = Buffer.alloc(NETWORK_TEST.message, 'parley');
    const endsAt = performance.now() + NETWORK_TEST.duration;
    let bytes = 0;
    while (bytes < NETWORK_TEST.bytes && performance.now() < endsAt) {
      const buffered = await callMediasoup('measureNetwork', () => this.#sender.send(message));
      bytes += message.length;
      if (buffered > MOST_BUFFERED) await this.#drained(endsAt - performance.now());
    }
    return { bytes, bitrate: null };
  }

  /** Resolves when about half of what waited was sent, after so many ms, or when the way closes. */
  async #drained(ms: number): Promise<void> {
    const sender = this.#sender;
    const released = new AbortController();
    const { signal } = released;
    const drained = new Promise<void>((resolve) => {
      const goOn = (): void => resolve();
      const timer = setTimeout(goOn, Math.max(0, ms));
      sender.on('bufferedamountlow', goOn);
      sender.observer.once('close', goOn);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        sender.off('bufferedamountlow', goOn);
        sender.observer.off('close', goOn);
      });
    });
    try {
      // It may have been told before anybody listened.
      const waiting = await callMediasoup('measureNetwork', () => sender.getBufferedAmount());
      if (waiting > LOW_BUFFERED) await drained;
    } finally {
      released.abort();
    }
  }

  #received(message: Buffer): void {
    if (message.length <= NETWORK_TEST.echo) {
      this.#echo(message);
      return;
    }
    this.#arrivals.add(message.length, performance.now());
    // A client that keeps to what it is told never comes near.
    if (this.#arrivals.bytes > 2 * NETWORK_TEST.bytes || this.#arrivals.count > MOST_MESSAGES)
      this.#onFlood();
  }

  #echo(message: Buffer): void {
    this.#echoes += 1;
    if (this.#echoes > MOST_MESSAGES) this.#onFlood();
    if (this.#echoes > NETWORK_TEST.echoes) return;
    // One that does not arrive says as much about the way as one that does.
    this.#sender.send(message).catch(() => undefined);
  }

  #assertFirst(direction: 'up' | 'down'): void {
    if (this.#measured.has(direction)) throw invalidState('this way was measured already');
    this.#measured.add(direction);
  }
}

const streamOf = ({ sctpStreamParameters }: DataConsumer): number => sctpStreamParameters?.streamId ?? 0;
