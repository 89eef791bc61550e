import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { ConsumerInfo, RtpCapabilities } from '../../src/protocol/models.ts';
import { MAX_BATCH } from '../../src/protocol/requests.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
import type { ParleyTransport } from './ParleyTransport.ts';
import { recvCapabilities } from './rtpNegotiation.ts';
import type { JoinObserver, RemoteTrack, SeatEvents, Subscription, TrackView } from './Target.ts';

type SubscriptionEvents = Pick<SeatEvents, 'subscribed' | 'subscriptionEnded'>;

export interface SubscriptionsOptions {
  signaling: ParleySignaling;
  observer: JoinObserver;
  transportCc: boolean;
  /** Of the others, as of all that the server told. */
  tracks: ReadonlyMap<string, RemoteTrack>;
}

/** Where consumers arrive, and which. */
interface Downstream {
  readonly recv: ParleyTransport;
  readonly router: RtpCapabilities;
  capabilitiesTold: boolean;
  /** Track ids by consumer id. */
  readonly consumers: Map<string, string>;
  readonly deferred: Set<string>;
  /** Consumers that came by themselves and wait to be resumed together. */
  fresh: string[];
}

/** What a bot is subscribed to in a Parley room, with a consumer at present or without one. */
export class ParleySubscriptions extends TypedEmitter<SubscriptionEvents> {
  readonly #options: SubscriptionsOptions;
  #downstream: Downstream | undefined;
  /** Those of before, until a move from the one to the other is over. */
  #former: Downstream | undefined;
  /** `consume` requests under way, and consumers that ended before the answer which names them was dealt with. */
  #asking = 0;
  readonly #endedEarly = new Set<string>();

