import type { MediaCloseReason } from '../protocol/events.ts';
import type { ConsumerInfo, MediaKind } from '../protocol/models.ts';
import type { ConsumeAnswer } from '../protocol/requests.ts';
import { invalidState, notFound, ParleyError } from '../support/errors.ts';
import { SharedCalls } from '../support/SharedCalls.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { ConsumerEntries } from './ConsumerEntries.ts';
import { createConsumer, type Bring } from './createConsumer.ts';
import { Decisions } from './forwarding/Decisions.ts';
import { ForwardedConsumer } from './forwarding/ForwardedConsumer.ts';
import { startsSmall } from './forwarding/PreferredLayers.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import { PeerCapabilities } from './PeerCapabilities.ts';
import type { PeerPermissions } from './PeerPermissions.ts';
import type { PeerTransports } from './PeerTransports.ts';
import { Subscriptions } from './Subscriptions.ts';
import type { Publication } from './Track.ts';

/** ms until a consumer that could not be had for a passing reason is tried for again. */
const RETRY_AFTER = 1000;

interface PeerConsumersEvents {
  /** A subscription that was deferred has a consumer now. */
  created: [info: ConsumerInfo];
  /** Not told for consumers that went with their peer or its transport. */
  closed: [consumerId: string, producerId: string, reason: MediaCloseReason];
  /** What it subscribes to is different now for these producers. */
  subscribed: [producerIds: readonly string[]];
  /** What it is ready for, or what was decided, is different now for these producers. */
  changed: [producerIds: readonly string[]];
}

/** What a peer subscribes to, and the consumers that it has for what of this is forwarded. */
export class PeerConsumers extends TypedEmitter<PeerConsumersEvents> {
  readonly capabilities = new PeerCapabilities();
  readonly subscriptions: Subscriptions;
  readonly #transports: PeerTransports;
  readonly #permissions: PeerPermissions;
  readonly #bring: Bring;
  readonly #entries = new ConsumerEntries();
  readonly #creating = new SharedCalls<ForwardedConsumer>();
  #decisions = Decisions.none;
  /** Counts the resets: what was under way at one is of no use any more. */
  #epoch = 0;
  #closed = false;

