import { randomUUID } from 'node:crypto';
import type { Router } from 'mediasoup/types';
import type {
  DataConsumerInfo,
  MediaSetup,
  PeerCloseReason,
  PeerInfo,
  Permissions,
} from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { PeerConduct } from './conduct/PeerConduct.ts';
import { PeerViews } from './forwarding/PeerViews.ts';
import { ReceivedQuality } from './forwarding/ReceivedQuality.ts';
import type { Bring } from './createConsumer.ts';
import type { Limits } from './limits.ts';
import { PeerConsumers } from './PeerConsumers.ts';
import { PeerData } from './PeerData.ts';
import { PeerPermissions } from './PeerPermissions.ts';
import { PeerProducers } from './PeerProducers.ts';
import { PeerTransports } from './PeerTransports.ts';
import type { PeerElsewhere, PeerEvents, PeerOptions } from './peerParts.ts';
import { mergedAttributes, type PeerChange } from './peerChange.ts';
import type { RoomRouter } from './RoomRouters.ts';

/** ms within which a peer leaves that is sent to another room. */
const LEAVES_WITHIN = 10_000;

/** A participant of a room: who it is, and what it sends and receives. */
export class Peer extends TypedEmitter<PeerEvents> {
  readonly id: string;
  readonly identity: string | undefined;
  /** Whether it stands for somebody who is in another room. */
  readonly isForwarded: boolean;
  readonly transports: PeerTransports;
  readonly producers: PeerProducers;
  readonly consumers: PeerConsumers;
  readonly data: PeerData;
  /** What it looks at and listens to. */
  readonly views = new PeerViews();
  /** How well it gets what it subscribes to. */
  readonly quality = new ReceivedQuality();
  /** What it is in the room: host, speaker or viewer, with its hand up or not. */
  readonly conduct: PeerConduct;
  readonly logger: Logger;
  readonly #limits: Limits;
  #joinedAt: number;
  readonly #elsewhere: PeerElsewhere;
  #name: string;
  #metadata: string | undefined;
  #attributes: Readonly<Record<string, string>>;
  readonly #permissions: PeerPermissions;
  #graceTimer: NodeJS.Timeout | undefined;
  #mediaEpoch = 1;
  /** Of the media that it moves away from. */
  #formerEpoch: number | undefined;
  #lastEpoch = 1;
  #closed = false;