  constructor(options: SubscriptionsOptions) {
    super();
    this.#options = options;
    const { signaling } = options;
    signaling.on('newConsumer', ({ consumer }) => void this.#arrived(consumer));
    signaling.on('consumerClosed', ({ consumerId, producerId, reason }) => {
      const known = this.#downstream?.consumers.delete(consumerId) ?? false;
      if (!known && this.#asking > 0) this.#endedEarly.add(consumerId);
      if (!known || reason !== 'notNeeded') return;
      this.#downstream?.deferred.add(producerId);
      this.emit('subscriptionEnded', producerId);
    });
  }

  /** Subscribed to, without a consumer at present. */
  get deferred(): ReadonlySet<string> {
    return this.#downstream?.deferred ?? new Set();
  }

  /** From now on consumers arrive here; nothing is subscribed to any more. */
  use(recv: ParleyTransport, router: RtpCapabilities): void {
    this.#former = this.#downstream;
    this.#downstream = {
      recv,
      router,
      capabilitiesTold: false,
      consumers: new Map(),
      deferred: new Set(),
      fresh: [],
    };
  }

  /** Consumers arrive where they did before `use`, as far as there were any; nothing else is subscribed to. */
  goBack(recv: ParleyTransport): void {
    if (this.#former?.recv !== recv) return;
    this.#downstream = this.#former;
    this.#former = undefined;
    this.#downstream.deferred.clear();
  }

  /** A track is gone, and its subscription with it. */
  forget(trackId: string): void {
    for (const downstream of [this.#downstream, this.#former]) {
      downstream?.deferred.delete(trackId);
      for (const [consumerId, of] of downstream?.consumers ?? [])
        if (of === trackId) downstream?.consumers.delete(consumerId);
    }
  }

  async subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void> {
    for (let from = 0; from < trackIds.length; from += MAX_BATCH)
      await this.#subscribe(trackIds.slice(from, from + MAX_BATCH), prepare);
  }

  async unsubscribe(trackIds: readonly string[]): Promise<void> {
    for (const trackId of trackIds) this.forget(trackId);
    for (let from = 0; from < trackIds.length; from += MAX_BATCH)
      await this.#options.signaling.request('unsubscribe', {
        producerIds: trackIds.slice(from, from + MAX_BATCH),
      });
  }

  async setViews(views: readonly TrackView[]): Promise<void> {
    for (let from = 0; from < views.length; from += MAX_BATCH)
      await this.#options.signaling.request('setViews', {
        views: views.slice(from, from + MAX_BATCH).map(({ trackId, visible, width, height, isScreen }) => ({
          producerId: trackId,
          visible,
          width,
          height,
          importance: isScreen ? 'screen' : 'normal',
        })),
      });
  }

  async #subscribe(
    producerIds: readonly string[],
    prepare: (subscription: Subscription) => void,
  ): Promise<void> {
    const downstream = this.#downstream;
    if (!downstream) return;
    const { signaling, observer, transportCc, tracks } = this.#options;
    const { recv, router, capabilitiesTold, consumers: known, deferred: later } = downstream;
    this.#asking++;
    try {
      const consuming = signaling.request('consume', {
        producerIds: [...producerIds],
        ...(capabilitiesTold ? {} : { rtpCapabilities: recvCapabilities(router, transportCc) }),
      });
      // Each may fail first; the other must not be left unheard.
      const [endpoint, { consumers, deferred, refused }] = await Promise.all([recv.endpoint(), consuming]);
      downstream.capabilitiesTold = true;
      if (downstream !== this.#downstream) return;
      for (const { error } of refused) {
        // A track that ended meanwhile is no failure.
        if (error.code !== 'notFound') observer.error('consume', error.code, error.message);
      }
      const answered = new Set(known.values());
      for (const producerId of deferred)
        if (tracks.has(producerId) && !answered.has(producerId)) later.add(producerId);
      for (const info of consumers) {
        const track = tracks.get(info.producerId);
        if (!track || answered.has(info.producerId)) continue;
        if (this.#endedEarly.has(info.consumerId)) {
          later.add(info.producerId);
          continue;
        }
        known.set(info.consumerId, info.producerId);
        prepare({ ...this.#subscription(info, track), endpoint });
      }
      await recv.connected();
      await this.#resume(
        downstream,
        consumers.map(({ consumerId }) => consumerId),
      );
    } finally {
      if (--this.#asking === 0) this.#endedEarly.clear();
    }
  }

  /** A consumer that nobody asked for just now: of a track that was deferred. */
  async #arrived(info: ConsumerInfo): Promise<void> {
    const downstream = this.#downstream;
    const track = this.#options.tracks.get(info.producerId);
    if (!downstream || !track) return;
    downstream.deferred.delete(info.producerId);
    downstream.consumers.set(info.consumerId, info.producerId);
    try {
      const endpoint = await downstream.recv.endpoint();
      if (downstream !== this.#downstream || !downstream.consumers.has(info.consumerId)) return;
      this.emit('subscribed', { ...this.#subscription(info, track), endpoint });
      if (info.resumed) return;
      downstream.fresh.push(info.consumerId);
      if (downstream.fresh.length > 1) return;
      await downstream.recv.connected();
      // Others of the same decision come right behind.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#resume(downstream, downstream.fresh.splice(0));
    } catch {
      // Reported by its request, or by the transport that failed.
    }
  }

  /** Those that ended meanwhile, or are of before, are unknown to the server, which would resume none of them. */
  async #resume(downstream: Downstream, consumerIds: readonly string[]): Promise<void> {
    const { signaling } = this.#options;
    if (downstream !== this.#downstream) return;
    const there = consumerIds.filter((consumerId) => downstream.consumers.has(consumerId));
    for (let from = 0; from < there.length; from += MAX_BATCH)
      await signaling.request('resumeConsumers', { consumerIds: there.slice(from, from + MAX_BATCH) });
  }

  #subscription(info: ConsumerInfo, track: RemoteTrack): Omit<Subscription, 'endpoint'> {
    const { consumerId, producerId, rtpParameters } = info;
    return {
      subscriptionId: consumerId,
      track,
      rtpParameters,
      // Not by its consumer, which the server may just have closed, leaving the subscription.
      close: () => this.unsubscribe([producerId]),
      preferSpatialLayer: async (spatialLayer) => {
        // The server may have closed it meanwhile, or another one may be there.
        if (this.#downstream?.consumers.has(consumerId))
          await this.#options.signaling.request('setPreferredLayers', { consumerId, spatialLayer });
      },
    };
  }
}