  constructor(peerId: string, transports: PeerTransports, permissions: PeerPermissions, bring: Bring) {
    super();
    this.subscriptions = new Subscriptions(peerId);
    [this.#transports, this.#permissions, this.#bring] = [transports, permissions, bring];
  }

  get size(): number {
    return this.#entries.size;
  }

  ids(): string[] {
    return this.#entries.ids();
  }

  /** What was decided last; not for what is deferred. */
  get decisions(): Decisions {
    return this.#decisions;
  }

  get all(): Iterable<ForwardedConsumer> {
    return this.#entries.all();
  }

  get videos(): Iterable<ForwardedConsumer> {
    return this.#entries.videos();
  }

  /** By producer id. */
  forwarded(producerId: string): ForwardedConsumer | undefined {
    return this.#entries.get(producerId);
  }

  /**
   * Subscribes to many producers at once; the consumers start paused. Those that are not forwarded at present are
   * deferred. A producer that is subscribed already answers with its consumer again, so a request may be repeated.
   *
   * @param decide What is forwarded, given what is wanted by then.
   * @throws ParleyError `forbidden` without the permission, `invalidState` before any RTP capabilities. What
   * is wrong with a single producer is in the answer's `refused`.
   */
  async consume(
    producerIds: readonly string[],
    find: (producerId: string) => Publication | undefined,
    decide: () => Decisions,
  ): Promise<ConsumeAnswer> {
    this.#permissions.assertSubscribe();
    if (!this.capabilities.byKind) throw invalidState('the first consume must carry rtpCapabilities');
    const answer: ConsumeAnswer = { consumers: [], deferred: [], refused: [] };
    const epoch = this.#epoch;
    const refuse = (producerId: string, error: unknown): void => {
      if (!(error instanceof ParleyError)) throw error;
      // After a reset it may be subscribed to anew, and after a move that was cancelled again.
      if (epoch === this.#epoch) this.subscriptions.remove(producerId);
      answer.refused.push({ producerId, error: error.toWire() });
    };
    for (const producerId of new Set(producerIds)) {
      try {
        this.subscriptions.add(producerId, find(producerId));
      } catch (error) {
        refuse(producerId, error);
      }
    }
    this.#take(decide());
    const asked = [...new Set(producerIds)].filter((producerId) => this.subscriptions.has(producerId));
    await Promise.all(
      asked.map(async (producerId) => {
        // Nobody waits for another node: such consumers follow with `created`.
        const isLater = !this.#decisions.isForwarded(producerId) || this.subscriptions.isRemote(producerId);
        if (isLater && !this.#entries.has(producerId)) answer.deferred.push(producerId);
        else
          await this.#ensure(producerId, false).then(
            (forwarded) => answer.consumers.push(forwarded.info()),
            (error: unknown) => refuse(producerId, error),
          );
      }),
    );
    this.#createMissing();
    // What cannot be had leaves its place to another one.
    this.#tell(answer.refused.length > 0 ? 'subscribed' : 'changed', producerIds);
    return answer;
  }

  /** Brings the consumers in line with what was decided; what is missing follows with `created`. */
  apply(decisions: Decisions): void {
    if (this.#closed) return;
    this.#take(decisions);
    this.#createMissing();
  }

  /** Closes consumers that were not needed for so many ms; their subscriptions stay. */
  closeNotNeeded(since: Record<MediaKind, number>): void {
    for (const { id, producerId } of this.#entries.closeNotNeeded(since))
      this.emit('closed', id, producerId, 'notNeeded');
  }

  async pause(consumerIds: readonly string[]): Promise<void> {
    const entries = consumerIds.map((consumerId) => this.#entries.require(consumerId));
    await callMediasoup('pauseConsumers', () => Promise.all(entries.map((entry) => entry.pause())));
    this.#tell('changed', entries.map(producerIdOf));
  }

  /**
   * Starts the flow; mediasoup asks the publisher for a keyframe. Ids that are gone already are passed over, so that
   * nobody stays dark because of somebody who leaves.
   */
  async resume(consumerIds: readonly string[]): Promise<void> {
    const entries = this.#entries.among(consumerIds);
    await callMediasoup('resumeConsumers', () => Promise.all(entries.map((entry) => entry.resume())));
    this.#tell('changed', entries.map(producerIdOf));
  }

  /** Ends the subscriptions too. Ids that are gone already are passed over: both sides may close at once. */
  closeMany(consumerIds: readonly string[]): void {
    this.unsubscribe(this.#entries.among(consumerIds).map(producerIdOf));
  }

  /** Ends subscriptions. Those that there are not are passed over. */
  unsubscribe(producerIds: readonly string[]): void {
    for (const producerId of producerIds) {
      this.forget(producerId);
      this.#entries.get(producerId)?.consumer.close();
    }
    this.#tell('subscribed', producerIds);
  }

  /** A producer is gone; mediasoup closes its consumer. */
  forget(producerId: string): void {
    this.subscriptions.remove(producerId);
  }

  /** Nothing is subscribed to any more: the transport is replaced, and the peer subscribes anew. */
  reset(): void {
    const producerIds = [...this.subscriptions.producerIds];
    this.subscriptions.clear();
    // What is on its way comes to the former transport.
    this.#epoch += 1;
    this.#creating.clear();
    this.#decisions = Decisions.none;
    this.#tell('subscribed', producerIds);
  }

  /** The same for a peer that moves: the consumers that there are go on. */
  beginMove(): void {
    this.#entries.setAside();
    this.reset();
  }

  endMove(): void {
    this.#tell('changed', this.#entries.forgetFormer().map(producerIdOf));
  }

  /** The consumers of before are in use again; what has none is not subscribed to. */
  cancelMove(): void {
    this.reset();
    const restored = this.#entries.restore();
    for (const { consumer, publication } of restored)
      this.subscriptions.add(consumer.producerId, publication);
    this.#tell('subscribed', restored.map(producerIdOf));
  }

  /** @throws ParleyError `notFound`. Out of range is clipped, and ignored by consumers without layers. */
  async setPreferredLayers(consumerId: string, spatialLayer: number, temporalLayer?: number): Promise<void> {
    const forwarded = this.#entries.require(consumerId);
    const layers = temporalLayer === undefined ? { spatialLayer } : { spatialLayer, temporalLayer };
    await callMediasoup('setPreferredLayers', () => forwarded.cap(layers));
    this.#tell('changed', [producerIdOf(forwarded)]);
  }

  async requestKeyFrame(consumerId: string): Promise<void> {
    const { consumer } = this.#entries.require(consumerId);
    await callMediasoup('requestKeyFrame', () => consumer.requestKeyFrame());
  }

  /** From now on nothing is told; the transport's closing closes the consumers. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #take(decisions: Decisions): void {
    const changed = decisions.differences(this.#decisions);
    this.#decisions = decisions;
    for (const producerId of changed) this.#entries.get(producerId)?.decide(decisions.get(producerId));
    if (changed.length > 0) this.#tell('changed', changed);
  }

  #createMissing(): void {
    for (const producerId of this.#decisions.forwarded)
      if (!this.#entries.has(producerId)) void this.#createLater(producerId);
  }

  async #createLater(producerId: string): Promise<void> {
    if (this.#creating.has(producerId) || !this.subscriptions.isOpen(producerId)) return;
    const epoch = this.#epoch;
    try {
      const forwarded = await this.#ensure(producerId, true);
      this.emit('created', { ...forwarded.info(), ...(forwarded.isReady ? { resumed: true } : {}) });
      this.#tell('changed', [producerId]);
    } catch (error) {
      // Otherwise gone meanwhile, or not to be decoded by this peer: the same would happen with every attempt.
      if (epoch !== this.#epoch) return;
      const isPassing = error instanceof ParleyError && error.code === 'unavailable';
      if (isPassing) setTimeout(() => this.#tell('subscribed', [producerId]), RETRY_AFTER).unref();
      else this.subscriptions.refuse(producerId);
    }
  }

  /** Its consumer, which is created if need be; only once, also where two ask at a time. */
  async #ensure(producerId: string, later: boolean): Promise<ForwardedConsumer> {
    const known = this.#entries.get(producerId);
    return known ?? this.#creating.run(producerId, () => this.#create(producerId, later));
  }

  async #create(producerId: string, later: boolean): Promise<ForwardedConsumer> {
    const publication = this.subscriptions.require(producerId);
    const decision = this.#decisions.get(producerId);
    const rtpCapabilities = this.capabilities.byKind?.[publication.producer.kind];
    if (!decision || !rtpCapabilities) throw notFound('no such subscription');
    const epoch = this.#epoch;
    // A voice that comes late must not wait for its listener as well.
    const isReady = later && publication.producer.kind === 'audio';
    const small = startsSmall(publication.producer, performance.now() - publication.startedAt);
    const consumer = await createConsumer({
      transports: this.#transports,
      bring: this.#bring,
      publication,
      rtpCapabilities,
      decision,
      small,
      paused: !isReady || decision.forward !== 'send',
    });
    if (this.#closed || consumer.closed || epoch !== this.#epoch || !this.subscriptions.has(producerId)) {
      consumer.close();
      throw invalidState('closed while subscribing');
    }
    const forwarded = new ForwardedConsumer(consumer, publication, decision, { small, isReady });
    if (consumer.kind === 'video') this.#transports.downlink?.add(forwarded);
    forwarded.decide(this.#decisions.get(producerId));
    this.#entries.add(forwarded, ({ id }) => {
      if (this.#closed) return;
      // What brought it here may end alone, and then it is brought once more.
      const isThere = !publication.producer.closed && this.subscriptions.has(producerId);
      this.emit('closed', id, producerId, isThere ? 'notNeeded' : 'closed');
      if (isThere) this.#tell('subscribed', [producerId]);
    });
    return forwarded;
  }

  #tell(what: 'subscribed' | 'changed', producerIds: readonly string[]): void {
    if (!this.#closed) this.emit(what, producerIds);
  }
}

const producerIdOf = ({ consumer }: ForwardedConsumer): string => consumer.producerId;
