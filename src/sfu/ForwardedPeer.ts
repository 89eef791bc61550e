import { isDeepStrictEqual } from 'node:util';
import type { PeerCloseReason, ProducerInfo } from '../protocol/models.ts';
import { notFound } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { ForwardedTrack } from './ForwardedTrack.ts';
import type { Peer } from './Peer.ts';
import type { Room } from './Room.ts';
import type { RouterLink } from './RouterLink.ts';
import { RouterLinks } from './RouterLinks.ts';

export interface ForwardedPeerParts {
  /** A participant of this node, and the room that it is in. */
  source: Peer;
  from: Room;
  /** The room that it is forwarded to. */
  room: Room;
  /** Who stands for it there already, on the node that it moves here from. */
  moved?: { peerId: string; joinedAt: number } | undefined;
}

interface ForwardedPeerEvents {
  /** The source has moved to another node, where it is to be forwarded from now on; nothing comes of it here any more. */
  sourceMoved: [];
  /** The source is not in its room any more, or who stands for it not in the other one. */
  closed: [];
}

/**
 * Somebody who is heard and seen in another room too: a peer of that room as any other, who has no client but follows
 * a peer of another room in name, metadata, attributes, tracks and data messages.
 *
 * What is needed in that room counts for the publisher like what another node needs: layers, and the codec.
 */
export class ForwardedPeer extends TypedEmitter<ForwardedPeerEvents> {
  readonly peer: Peer;
  readonly #source: Peer;
  readonly #from: Room;
  readonly #room: Room;
  /** By which the source's room knows who needs something of it. */
  readonly #name: string;
  readonly #links = new RouterLinks();
  readonly #inlets = new WeakSet<RouterLink>();
  /** By the ids of what the source publishes. */
  readonly #tracks = new Map<string, ForwardedTrack>();
  /** Cannot be published in the other room, or was closed there. */
  readonly #refused = new Set<string>();
  readonly #offs: (() => void)[];
  #isPublishing = false;

