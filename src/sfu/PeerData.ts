import type { DataConsumer, DataProducer } from 'mediasoup/types';
import type { DataConsumerInfo, Permissions, SctpStreamParameters } from '../protocol/models.ts';
import { conflict, forbidden, invalidState, notFound } from '../support/errors.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { PeerTransports } from './PeerTransports.ts';

/** Bytes of reliable messages that wait for a peer whose channels are not open yet. */
const MAX_HELD_BYTES = 1_048_576;
/** Messages and bytes per second that a peer may send; beyond it its upstream is closed. */
const MAX_MESSAGES_PER_SECOND = 1000;
const MAX_BYTES_PER_SECOND = 4_194_304;

/** A peer's data channels: its own upstreams and the two downstreams of the room. */
export class PeerData {
  /** Addresses this peer on the room's downstreams (mediasoup DataConsumer subchannels). */
  readonly subchannel: number;
  /** False for a peer that said it neither sends nor receives data messages. */
  readonly enabled: boolean;
  readonly #transports: PeerTransports;
  readonly #permissions: Permissions;
  readonly #upstreams = new Map<boolean, DataProducer>();
  #downstreams: DataConsumer[] = [];
  #ready = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #window = { start: 0, messages: 0, bytes: 0 };

  constructor(subchannel: number, enabled: boolean, transports: PeerTransports, permissions: Permissions) {
    this.subchannel = subchannel;
    this.enabled = enabled;
    this.#transports = transports;
    this.#permissions = permissions;
  }

  /** The client's channels are open. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Opens an upstream; at most one that is reliable and one that is not.
   *
   * @throws ParleyError `forbidden` without the permission, `invalidState` for a peer without data, `conflict`
   * when it is open already.
   */
  async produce(
    transportId: string,
    sctpStreamParameters: SctpStreamParameters,
  ): Promise<{ upstream: DataProducer; reliable: boolean }> {
    if (!this.#permissions.canPublishData) throw forbidden('this peer may not send data');
    if (!this.enabled) throw invalidState('this peer joined without data');
    const transport = this.#transports.getSend(transportId);
    const { ordered = true, maxPacketLifeTime, maxRetransmits } = sctpStreamParameters;
    const reliable = ordered && maxPacketLifeTime === undefined && maxRetransmits === undefined;
    if (this.#upstreams.get(reliable)?.closed === false) throw conflict('this upstream is open already');
    const label = reliable ? 'reliable' : 'lossy';
    const upstream = await callMediasoup('produceData', () =>
      transport.produceData({ sctpStreamParameters, label }),
    );
    if (transport.closed || this.#upstreams.get(reliable)?.closed === false) {
      upstream.close();
      throw invalidState('closed while the upstream was being opened');
    }
    this.#upstreams.set(reliable, upstream);
    upstream.observer.once('close', () => {
      if (this.#upstreams.get(reliable) === upstream) this.#upstreams.delete(reliable);
    });
    return { upstream, reliable };
  }

  /** @throws ParleyError `notFound` when the id is not one of this peer's upstreams. */
  closeProducer(dataProducerId: string): void {
    const upstream = [...this.#upstreams.values()].find(({ id }) => id === dataProducerId);
    if (!upstream) throw notFound('no such data producer');
    upstream.close();
  }

  /** Subscribes to the room's downstreams, paused until the client says that its channels are open. */
  async subscribe(room: { reliable: DataProducer; lossy: DataProducer }): Promise<DataConsumerInfo[]> {
    this.#ready = false;
    const transport = this.#transports.recv;
    const common = { paused: true, subchannels: [this.subchannel] };
    const [reliable, lossy] = await callMediasoup('setUpMedia', () =>
      Promise.all([
        transport.consumeData({ ...common, dataProducerId: room.reliable.id, ordered: true }),
        transport.consumeData({
          ...common,
          dataProducerId: room.lossy.id,
          ordered: false,
          maxRetransmits: 0,
        }),
      ]),
    );
    this.#downstreams = [reliable, lossy];
    return [info(reliable, true), info(lossy, false)];
  }

  /** The client's channels are open: from now on messages flow. */
  async resume(): Promise<void> {
    const downstreams = this.#downstreams;
    await callMediasoup('resumeData', () => Promise.all(downstreams.map((consumer) => consumer.resume())));
    if (downstreams === this.#downstreams && downstreams.every(({ closed }) => !closed)) this.#ready = true;
  }

  /** Keeps a reliable message until the channels are open; beyond 1 MiB the oldest go. */
  hold(frame: Buffer): void {
    this.#held.push(frame);
    this.#heldBytes += frame.length;
    while (this.#heldBytes > MAX_HELD_BYTES) this.#heldBytes -= this.#held.shift()?.length ?? 0;
  }

  /** What was held back, oldest first. */
  release(): Buffer[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  /** Counts a message that the peer sent; false when it sends more than it may. */
  count(bytes: number): boolean {
    const now = performance.now();
    if (now - this.#window.start >= 1000) this.#window = { start: now, messages: 0, bytes: 0 };
    this.#window.messages += 1;
    this.#window.bytes += bytes;
    return this.#window.messages <= MAX_MESSAGES_PER_SECOND && this.#window.bytes <= MAX_BYTES_PER_SECOND;
  }

  /** The transports are gone, and with them the channels. */
  reset(): void {
    this.#ready = false;
    this.#downstreams = [];
  }
}

function info(consumer: DataConsumer, reliable: boolean): DataConsumerInfo {
  const { id, dataProducerId, sctpStreamParameters, label, protocol } = consumer;
  if (!sctpStreamParameters) throw invalidState('a data consumer without SCTP');
  return { dataConsumerId: id, dataProducerId, reliable, sctpStreamParameters, label, protocol };
}
