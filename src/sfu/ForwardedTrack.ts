import type { Consumer, Producer, Router } from 'mediasoup/types';
import type { MediaCloseReason } from '../protocol/events.ts';
import type { ProducerInfo } from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import type { LocalTrack } from './LocalTrack.ts';
import { callMediasoup, wireRtpParameters } from './mediasoupCalls.ts';
import type { Peer } from './Peer.ts';
import type { Room } from './Room.ts';
import type { RouterLink } from './RouterLink.ts';

export interface ForwardedTrackParts {
  /** In the room that its publisher is in. */
  track: LocalTrack;
  info: ProducerInfo;
  /** The room that it is forwarded to, who stands for its publisher there, and on which router. */
  room: Room;
  peer: Peer;
  router: Router;
  /** Between the routers of the two. */
  link: RouterLink;
  /** What that peer publishes already and this takes the place of. */
  replaces: string | undefined;
  /** Asks for the layers up to this one; -1: for nothing. */
  need: (spatialLayer: number) => void;
}

/** More than a video has: those that there are. */
const ALL_LAYERS = 9;

/**
 * A track in a room that it is forwarded to: a producer like any other there, fed over a pipe.
 *
 * It has an id of its own, because both rooms may be on one worker, which knows an id once. Muting goes to the producer,
 * where everybody is to see it; a video that nobody needs rests at the near end of the pipe.
 */
export class ForwardedTrack {
  /** Its id in the room that it is forwarded to. */
  readonly producerId: string;
  readonly #origin: Producer;
  readonly #near: Consumer;
  readonly #peer: Peer;
  readonly #need: (spatialLayer: number) => void;
  /** Whether its publisher mutes it, as far as it was told in the other room. */
  #mutedTold: boolean;
  #needed = true;
  #settling = false;
  #closed = false;

  private constructor(parts: ForwardedTrackParts, near: Consumer, info: ProducerInfo) {
    this.producerId = info.producerId;
    this.#origin = parts.track.producer;
    this.#near = near;
    this.#peer = parts.peer;
    this.#need = parts.need;
    this.#mutedTold = info.paused;
    const { observer } = this.#origin;
    observer.on('pause', this.#changed);
    observer.on('resume', this.#changed);
    if (this.#origin.kind === 'video') this.#need(ALL_LAYERS);
    void this.#settle();
  }

  /** Leaves nothing behind when it rejects. @throws ParleyError as `Room.produce`, `unavailable` without a worker. */
  static async open(parts: ForwardedTrackParts): Promise<ForwardedTrack> {
    const { track, info, room, peer, router, link, replaces } = parts;
    const { producer, picture } = track;
    const near = await callMediasoup('forward', () =>
      link.on(track.router).consume({ producerId: producer.id }),
    );
    try {
      const published = await room.produce(peer, {
        transportId: link.on(router).id,
        kind: info.kind,
        source: info.source,
        label: info.label,
        rtpParameters: wireRtpParameters(near.rtpParameters),
        paused: near.producerPaused,
        ...(info.kind === 'video' ? { width: picture.width, height: picture.height } : {}),
        replaces,
      });
      if (!near.closed) return new ForwardedTrack(parts, near, published);
      if (peer.producers.has(published.producerId)) peer.producers.closeOne(published.producerId, 'closed');
      throw invalidState('closed while it was being forwarded');
    } catch (error) {
      near.close();
      throw error;
    }
  }

  /** The picture is captured in another size. */
  resize({ width, height }: { width: number; height: number }): void {
    if (this.#peer.producers.has(this.producerId))
      this.#peer.producers.resize(this.producerId, width, height);
  }

  /** What is needed of it in the other room; null: nothing. */
  demanded(spatialLayer: number | null): void {
    if (this.#closed) return;
    this.#needed = spatialLayer !== null;
    this.#need(spatialLayer ?? -1);
    void this.#settle();
  }

  /** Idempotent. */
  close(reason: MediaCloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    const { observer } = this.#origin;
    observer.off('pause', this.#changed);
    observer.off('resume', this.#changed);
    this.#need(-1);
    if (this.#peer.producers.has(this.producerId)) this.#peer.producers.closeOne(this.producerId, reason);
    this.#near.close();
  }

  readonly #changed = (): void => void this.#settle();

  /** Brings both ends in line, one call at a time. Never rejects. */
  async #settle(): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    try {
      while (!this.#closed && (await this.#step()));
    } catch {
      // A worker went, and with it this track.
    } finally {
      this.#settling = false;
    }
  }

  /** Returns whether there was anything to do. Who mutes it in the other room alone is not overruled. */
  async #step(): Promise<boolean> {
    const { producers } = this.#peer;
    const { paused } = this.#origin;
    if (this.#near.paused === this.#needed) {
      await (this.#needed ? this.#near.resume() : this.#near.pause());
    } else if (this.#mutedTold !== paused) {
      this.#mutedTold = paused;
      await (paused ? producers.pause(this.producerId) : producers.resume(this.producerId));
    } else return false;
    return true;
  }
}
