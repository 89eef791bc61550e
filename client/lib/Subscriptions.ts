import type { types } from 'mediasoup-client';
import { ParleyError } from '../../src/support/errors.ts';
import type { ConsumerInfo } from '../../src/protocol/models.ts';
import type { MediaSession } from './MediaSession.ts';
import type { PreferredLayers } from './publicTypes.ts';
import { isTransient, Reconciler } from './Reconciler.ts';
import { consumableProducerIds } from './roomState.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';

interface Subscription {
  readonly consumer: types.Consumer;
  /** The server was told that this consumer is built; before that it sends nothing. */
  resumed: boolean;
  /** What the server last heard. */
  layers: PreferredLayers | undefined;
}

/** Producers in one `consume`; the protocol's own limit is 256. */
const BATCH = 128;
/** ms within which the facts that a consumer and its producer closed arrive. */
const CLOSED_TOGETHER = 500;

/**
 * The consumers of other peers' producers.
 *
 * Wanted is what the room's state lists (or what was asked for by `subscribe`); passes of the reconciler
 * consume what is missing, in one request per pass, and close what is too much.
 */
export class Subscriptions {
  readonly #signaling: SignalingClient;
  readonly #store: RoomStore;
  readonly #autoSubscribe: boolean;
  readonly #onError: (error: Error) => void;
  readonly #reconciler: Reconciler;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Explicit wishes by producer id; they overrule `autoSubscribe`. */
  readonly #wishes = new Map<string, boolean>();
  readonly #layers = new Map<string, PreferredLayers>();
  /** Refused for good in this media epoch. */
  readonly #refused = new Set<string>();
  /** Consumers of the server that are not wanted any more. */
  readonly #surplus = new Set<string>();
  #session: MediaSession | undefined;
  /** Resolves what `attach` gave. */
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
    this.#autoSubscribe = parts.autoSubscribe;
    this.#onError = parts.onError;
    this.#reconciler = new Reconciler(() => this.#pass(), {
      onError: (error) => parts.onError(error instanceof Error ? error : new Error(String(error))),
    });
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

  /** The transports are gone, and all consumers with them. */
  detach(): void {
    this.#session = undefined;
    this.#capabilitiesSent = false;
    this.#subscriptions.clear();
    this.#refused.clear();
    this.#surplus.clear();
  }

  /** Whether requests make sense at this moment. */
  setOnline(online: boolean): void {
    this.#online = online;
    if (online) this.#reconciler.poke();
  }

  /** Compares with the consumers that still live on the server, after a resume. */
  compare(consumerIds: readonly string[]): void {
    const onServer = new Set(consumerIds);
    for (const [producerId, { consumer }] of this.#subscriptions) {
      if (!onServer.delete(consumer.id)) this.#drop(producerId);
    }
    for (const consumerId of onServer) this.#surplus.add(consumerId);
    this.#reconciler.poke();
  }

  /** Looks again at what the room's state lists. */
  refresh(): void {
    this.#reconciler.poke();
  }

  async subscribe(producerIds: readonly string[]): Promise<void> {
    for (const producerId of producerIds) {
      this.#wishes.set(producerId, true);
      this.#refused.delete(producerId);
    }
    await this.#reconciler.settled();
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    for (const producerId of producerIds) this.#wishes.set(producerId, false);
    await this.#reconciler.settled();
  }

  /** Kept for this producer also when its consumer has to be created (anew). */
  async setPreferredLayers(producerId: string, layers: PreferredLayers): Promise<void> {
    const wish = { ...layers };
    this.#layers.set(producerId, wish);
    const subscription = this.#subscriptions.get(producerId);
    if (!subscription || !this.#online) return;
    try {
      await this.#requestLayers(subscription, wish);
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#reconciler.poke();
    }
  }

  /** These producers are gone, and the server closed their consumers. */
  producersGone(producerIds: readonly string[]): void {
    for (const producerId of producerIds) {
      this.#drop(producerId);
      this.#wishes.delete(producerId);
      this.#layers.delete(producerId);
      this.#refused.delete(producerId);
    }
  }

  /** The server closed a consumer; usually, but not always, because its producer is going too. */
  consumerClosed(consumerId: string, producerId: string): void {
    this.#surplus.delete(consumerId);
    if (this.#subscriptions.get(producerId)?.consumer.id !== consumerId) return;
    this.#drop(producerId);
    setTimeout(() => this.#reconciler.poke(), CLOSED_TOGETHER);
  }

  close(): void {
    this.#reconciler.close();
    this.detach();
  }

  async #pass(): Promise<void> {
    const session = this.#session;
    if (!session || !this.#online) return;
    const wanted = new Set(this.#wanted());
    for (const [producerId, { consumer }] of this.#subscriptions) {
      if (wanted.has(producerId)) continue;
      this.#drop(producerId);
      this.#surplus.add(consumer.id);
    }
    await this.#closeSurplus();
    const missing = [...wanted].filter((id) => !this.#subscriptions.has(id) && !this.#refused.has(id));
    for (let start = 0; start < missing.length && this.#isCurrent(session); start += BATCH) {
      await this.#consume(session, missing.slice(start, start + BATCH));
    }
    if (this.#session === session) this.#onBuilt?.();
    if (this.#isCurrent(session)) await this.#tellLayers();
    if (this.#isCurrent(session)) await this.#resume();
  }

  #wanted(): string[] {
    return consumableProducerIds(this.#store.model).filter(
      (id) => this.#wishes.get(id) ?? this.#autoSubscribe,
    );
  }

  #isCurrent(session: MediaSession): boolean {
    return this.#session === session && this.#online;
  }

  async #consume(session: MediaSession, producerIds: string[]): Promise<void> {
    const answer = await this.#signaling.request('consume', {
      producerIds,
      ...(this.#capabilitiesSent ? {} : { rtpCapabilities: session.recvRtpCapabilities }),
    });
    if (this.#session !== session) return;
    this.#capabilitiesSent = true;
    let transient: ParleyError | undefined;
    for (const { producerId, error } of answer.refused) {
      const refusal = ParleyError.fromWire(error);
      if (isTransient(refusal)) transient = refusal;
      else this.#refused.add(producerId);
      // A producer that closed between the fact and the request is no news.
      if (!isTransient(refusal) && error.code !== 'notFound') this.#onError(refusal);
    }
    await Promise.all(answer.consumers.map((info) => this.#build(session, info)));
    if (transient) throw transient;
  }

  async #build(session: MediaSession, info: ConsumerInfo): Promise<void> {
    const { producerId, consumerId } = info;
    let consumer: types.Consumer;
    try {
      consumer = await session.consume(info);
    } catch (error) {
      if (this.#session !== session) return;
      this.#refused.add(producerId);
      this.#surplus.add(consumerId);
      this.#onError(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    // A dropped session is closed a little later, and takes this consumer with it.
    if (this.#session !== session) return;
    if (!this.#wanted().includes(producerId)) {
      consumer.close();
      this.#surplus.add(consumerId);
      this.#reconciler.poke();
      return;
    }
    this.#subscriptions.set(producerId, { consumer, resumed: false, layers: undefined });
    this.#store.dispatch({ type: 'subscribed', producerId, track: consumer.track });
  }

  async #resume(): Promise<void> {
    const waiting = [...this.#subscriptions.values()].filter((subscription) => !subscription.resumed);
    if (waiting.length === 0) return;
    const consumerIds = waiting.map(({ consumer }) => consumer.id);
    for (let start = 0; start < consumerIds.length; start += BATCH) {
      await this.#resumeBatch(consumerIds.slice(start, start + BATCH));
    }
    for (const subscription of waiting) subscription.resumed = true;
  }

  async #resumeBatch(consumerIds: string[]): Promise<void> {
    try {
      await this.#signaling.request('resumeConsumers', { consumerIds });
    } catch (error) {
      if (isTransient(error)) throw error;
      // One of them is gone already; the others must not stay dark for that.
      if (consumerIds.length > 1) for (const consumerId of consumerIds) await this.#resumeBatch([consumerId]);
    }
  }

  /** Before the consumers are resumed, so that nothing starts with layers that are not wanted. */
  async #tellLayers(): Promise<void> {
    for (const [producerId, subscription] of this.#subscriptions) {
      const layers = this.#layers.get(producerId);
      if (!layers || subscription.layers === layers) continue;
      try {
        await this.#requestLayers(subscription, layers);
      } catch (error) {
        if (isTransient(error)) throw error;
        // Refused when it was asked for, or the consumer is gone: no reason to hold up the others.
        subscription.layers = layers;
      }
    }
  }

  async #requestLayers(subscription: Subscription, layers: PreferredLayers): Promise<void> {
    await this.#signaling.request('setPreferredLayers', { consumerId: subscription.consumer.id, ...layers });
    subscription.layers = layers;
  }

  async #closeSurplus(): Promise<void> {
    if (this.#surplus.size === 0) return;
    const consumerIds = [...this.#surplus].slice(0, BATCH);
    try {
      await this.#signaling.request('closeConsumers', { consumerIds });
    } catch (error) {
      if (isTransient(error)) throw error;
      // Gone already, which is what was wanted.
    }
    for (const consumerId of consumerIds) this.#surplus.delete(consumerId);
    if (this.#surplus.size > 0) this.#reconciler.poke();
  }

  #drop(producerId: string): void {
    const subscription = this.#subscriptions.get(producerId);
    if (!subscription) return;
    this.#subscriptions.delete(producerId);
    subscription.consumer.close();
    this.#store.dispatch({ type: 'unsubscribed', producerId });
  }
}
