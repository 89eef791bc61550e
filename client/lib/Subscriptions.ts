import type { types } from 'mediasoup-client';
import type { MediaCloseReason } from '../../src/protocol/events.ts';
import type { ConsumerInfo } from '../../src/protocol/models.ts';
import { ConsumerBuilder } from './ConsumerBuilder.ts';
import { Handover } from './Handover.ts';
import { LayerWishes } from './LayerWishes.ts';
import { Leftovers } from './Leftovers.ts';
import type { MediaSession } from './MediaSession.ts';
import type { PreferredLayers } from './publicTypes.ts';
import { ReceivedConsumers } from './ReceivedConsumers.ts';
import { isTransient, Reconciler } from './Reconciler.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { toError } from './toError.ts';
import { WantedProducers } from './WantedProducers.ts';

/** Producers in one `consume`; the protocol's own limit is 256. */
const BATCH = 128;
/** ms within which the facts that a consumer and its producer closed arrive. */
const CLOSED_TOGETHER = 500;

/**
 * The consumers of other peers' producers.
 *
 * Wanted is what the room's state lists (or what was asked for by `subscribe`); passes of the reconciler consume what is
 * missing and close what is too much. What the server defers gets its consumer when this peer sees or hears it.
 */
export class Subscriptions {
  readonly #signaling: SignalingClient;
  readonly #store: RoomStore;
  readonly #wanted: WantedProducers;
  readonly #reconciler: Reconciler;
  readonly #received = new ReceivedConsumers();
  readonly #layers: LayerWishes;
  /** Producers that are subscribed without a consumer. */
  readonly #deferred = new Set<string>();
  readonly #leftovers: Leftovers;
  readonly #builder = new ConsumerBuilder();
  readonly #handover: Handover;
  /** Resumes so far. */
  #comparisons = 0;
  #session: MediaSession | undefined;
  #onBuilt: (() => void) | undefined;
  /** The server remembers the capabilities for a media epoch. */
  #capabilitiesSent = false;
  #online = false;

  constructor(parts: {
    signaling: SignalingClient;
    store: RoomStore;
    autoSubscribe: boolean;
    onError: (error: Error) => void;
  }) {
    this.#signaling = parts.signaling;
    this.#store = parts.store;
    this.#wanted = new WantedProducers(parts);
    this.#handover = new Handover(parts.store);
    this.#layers = new LayerWishes(parts.signaling);
    this.#leftovers = new Leftovers(parts.signaling);
    const onError = (error: unknown): void => parts.onError(toError(error));
    this.#reconciler = new Reconciler(() => this.#pass(), { onError });
  }

  /**
   * Consumes through these transports from now on; everything is consumed anew. Resolves when the consumers of what is
   * published already are built, or when that failed or ended.
   */
  async attach(session: MediaSession): Promise<void> {
    this.#session = session;
    await new Promise<void>((resolve) => {
      this.#onBuilt = resolve;
      void this.#reconciler.settled().then(resolve);
    });
  }

  /** Receives everything on these transports as well; resolves once there is media of what was received so far. */
  async moveTo(session: MediaSession): Promise<void> {
    this.#handover.begin(this.#received.all);
    this.#forgetAll();
    await this.attach(session);
    await this.#handover.settled();
  }

  /** What was received before `moveTo` is so no more. */
  moved(): void {
    this.#handover.end((producerId) => this.#received.has(producerId));
  }

