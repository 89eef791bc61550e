import type { Consumer, DirectTransport, Router, RtpCapabilities, RtpCodecParameters } from 'mediasoup/types';
import type { MediaKind } from '../../protocol/models.ts';
import { callMediasoup } from '../../sfu/mediasoupCalls.ts';
import type { Room } from '../../sfu/Room.ts';
import { invalidState, notFound } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import { canBeginWith } from './rtpPayload.ts';

export interface FeedParts {
  room: Room;
  kind: MediaKind;
  /** Where packets are taken out. */
  router: Router;
  transport: DirectTransport;
  rtpCapabilities: RtpCapabilities;
  /** A packet of the track that is followed, `isFirst` where another one was followed before. */
  onPacket: (packet: Buffer, codec: RtpCodecParameters, isFirst: boolean) => void;
  logger: Logger;
}

/** ms after which a track that could not be had for a passing reason is tried for again, and a keyframe asked for. */
const RETRY_AFTER = 1000;

/**
 * The packets of one track of a room after the other.
 *
 * Those of the former go on until the first of the next one is there, which of a video is the beginning of a keyframe.
 */
export class Feed {
  readonly #parts: FeedParts;
  #wanted: string | undefined;
  /** Counts what was wanted, so that who is wanted again is not begun with twice. */
  #turn = 0;
  #current: Consumer | undefined;
  #next: Consumer | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** While the next video has yet to begin: mediasoup asks for its keyframe twice, and both may be lost. */
  #asking: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** The track that is followed, or about to be; undefined for none. */
  get producerId(): string | undefined {
    return this.#wanted;
  }

  /** Follows another track as soon as there is something of it. Nothing happens for the one that is followed already. */
  follow(producerId: string | undefined): void {
    if (this.#closed || producerId === this.#wanted) return;
    this.#wanted = producerId;
    this.#drop();
    if (producerId === undefined || producerId === this.#current?.producerId) return;
    void this.#begin(producerId, this.#turn);
  }

  /** Asks whoever is followed for a keyframe. */
  requestKeyFrame(): void {
    this.#ask(this.#current ?? this.#next);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
    this.#current?.close();
  }

  #ask(consumer: Consumer | undefined): void {
    if (!consumer || consumer.closed) return;
    consumer.requestKeyFrame().catch((error: unknown) => {
      if (!consumer.closed) this.#parts.logger.debug({ error }, 'no keyframe could be asked for');
    });
  }

  #drop(): void {
    this.#turn += 1;
    clearTimeout(this.#retry);
    clearInterval(this.#asking);
    this.#next?.close();
    this.#next = undefined;
  }

  async #begin(producerId: string, turn: number): Promise<void> {
    const { kind, logger } = this.#parts;
    const isOver = (): boolean => this.#closed || this.#turn !== turn;
    try {
      const consumer = await this.#consume(producerId);
      if (isOver()) {
        consumer.close();
        return;
      }
      if (consumer.closed) throw invalidState('the track ended');
      const [codec] = consumer.rtpParameters.codecs;
      if (!codec) throw invalidState('a track without codec');
      this.#next = consumer;
      consumer.on('rtp', (packet) => this.#arrived(consumer, codec, packet));
      consumer.observer.once('close', () => this.#gone(consumer));
      await callMediasoup('resumeConsumers', () => consumer.resume());
      if (kind === 'video' && this.#next === consumer)
        this.#asking = setInterval(() => this.#ask(this.#next), RETRY_AFTER).unref();
    } catch (error) {
      if (isOver()) return;
      // A track that is gone is followed no more, which whoever selects finds out as well.
      logger.debug({ error, kind, producer: producerId }, 'a track could not be followed');
      this.#next?.close();
      this.#tryAgain(producerId);
    }
  }

  #tryAgain(producerId: string): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#begin(producerId, this.#turn), RETRY_AFTER).unref();
  }

  async #consume(producerId: string): Promise<Consumer> {
    const { room, router, transport, rtpCapabilities } = this.#parts;
    const publication = room.tracks.publication(producerId);
    if (!publication) throw notFound('no such producer');
    const piped = room.media.bring(publication, router);
    try {
      if (piped) await piped.ready;
      const consumer = await callMediasoup('consume', () =>
        transport.consume({ producerId, rtpCapabilities, paused: true, enableRtx: false }),
      );
      if (consumer.closed) piped?.release();
      else piped?.follow(consumer);
      return consumer;
    } catch (error) {
      piped?.release();
      throw error;
    }
  }

  #arrived(consumer: Consumer, codec: RtpCodecParameters, packet: Buffer): void {
    if (this.#closed) return;
    const isFirst = consumer === this.#next;
    if (isFirst) {
      if (!canBeginWith(codec.mimeType, packet)) return;
      clearInterval(this.#asking);
      const former = this.#current;
      this.#current = consumer;
      this.#next = undefined;
      former?.close();
    } else if (consumer !== this.#current) return;
    this.#parts.onPacket(packet, codec, isFirst);
  }

  #gone(consumer: Consumer): void {
    if (this.#current === consumer) this.#current = undefined;
    if (this.#next === consumer) {
      this.#next = undefined;
      clearInterval(this.#asking);
    }
    if (this.#closed || this.#wanted !== consumer.producerId || this.#current || this.#next) return;
    const { producerId } = consumer;
    // Brought from another router, it may end alone.
    if (this.#parts.room.tracks.publication(producerId)) this.#tryAgain(producerId);
    else this.#wanted = undefined;
  }
}