  private constructor({ source, from, room }: ForwardedPeerParts, peer: Peer) {
    super();
    this.peer = peer;
    this.#source = source;
    this.#from = from;
    this.#room = room;
    this.#name = `forwarded ${peer.id}`;
    const { producers } = source;
    this.#offs = [
      source.once('closed', (reason) => {
        if (from.elsewhere.isThere(source.id)) this.emit('sourceMoved');
        else this.close(reason === 'timeout' ? 'timeout' : 'left');
      }),
      source.on('updated', () => this.#follow()),
      producers.on('added', () => void this.#publish()),
      producers.on('resized', ({ producerId }) => {
        const picture = producers.picture(producerId);
        if (picture) this.#tracks.get(producerId)?.resize(picture);
      }),
      producers.on('closed', ({ producerId }, reason) => {
        this.#refused.delete(producerId);
        const track = this.#tracks.get(producerId);
        this.#tracks.delete(producerId);
        track?.close(reason);
      }),
      from.data.on('sent', (message, sender) => {
        if (sender === source && !message.to) room.data.relay(peer, message);
      }),
      room.forwarding.codec.on('decodersChanged', () => this.#tellDecoders()),
    ];
    peer.producers.on('closed', ({ producerId }, reason) => this.#closedThere(producerId, reason));
    peer.producers.on('demandChanged', (producerId, layer) => this.#named(producerId)?.[1].demanded(layer));
    peer.on('permissionsChanged', () => this.#publishAnew());
    peer.on('mediaReset', () => void this.#rebuild());
    peer.once('closed', () => this.#end());
    this.#tellDecoders();
  }

  /**
   * Resolves once all that the source publishes is published in the other room, or refused by it.
   *
   * @throws ParleyError as `Room.join`; `notFound` when the source leaves meanwhile.
   */
  static async open(parts: ForwardedPeerParts): Promise<ForwardedPeer> {
    const { source, room, moved } = parts;
    const { name, metadata, attributes, identity = source.id } = source.info();
    const { peer } = await room.join({
      ...{ name, identity, metadata, attributes, moved },
      forwarded: true,
      unattended: true,
      // What it says comes without a channel, and nobody is there who would hear.
      data: false,
      permissions: {
        canPublish: true,
        canSubscribe: false,
        canPublishData: true,
        canUpdateOwnMetadata: false,
        roomAdmin: false,
        ...(source.permissions.hidden ? { hidden: true } : {}),
      },
    });
    if (source.closed) {
      peer.close('left');
      throw notFound('the participant left meanwhile');
    }
    const forwarded = new ForwardedPeer(parts, peer);
    // It may have been told another name while it joined.
    forwarded.#follow();
    await forwarded.#publish();
    return forwarded;
  }

  get closed(): boolean {
    return this.peer.closed;
  }

  /** Idempotent. */
  close(reason: Extract<PeerCloseReason, 'left' | 'timeout'>): void {
    this.peer.close(reason);
  }

  /** Is called like the source from now on. */
  #follow(): void {
    const { name, metadata, attributes = {} } = this.#source.info();
    const before = this.peer.info();
    const isSame = name === before.name && metadata === before.metadata;
    if (isSame && isDeepStrictEqual(attributes, before.attributes ?? {})) return;
    const gone = Object.keys(before.attributes ?? {}).filter((key) => !(key in attributes));
    const change = { ...Object.fromEntries(gone.map((key) => [key, ''])), ...attributes };
    this.peer.update({ name, metadata, attributes: change });
  }

  #tellDecoders(): void {
    this.#from.forwarding.codec.shownBeyond(this.#name, this.#room.forwarding.codec.decoders);
  }

  /** Publishes what is not there yet, one track after the other. Never rejects. */
  async #publish(): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    for (let info = this.#next(); info; info = this.#next()) {
      const { mediaEpoch } = this.peer;
      try {
        await this.#forward(info);
      } catch (error) {
        // What was on a worker that died is tried again on another one.
        if (this.peer.mediaEpoch === mediaEpoch) this.#refused.add(info.producerId);
        const { closed, logger } = this.peer;
        if (!closed) logger.warn({ error, source: info.source }, 'a track could not be forwarded');
      }
    }
    this.#isPublishing = false;
  }

  #publishAnew(): void {
    this.#refused.clear();
    void this.#publish();
  }

  #next(): ProducerInfo | undefined {
    if (this.closed) return undefined;
    return this.#source.producers
      .list()
      .find(({ producerId }) => !this.#tracks.has(producerId) && !this.#refused.has(producerId));
  }

  async #forward(info: ProducerInfo): Promise<void> {
    const { producerId } = info;
    const track = this.#from.tracks.local(producerId);
    if (!track) throw notFound('no such producer');
    const { transports } = this.peer;
    const { router } = transports;
    const link = await this.#links.between(track.router, router);
    if (!this.#inlets.has(link)) {
      this.#inlets.add(link);
      transports.addInlet(link.on(router), router);
    }
    const { demand } = this.#from.forwarding;
    const forwarded = await ForwardedTrack.open({
      ...{ track, info, room: this.#room, peer: this.peer, router, link },
      replaces: info.replaces === undefined ? undefined : this.#tracks.get(info.replaces)?.producerId,
      need: (layer) => demand.neededElsewhere(this.#name, producerId, layer),
    });
    if (this.closed || track.producer.closed) forwarded.close('closed');
    else this.#tracks.set(producerId, forwarded);
  }

  #named(producerId: string): [string, ForwardedTrack] | undefined {
    return [...this.#tracks].find(([, track]) => track.producerId === producerId);
  }

  /** Somebody there does not want it, or its worker died. */
  #closedThere(producerId: string, reason: string): void {
    const [id, track] = this.#named(producerId) ?? [];
    if (id === undefined) return;
    this.#tracks.delete(id);
    if (reason !== 'mediaReset') this.#refused.add(id);
    track?.close('closed');
  }

  /** The worker of the other room died, or is to be left: everything anew, on another one. */
  async #rebuild(): Promise<void> {
    try {
      await this.#room.media.setUp(this.peer);
      this.#publishAnew();
    } catch (error) {
      if (this.closed) return;
      this.peer.logger.error({ error }, 'somebody cannot be forwarded any more');
      this.close('timeout');
    }
  }

  #end(): void {
    for (const off of this.#offs.splice(0)) off();
    for (const track of this.#tracks.values()) track.close('peerLeft');
    this.#tracks.clear();
    this.#from.forwarding.demand.left(this.#name);
    this.#from.forwarding.codec.notShownBeyond(this.#name);
    this.emit('closed');
  }
}
