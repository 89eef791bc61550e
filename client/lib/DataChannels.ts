import type { types } from 'mediasoup-client';
import { decodeDownFrame } from '../../src/protocol/dataFrame.ts';
import type { DataConsumerInfo } from '../../src/protocol/models.ts';
import { invalidState, ParleyError } from '../../src/support/errors.ts';
import { TaskQueue } from '../../src/support/TaskQueue.ts';
import { decodeMessage, encodeMessage } from './dataPayload.ts';
import type { MediaSession } from './MediaSession.ts';
import type { DataMessage, DataOptions } from './publicTypes.ts';
import { isTransient, Reconciler } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { toError } from './toError.ts';

/** Bytes waiting in the browser: above the first, reliable messages wait until below the second. */
const RELIABLE_HIGH = 1_048_576;
const RELIABLE_LOW = 262_144;
/** Bytes waiting above which an unreliable message is late anyway, and dropped. */
const LOSSY_HIGH = 65_536;
/** Makes bytes comparable. */
const LATIN = new TextDecoder('latin1');

export interface DataChannelsParts {
  signaling: SignalingClient;
  onMessage: (message: DataMessage) => void;
  onError: (error: Error) => void;
}

/**
 * Data messages in both directions, across reconnections and media resets.
 *
 * Downstream are two channels, built right after joining; upstream are two, each opened by its first message.
 */
export class DataChannels {
  readonly #parts: DataChannelsParts;
  readonly #reliableQueue = new TaskQueue();
  readonly #resuming: Reconciler;
  /** Of each session, because one may come back that was there before. */
  readonly #upstreams = new WeakMap<MediaSession, Map<boolean, Promise<types.DataProducer>>>();
  /** Whose downstream channels are built, or being built. */
  readonly #received = new WeakMap<MediaSession, Promise<void>>();
  /** Reliable messages that came on former channels while those of this session were not used yet. */
  #cameBefore: string[] = [];
  #session: MediaSession | undefined;
  /** Resolved when a session comes, or the room closes. */
  #sessionWaiters: (() => void)[] = [];
  /** Both downstream channels of this session are open. */
  #open = false;
  #resumed = false;
  #online = false;
  #closed = false;