  constructor(
    options: PeerOptions & {
      subchannel: number;
      limits: Limits;
      bring: Bring;
      elsewhere: PeerElsewhere;
      logger: Logger;
    },
  ) {
    super();
    this.id = options.moved?.peerId ?? randomUUID();
    this.#joinedAt = options.moved?.joinedAt ?? Date.now();
    this.#elsewhere = options.elsewhere;
    this.#name = options.name;
    this.#metadata = options.metadata;
    this.#limits = options.limits;
    this.identity = options.identity;
    this.isForwarded = options.forwarded ?? false;
    this.#attributes = options.attributes ?? {};
    const permissions = (this.#permissions = new PeerPermissions(options.permissions));
    this.conduct = new PeerConduct(permissions);
    this.conduct.on('changed', () => this.emit('updated'));
    this.conduct.on('permissionsChanged', (now) => this.#permitted(now));
    this.logger = options.logger.child({ peer: this.id });
    const data = options.data ?? true;
    this.transports = new PeerTransports({ limits: options.limits, sctp: data });
    this.producers = new PeerProducers(this.id, this.transports, {
      permissions,
      limits: options.limits,
      sourceElsewhere: (producerId) => options.elsewhere.sourceOf(this.id, producerId),
    });
    this.consumers = new PeerConsumers(this.id, this.transports, permissions, options.bring);
    this.data = new PeerData(options.subchannel, data, this.transports, permissions);
  }

  get name(): string {
    return this.#name;
  }

  get permissions(): Permissions {
    return this.#permissions.current;
  }

  /** What it may do by its token or the server's API, whatever its role. */
  get granted(): Permissions {
    return this.#permissions.granted;
  }

  /** ms since the epoch. */
  get joinedAt(): number {
    return this.#joinedAt;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Grows with every loss of its media; what was told of an older epoch is gone. */
  get mediaEpoch(): number {
    return this.#mediaEpoch;
  }

  info(): PeerInfo {
    return {
      peerId: this.id,
      name: this.#name,
      ...(this.identity === undefined ? {} : { identity: this.identity }),
      ...(this.#metadata === undefined ? {} : { metadata: this.#metadata }),
      ...(Object.keys(this.#attributes).length === 0 ? {} : { attributes: { ...this.#attributes } }),
      joinedAt: this.#joinedAt,
      ...this.conduct.standing,
      ...(this.isForwarded ? { forwarded: true as const } : {}),
      producers: this.producers.list(),
    };
  }

  /** It takes the place of somebody on another node, who came before it whatever the clocks say. */
  joinedAfter(joinedAt: number): void {
    this.#joinedAt = Math.max(this.#joinedAt, joinedAt + 1);
  }

  /**
   * What is absent stays; an attribute that is empty goes.
   *
   * @throws ParleyError `limitExceeded` for more attributes than a peer may have.
   */
  update({ name, metadata, attributes }: PeerChange): void {
    if (attributes) this.#attributes = mergedAttributes(this.#attributes, attributes);
    this.#name = name ?? this.#name;
    this.#metadata = metadata ?? this.#metadata;
    this.emit('updated');
  }

  /** From now on it may do this and nothing else: what it does besides ends at once. Its client is told. */
  permit(permissions: Permissions): void {
    if (!this.#closed) this.conduct.grant(permissions);
  }

  /** Its client is to receive these producers, or not any more; what it receives of them ends now. */
  askToSubscribe(producerIds: readonly string[], subscribe: boolean): void {
    this.emit('subscriptionsAsked', producerIds, subscribe);
    if (!subscribe) this.consumers.unsubscribe(producerIds);
  }

  /** Its client is to leave for another room. It is removed when it does not. */
  sendTo(room: string): void {
    if (this.#closed) return;
    this.emit('sentTo', room);
    const timer = setTimeout(() => this.close('removed'), LEAVES_WITHIN).unref();
    this.once('closed', () => clearTimeout(timer));
  }

  /** Builds both transports, and the downstreams for data if it wants any, on a router of the room. */
  async setUpMedia(
    { router, webRtcServer }: RoomRouter,
    subscribeData: (router: Router) => Promise<DataConsumerInfo[]>,
  ): Promise<Omit<MediaSetup, 'iceServers'>> {
    this.consumers.reset();
    this.consumers.endMove();
    this.views.clear();
    this.#formerEpoch = undefined;
    await this.transports.setUp(router, webRtcServer);
    return this.#setup(router, subscribeData);
  }

  /** The same beside what there is, which goes on until `endMove` or `cancelMove`. */
  async beginMove(
    { router, webRtcServer }: RoomRouter,
    subscribeData: (router: Router) => Promise<DataConsumerInfo[]>,
  ): Promise<Omit<MediaSetup, 'iceServers'>> {
    await this.transports.beginMove(router, webRtcServer);
    this.consumers.beginMove();
    this.#formerEpoch = this.#mediaEpoch;
    this.#nextEpoch();
    return this.#setup(router, subscribeData);
  }

  /** What it moved away from closes. */
  endMove(): void {
    this.#formerEpoch = undefined;
    this.data.endMove();
    this.transports.endMove();
    this.consumers.endMove();
  }

  /** What it moved to closes, the former media is used again. Returns false where that is gone, and nothing was done. */
  cancelMove(): boolean {
    if (this.#formerEpoch === undefined || !this.transports.cancelMove()) return false;
    this.#mediaEpoch = this.#formerEpoch;
    this.#formerEpoch = undefined;
    this.data.cancelMove();
    this.consumers.cancelMove();
    this.emit('moveCancelled', this.#mediaEpoch);
    return true;
  }

  /** Its client is to build media anew beside what there is. */
  askToMove(endsIn: number): void {
    this.emit('moving', endsIn);
  }

  /** The worker behind its transports died. Returns the epoch that begins. */
  mediaLost(): number {
    this.#formerEpoch = undefined;
    this.data.reset();
    return this.#nextEpoch();
  }

  /** After `mediaLost`: there is a place for it again. */
  mediaReset(): void {
    this.emit('mediaReset', this.#mediaEpoch);
  }

  /** Its socket is gone: kept for the grace period, then closed with `timeout`. */
  disconnected(): void {
    if (this.#closed) return;
    clearTimeout(this.#graceTimer);
    this.#graceTimer = setTimeout(() => this.close('timeout'), this.#limits.gracePeriod);
    this.#graceTimer.unref();
    this.emit('disconnected');
  }

  /** A socket speaks for it again. */
  reconnected(): void {
    clearTimeout(this.#graceTimer);
  }

  /**
   * Idempotent. Its transports close, and with them all that it sends and receives. What it published is told to be gone
   * only where the peer itself is not, because it moved to another node.
   */
  close(reason: PeerCloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#graceTimer);
    if (!this.#elsewhere.isThere(this.id)) this.producers.close();
    this.consumers.close();
    this.transports.close();
    this.emit('closed', reason);
  }

  async #setup(
    router: Router,
    subscribeData: (router: Router) => Promise<DataConsumerInfo[]>,
  ): Promise<Omit<MediaSetup, 'iceServers'>> {
    const mediaEpoch = this.#mediaEpoch;
    const dataConsumers = await subscribeData(router);
    if (this.#closed) throw invalidState('the peer is closed');
    return {
      mediaEpoch,
      routerRtpCapabilities: router.rtpCapabilities as MediaSetup['routerRtpCapabilities'],
      ...this.transports.info(),
      dataConsumers,
    };
  }

  #permitted(permissions: Permissions): void {
    this.emit('permissionsChanged', permissions);
    this.producers.enforce();
    this.data.enforce();
    if (!permissions.canSubscribe) this.consumers.unsubscribe([...this.consumers.subscriptions.producerIds]);
  }

  /** No epoch comes twice. */
  #nextEpoch(): number {
    this.#lastEpoch += 1;
    this.#mediaEpoch = this.#lastEpoch;
    return this.#mediaEpoch;
  }
}
