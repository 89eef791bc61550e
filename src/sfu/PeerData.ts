import type { DataConsumer, DataProducer, Router } from 'mediasoup/types';
import type { DataConsumerInfo, SctpStreamParameters } from '../protocol/models.ts';
import { conflict, invalidState, notFound } from '../support/errors.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { PeerPermissions } from './PeerPermissions.ts';
import type { PeerTransports } from './PeerTransports.ts';

/** Bytes of reliable messages that wait for a peer whose channels are not open yet. */
const MAX_HELD_BYTES = 1_048_576;
/** Messages and bytes per second that a peer may send; beyond it its upstream is closed. */
const MAX_MESSAGES_PER_SECOND = 1000;
const MAX_BYTES_PER_SECOND = 4_194_304;

/** What comes down, on one of the peer's transports. */
interface Downstreams {
  readonly router: Router;
  readonly consumers: readonly DataConsumer[];
}

/** A peer's data channels: its own upstreams and the two downstreams of the room. */
export class PeerData {
  /** Addresses this peer on the room's downstreams (mediasoup DataConsumer subchannels). */
  readonly subchannel: number;
  /** False for a peer that said it neither sends nor receives data messages. */
  readonly enabled: boolean;
  readonly #transports: PeerTransports;
  readonly #permissions: PeerPermissions;
  readonly #upstreams = new Map<boolean, DataProducer>();
  #downstreams: Downstreams | undefined;
  /** Those that are used once the client says so, while the peer moves. */
  #next: Downstreams | undefined;
  /** Those that were used before. */
  #former: Downstreams | undefined;
  #ready = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #window = { start: 0, messages: 0, bytes: 0 };

  constructor(
    subchannel: number,
    enabled: boolean,
    transports: PeerTransports,
    permissions: PeerPermissions,
  ) {
    this.subchannel = subchannel;
    this.enabled = enabled;
    this.#transports = transports;
    this.#permissions = permissions;
  }

  /** The client's channels are open. */
  get ready(): boolean {
    return this.#ready;
  }

  /** On which messages for it are handed down. */
  get router(): Router | undefined {
    return this.#downstreams?.router;
  }

  /**
   * Opens an upstream; at most one that is reliable and one that is not, on each of its transports.
   *
   * @throws ParleyError `forbidden` without the permission, `invalidState` for a peer without data, `conflict`
   * when it is open already.
   */
  async produce(
    transportId: string,
    sctpStreamParameters: SctpStreamParameters,
  ): Promise<{ upstream: DataProducer; reliable: boolean; router: Router }> {
    this.#permissions.assertPublishData();
    if (!this.enabled) throw invalidState('this peer joined without data');
    const { transport, router } = this.#transports.getSend(transportId);
    const { ordered = true, maxPacketLifeTime, maxRetransmits } = sctpStreamParameters;
    const reliable = ordered && maxPacketLifeTime === undefined && maxRetransmits === undefined;
    const isOpen = (): boolean => this.#upstreams.get(reliable)?.appData['transportId'] === transportId;
    if (isOpen()) throw conflict('this upstream is open already');
    const label = reliable ? 'reliable' : 'lossy';
    const upstream = await callMediasoup('produceData', () =>
      transport.produceData({ sctpStreamParameters, label, appData: { transportId } }),
    );
    if (transport.closed || isOpen() || !this.#permissions.current.canPublishData) {
      upstream.close();
      throw invalidState('closed while the upstream was being opened');
    }
    this.#upstreams.set(reliable, upstream);
    upstream.observer.once('close', () => {
      if (this.#upstreams.get(reliable) === upstream) this.#upstreams.delete(reliable);
    });
    return { upstream, reliable, router };
  }

  /** @throws ParleyError `notFound` when the id is not one of this peer's upstreams. */
  closeProducer(dataProducerId: string): void {
    const upstream = [...this.#upstreams.values()].find(({ id }) => id === dataProducerId);
    if (!upstream) throw notFound('no such data producer');
    upstream.close();
  }

  /**
   * Subscribes to the room's downstreams on the router of its transports, paused until the client says that its channels
   * are open. Until then those go on that a peer which moves has had so far.
   */
  async subscribe(
    room: { reliable: DataProducer; lossy: DataProducer },
    router: Router,
  ): Promise<DataConsumerInfo[]> {
    const { isMoving } = this.#transports;
    if (!isMoving) this.reset();
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
    const downstreams: Downstreams = { router, consumers: [reliable, lossy] };
    if (isMoving) this.#next = downstreams;
    else this.#downstreams = downstreams;
    return [info(reliable, true), info(lossy, false)];
  }

  /** The client's channels are open: from now on messages flow. */
  async resume(): Promise<void> {
    if (this.#next) {
      this.#former = this.#downstreams;
      this.#useNext();
    }
    const downstreams = this.#downstreams;
    const consumers = downstreams?.consumers ?? [];
    await callMediasoup('resumeData', () => Promise.all(consumers.map((consumer) => consumer.resume())));
    if (downstreams === this.#downstreams && consumers.every(({ closed }) => !closed)) this.#ready = true;
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

  /** Closes the upstreams when nothing may be sent any more. */
  enforce(): void {
    if (this.#permissions.current.canPublishData) return;
    for (const upstream of [...this.#upstreams.values()]) upstream.close();
  }

  /** Counts a message that the peer sent; false when it sends more than it may. */
  count(bytes: number): boolean {
    const now = performance.now();
    if (now - this.#window.start >= 1000) this.#window = { start: now, messages: 0, bytes: 0 };
    this.#window.messages += 1;
    this.#window.bytes += bytes;
    return this.#window.messages <= MAX_MESSAGES_PER_SECOND && this.#window.bytes <= MAX_BYTES_PER_SECOND;
  }

  /** The transports that the peer moved away from are about to close. */
  endMove(): void {
    if (this.#next) this.#useNext();
    this.#former = undefined;
  }

  /** Those that the peer moved to are: what it had before is used again, once the client says so if it was not any more. */
  cancelMove(): void {
    this.#next = undefined;
    if (!this.#former) return;
    this.#downstreams = this.#former;
    this.#former = undefined;
    this.#ready = false;
  }

  /** The transports are gone, and with them the channels. */
  reset(): void {
    this.#ready = false;
    this.#downstreams = undefined;
    this.#next = undefined;
    this.#former = undefined;
  }

  /** From now on messages are held for these, and no others get them. */
  #useNext(): void {
    // What fails, fails because the channel is gone.
    for (const consumer of this.#downstreams?.consumers ?? []) consumer.pause().catch(() => undefined);
    this.#ready = false;
    this.#downstreams = this.#next;
    this.#next = undefined;
  }
}

function info(consumer: DataConsumer, reliable: boolean): DataConsumerInfo {
  const { id, dataProducerId, sctpStreamParameters, label, protocol } = consumer;
  if (!sctpStreamParameters) throw invalidState('a data consumer without SCTP');
  return { dataConsumerId: id, dataProducerId, reliable, sctpStreamParameters, label, protocol };
}