  constructor(parts: DataChannelsParts) {
    this.#parts = parts;
    this.#resuming = new Reconciler(() => this.#resume(), {
      onError: (error) => parts.onError(toError(error)),
    });
  }

  /** Receives and sends through these transports from now on. */
  attach(session: MediaSession): void {
    this.detach();
    this.#session = session;
    for (const wake of this.#sessionWaiters.splice(0)) wake();
    this.#receive(session).catch((error: unknown) => {
      if (this.#session === session && !session.closed) this.#parts.onError(toError(error));
    });
  }

  detach(): void {
    this.#session = undefined;
    this.#cameBefore = [];
    this.#open = false;
    this.#resumed = false;
  }

  /** Whether requests make sense at this moment. */
  setOnline(online: boolean): void {
    this.#online = online;
    if (online) this.#resuming.poke();
  }

  /**
   * Resolves when the message was handed to the channel, not when it arrived. Reliable messages keep their
   * order and wait while much is buffered; unreliable ones are dropped then.
   *
   * @throws ParleyError `badRequest` (too large, no JSON form), `invalidState` (the room is closed), or what
   * the server answers to the opening of the channel.
   */
  async send(payload: unknown, options: DataOptions): Promise<void> {
    const frame = encodeMessage(payload, options);
    if (options.reliable ?? true) await this.#reliableQueue.push('sendData', () => this.#sendReliable(frame));
    else await this.#sendLossy(frame);
  }

  /** Idempotent. What waits to be sent rejects with `invalidState`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reliableQueue.close();
    this.#resuming.close();
    this.detach();
    for (const wake of this.#sessionWaiters.splice(0)) wake();
  }

  async #sendReliable(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    for (;;) {
      const channel = await this.#channel(true);
      if (channel.bufferedAmount > RELIABLE_HIGH) await drained(channel);
      if (this.#closed) throw invalidState('the room is closed');
      // Closed while it drained: the next session's channel takes the message.
      if (channel.closed || channel.readyState !== 'open') continue;
      channel.send(frame);
      return;
    }
  }

  async #sendLossy(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const channel = await this.#channel(false);
    if (channel.closed || channel.readyState !== 'open' || channel.bufferedAmount > LOSSY_HIGH) return;
    channel.send(frame);
  }

  /** The open upstream channel; waits for a session, and tries again when one was overtaken by another. */
  async #channel(reliable: boolean): Promise<types.DataProducer> {
    for (;;) {
      const session = await this.#nextSession();
      const upstream = this.#upstreamOf(session);
      let opening = upstream.get(reliable);
      if (!opening) {
        opening = openUpstream(session, reliable);
        upstream.set(reliable, opening);
      }
      let channel: types.DataProducer;
      try {
        channel = await opening;
        if (!channel.closed && this.#session === session) return channel;
      } catch (error) {
        if (upstream.get(reliable) === opening) upstream.delete(reliable);
        const overtaken = this.#session !== session || session.closed;
        if (!overtaken && !isTransient(error)) throw error;
        if (!overtaken) await pause(500);
        continue;
      }
      if (channel.closed && upstream.get(reliable) === opening) upstream.delete(reliable);
    }
  }

  #upstreamOf(session: MediaSession): Map<boolean, Promise<types.DataProducer>> {
    const known = this.#upstreams.get(session);
    if (known) return known;
    const upstream = new Map<boolean, Promise<types.DataProducer>>();
    this.#upstreams.set(session, upstream);
    return upstream;
  }

  async #nextSession(): Promise<MediaSession> {
    for (;;) {
      if (this.#closed) throw invalidState('the room is closed');
      if (this.#session) return this.#session;
      await new Promise<void>((resolve) => this.#sessionWaiters.push(resolve));
    }
  }

  async #receive(session: MediaSession): Promise<void> {
    // Joined without data.
    if (session.dataConsumers.length === 0) return;
    const received = this.#received.get(session) ?? this.#buildAll(session);
    this.#received.set(session, received);
    await received;
    if (this.#session !== session) return;
    this.#open = true;
    this.#resuming.poke();
  }

  async #buildAll(session: MediaSession): Promise<void> {
    const channels = await Promise.all(session.dataConsumers.map((info) => this.#build(session, info)));
    await Promise.all(channels.map(opened));
  }

  async #build(session: MediaSession, info: DataConsumerInfo): Promise<types.DataConsumer> {
    const channel = await session.consumeData(info);
    // Firefox starts with Blobs, which could only be read asynchronously and so out of order.
    channel.binaryType = 'arraybuffer';
    channel.on('message', (data: unknown) => this.#receiveFrame(session, data, info.reliable));
    return channel;
  }

  #receiveFrame(session: MediaSession, data: unknown, reliable: boolean): void {
    if (this.#closed || !(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) return;
    const bytes =
      data instanceof ArrayBuffer
        ? new Uint8Array(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (this.#isKnown(session, bytes, reliable)) return;
    const frame = decodeDownFrame(bytes);
    const message = frame && decodeMessage(frame.header, frame.payload, reliable);
    if (message) this.#parts.onMessage(message);
  }

  /** While this client moves, messages may come both ways: the new one begins with what was held back for it. */
  #isKnown(session: MediaSession, bytes: Uint8Array, reliable: boolean): boolean {
    if (session !== this.#session) {
      if (reliable && !this.#resumed) this.#cameBefore.push(LATIN.decode(bytes));
      return this.#resumed;
    }
    const index = this.#cameBefore.length > 0 ? this.#cameBefore.indexOf(LATIN.decode(bytes)) : -1;
    if (index >= 0) this.#cameBefore.splice(index, 1);
    return index >= 0;
  }

  async #resume(): Promise<void> {
    const session = this.#session;
    if (!session || !this.#online || !this.#open || this.#resumed) return;
    await this.#parts.signaling.request('resumeData', {});
    if (this.#session === session) this.#resumed = true;
  }
}

async function openUpstream(session: MediaSession, reliable: boolean): Promise<types.DataProducer> {
  const channel = await session.produceData({ reliable, label: reliable ? 'reliable' : 'lossy' });
  if (reliable) channel.bufferedAmountLowThreshold = RELIABLE_LOW;
  await opened(channel);
  return channel;
}

type Channel = types.DataProducer | types.DataConsumer;

/** Resolves when the channel is open; rejects when it closes before. */
function opened(channel: Channel): Promise<void> {
  if (channel.readyState === 'open') return Promise.resolve();
  return new Promise((resolve, reject) => {
    // The two unions have no common call signature of `on`; the events are the same.
    const emitter = channel as types.DataProducer;
    emitter.once('open', resolve);
    emitter.once('close', () => reject(new ParleyError('unavailable', 'the data channel was closed')));
    emitter.once('transportclose', () => reject(new ParleyError('unavailable', 'the transport was closed')));
  });
}

/** Resolves when little is buffered, or the channel is gone. */
function drained(channel: types.DataProducer): Promise<void> {
  return new Promise((resolve) => {
    channel.once('bufferedamountlow', resolve);
    channel.once('close', resolve);
    channel.once('transportclose', resolve);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
