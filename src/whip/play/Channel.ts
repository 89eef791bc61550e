import type { DirectTransport, Router } from 'mediasoup/types';
import type { MediaKind } from '../../protocol/models.ts';
import { callMediasoup } from '../../sfu/mediasoupCalls.ts';
import type { Room } from '../../sfu/Room.ts';
import type { RoomRouter } from '../../sfu/RoomRouters.ts';
import { invalidState } from '../../support/errors.ts';
import { SharedCalls } from '../../support/SharedCalls.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { Feed } from './Feed.ts';
import { Outlet, STREAMS, type OutletCodecs } from './Outlet.ts';
import { Selection, type Selected, type Target } from './Selection.ts';
import { Splice } from './Splice.ts';

interface ChannelEvents {
  /** Once: nobody plays it any more, or its worker or room is gone. */
  closed: [];
}

/** Names the channels of this process where the rooms count who needs which video. */
let channels = 0;

/**
 * What the players of one target get, on one worker: the tracks of whom they watch, one after the other, as two streams
 * that never change.
 */
export class Channel extends TypedEmitter<ChannelEvents> {
  readonly #room: Room;
  readonly #place: RoomRouter;
  readonly #selection: Selection;
  readonly #transport: DirectTransport;
  readonly #feeds: Record<MediaKind, Feed>;
  /** By kind and codec: a player that does not take the codec of some speaker misses what that one sends. */
  readonly #splices = new Map<string, Splice>();
  readonly #outlets = new Map<string, Outlet>();
  readonly #opening = new SharedCalls<Outlet>();
  /** In the room's books, beside its peers and other nodes. */
  readonly #name = `channel ${++channels}`;
  readonly #release: () => void;
  #holds = 0;
  #scheduled = false;
  #closed = false;

  private constructor(room: Room, place: RoomRouter, transport: DirectTransport, target: Target) {
    super();
    this.#room = room;
    this.#place = place;
    this.#transport = transport;
    this.#selection = new Selection(room, target);
    this.#feeds = { audio: this.#feed('audio'), video: this.#feed('video') };
    this.#release = room.media.routers.keep(place.router);
    this.#selection.on('changed', () => this.#follow());
    transport.observer.once('close', () => this.close());
    this.#followNow();
  }

  /** @throws ParleyError as `callMediasoup`. */
  static async open(room: Room, place: RoomRouter, target: Target): Promise<Channel> {
    const transport = await callMediasoup('openChannel', () => place.router.createDirectTransport());
    if (!room.closed && !transport.closed) return new Channel(room, place, transport, target);
    transport.close();
    throw invalidState('the room is closed');
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Keeps it open; returns what ends that, to be called once. The last one closes it. */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      if (this.#holds === 0) this.close();
    };
  }

  /** Where players with these payload types get it; made when there is none. @throws ParleyError as `Outlet.open`. */
  async outlet(codecs: OutletCodecs): Promise<Outlet> {
    const key = JSON.stringify(codecs);
    const known = this.#outlets.get(key);
    if (known) return known;
    return this.#opening.run(key, async () => {
      const outlet = await Outlet.open(this.#place.worker, codecs, () => this.#feeds.video.requestKeyFrame());
      if (this.#closed || outlet.closed) {
        outlet.close();
        throw invalidState('closed while the player was let in');
      }
      this.#outlets.set(key, outlet);
      outlet.router.observer.once('close', () => this.#outlets.delete(key));
      return outlet;
    });
  }

  /** Idempotent. Its players lose their media. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#selection.close();
    this.#room.forwarding.demand.left(this.#name);
    for (const feed of Object.values(this.#feeds)) feed.close();
    this.#transport.close();
    for (const outlet of [...this.#outlets.values()]) outlet.close();
    this.#release();
    this.emit('closed');
  }

  #feed(kind: MediaKind): Feed {
    const { router }: { router: Router } = this.#place;
    return new Feed({
      room: this.#room,
      kind,
      router,
      transport: this.#transport,
      // Without header extensions: each router has ids of its own.
      rtpCapabilities: { codecs: router.rtpCapabilities.codecs ?? [], headerExtensions: [] },
      onPacket: (packet, codec, isFirst) => this.#forward(kind, packet, codec, isFirst),
      logger: this.#room.logger,
    });
  }

  /** Once per turn, whatever happens in it. */
  #follow(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#followNow();
    });
  }

  #followNow(): void {
    const { audio, video }: Selected = this.#selection.current();
    this.#feeds.audio.follow(audio);
    this.#feeds.video.follow(video);
    const { demand } = this.#room.forwarding;
    demand.replaceElsewhere(this.#name, video === undefined ? {} : { [video]: Infinity });
  }

  #forward(
    kind: MediaKind,
    packet: Buffer,
    codec: { mimeType: string; clockRate: number },
    isFirst: boolean,
  ): void {
    const key = `${kind} ${codec.mimeType}`;
    let splice = this.#splices.get(key);
    if (!splice) this.#splices.set(key, (splice = new Splice(STREAMS[kind], codec)));
    if (isFirst) splice.cut();
    const next = splice.next(packet, performance.now());
    if (!next) return;
    for (const outlet of this.#outlets.values())
      if (outlet.codecs[kind]?.mimeType === codec.mimeType) outlet.send(kind, next);
  }
}