  /** Uses the transports of before `moveTo`, and what is received there. */
  moveBack(session: MediaSession): void {
    this.#forgetAll();
    this.#session = session;
    for (const consumer of this.#handover.goBack()) this.#received.add(consumer);
    this.#reconciler.poke();
  }

  /** The transports are gone, and all consumers with them. */
  detach(): void {
    this.#session = undefined;
    this.#forgetAll();
    this.#handover.end(() => true);
  }

  /** Whether requests make sense at this moment. */
  setOnline(online: boolean): void {
    this.#online = online;
    if (online) this.#reconciler.poke();
  }

  /** Compares with the consumers that still live on the server, after a resume. */
  compare(consumerIds: readonly string[]): void {
    const onServer = new Set(consumerIds);
    for (const { id, producerId } of this.#received.all) if (!onServer.delete(id)) this.#drop(producerId);
    for (const consumerId of onServer) {
      if (!this.#builder.isBuilding(consumerId)) this.#leftovers.found(consumerId);
    }
    this.#comparisons += 1;
    // What became of them may have been told to the lost socket: they are asked for again.
    this.#deferred.clear();
    this.#reconciler.poke();
  }

  /** Looks again at the room's state. */
  refresh(): void {
    this.#reconciler.poke();
  }

  async subscribe(producerIds: readonly string[]): Promise<void> {
    this.#wanted.wish(producerIds, true);
    await this.#reconciler.settled();
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    this.#wanted.wish(producerIds, false);
    await this.#reconciler.settled();
  }

  /** Kept for this producer also when its consumer has to be created (anew). */
  async setPreferredLayers(producerId: string, layers: PreferredLayers): Promise<void> {
    this.#layers.set(producerId, layers);
    const consumer = this.#received.get(producerId);
    if (!consumer || !this.#online) return;
    try {
      await this.#layers.tell(consumer);
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#reconciler.poke();
    }
  }

  /** A producer takes the place of another one, and what was wished of that holds for it. */
  inherit(fromId: string, producerId: string): void {
    this.#wanted.inherit(fromId, producerId);
    this.#layers.inherit(fromId, producerId);
  }

  /** These producers are gone, and the server closed their consumers. */
  producersGone(producerIds: readonly string[]): void {
    for (const producerId of producerIds) {
      this.#drop(producerId);
      this.#deferred.delete(producerId);
      for (const part of [this.#wanted, this.#layers, this.#handover]) part.forget(producerId);
    }
  }

  /** A subscription that was deferred has a consumer now. */
  async newConsumer(info: ConsumerInfo): Promise<void> {
    const session = this.#session;
    if (!session) return;
    if (this.#wanted.has(info.producerId)) await this.#build(session, info);
    else this.#leftovers.closeConsumer(info.consumerId);
    this.#reconciler.poke();
  }

  /** The server closed a consumer: nobody needs it at present, or its producer is going too, usually. */
  consumerClosed(consumerId: string, producerId: string, reason: MediaCloseReason): void {
    const unwanted = this.#leftovers.consumerClosed(consumerId);
    const known = this.#received.get(producerId)?.id === consumerId;
    if (!known && !unwanted) {
      this.#builder.consumerClosed(consumerId, reason);
      return;
    }
    if (known) this.#drop(producerId);
    this.#afterClosed(producerId, reason);
  }

  close(): void {
    this.#reconciler.close();
    this.detach();
  }

  async #pass(): Promise<void> {
    const session = this.#session;
    if (!session || !this.#online) return;
    const comparisons = this.#comparisons;
    const wanted = new Set(this.#wanted.ids);
    for (const { id, producerId } of this.#received.all) {
      if (wanted.has(producerId)) continue;
      this.#drop(producerId);
      this.#leftovers.closeConsumer(id);
    }
    for (const producerId of this.#deferred) {
      if (!wanted.has(producerId) && this.#deferred.delete(producerId))
        this.#leftovers.endSubscription(producerId);
    }
    await this.#leftovers.sweep();
    const missing = [...wanted].filter((id) => !this.#received.has(id) && !this.#deferred.has(id));
    for (let start = 0; start < missing.length && this.#isCurrent(session); start += BATCH) {
      await this.#consume(session, missing.slice(start, start + BATCH));
    }
    if (this.#session === session) this.#onBuilt?.();
    // First, so that nothing starts with layers that are not wanted.
    if (this.#isCurrent(session)) await this.#layers.tellAll(this.#received.all);
    if (this.#isCurrent(session)) await this.#received.resume(this.#signaling);
    // Those of a resume in the meantime were not asked for by this pass.
    if (!this.#isCurrent(session) || comparisons !== this.#comparisons) return;
    this.#leftovers.abandonUnknown();
    await this.#leftovers.sweep();
  }

  #isCurrent(session: MediaSession): boolean {
    return this.#session === session && this.#online;
  }

  async #consume(session: MediaSession, producerIds: string[]): Promise<void> {
    const asked = this.#signaling.request('consume', {
      producerIds,
      ...(this.#capabilitiesSent ? {} : { rtpCapabilities: session.recvRtpCapabilities }),
    });
    await this.#builder.ask(asked, async (answer) => {
      if (this.#session !== session) return;
      this.#capabilitiesSent = true;
      for (const producerId of answer.deferred) {
        // Its producer may be gone by now.
        const isOpen = !this.#received.has(producerId) && this.#wanted.isThere(producerId);
        if (isOpen) this.#deferred.add(producerId);
      }
      const transient = this.#wanted.takeRefusals(answer.refused);
      await Promise.all(answer.consumers.map((info) => this.#build(session, info)));
      if (transient) throw transient;
    });
  }

  async #build(session: MediaSession, info: ConsumerInfo): Promise<void> {
    const { producerId, consumerId } = info;
    this.#leftovers.claim(consumerId);
    const known = this.#received.get(producerId)?.id === consumerId;
    if (known || this.#builder.isBuilding(consumerId)) return;
    let consumer: types.Consumer | MediaCloseReason;
    try {
      consumer = await this.#builder.build(session, info);
    } catch (error) {
      if (this.#session !== session) return;
      this.#deferred.delete(producerId);
      this.#leftovers.closeConsumer(consumerId);
      this.#wanted.refuse(producerId, toError(error));
      return;
    }
    // A dropped session is closed a little later, and takes this consumer with it.
    if (this.#session !== session) return;
    if (typeof consumer === 'string') this.#afterClosed(producerId, consumer);
    else if (this.#wanted.has(producerId)) {
      this.#deferred.delete(producerId);
      // The server never has two: of the former one's end was not heard.
      this.#drop(producerId);
      this.#received.add(consumer, info.resumed === true);
      this.#handover.show(consumer);
    } else {
      consumer.close();
      this.#deferred.delete(producerId);
      this.#leftovers.closeConsumer(consumerId);
      this.#reconciler.poke();
    }
  }

  #afterClosed(producerId: string, reason: MediaCloseReason): void {
    if (reason !== 'notNeeded') {
      setTimeout(() => this.#reconciler.poke(), CLOSED_TOGETHER);
      return;
    }
    if (!this.#received.has(producerId)) this.#deferred.add(producerId);
    this.#reconciler.poke();
  }

  #forgetAll(): void {
    this.#capabilitiesSent = false;
    this.#received.clear();
    this.#wanted.forgetRefusals();
    this.#deferred.clear();
    this.#leftovers.clear();
  }

  #drop(producerId: string): void {
    const consumer = this.#received.get(producerId);
    if (!consumer) return;
    this.#received.delete(producerId);
    consumer.close();
    this.#store.dispatch({ type: 'unsubscribed', producerId });
  }
}
