import type { Producer, Router } from 'mediasoup/types';
import type { PipeEnds, PipeNearEnd } from '../../sfu/PipedProducer.ts';
import type { RemoteProducer } from '../../sfu/RemoteProducers.ts';
import { mediasoupRtpParameters, shareConsumableParameters } from '../../sfu/mediasoupCalls.ts';
import { notFound, ParleyError, unavailable } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { ConsumeAnswer } from './messages.ts';
import type { NodeLink } from './NodeLink.ts';

export interface ArrivalRequest {
  room: string;
  node: string;
  producerId: string;
  to: Router;
}

interface ArrivalEvents {
  pause: [];
  resume: [];
  close: [];
}

/** The way of one producer from another node to a router of this one, and all that is known here of that producer. */
export class Arrival extends TypedEmitter<ArrivalEvents> implements RemoteProducer {
  readonly request: ArrivalRequest;
  readonly #ask: (arrival: Arrival) => Promise<{ answer: ConsumeAnswer; link: NodeLink }>;
  readonly #onChanged: (arrival: Arrival) => void;
  #link: NodeLink | undefined;
  #letGo: (() => void)[] = [];
  #consumerId: string | undefined;
  #flowing = true;
  #muted = false;
  #isGone = false;
  #closed = false;

  constructor(
    request: ArrivalRequest,
    parts: {
      /** Asks the other node to send it. */
      ask: (arrival: Arrival) => Promise<{ answer: ConsumeAnswer; link: NodeLink }>;
      /** It is to flow or to rest now, or nobody wants it any more. */
      onChanged: (arrival: Arrival) => void;
    },
  ) {
    super();
    this.request = request;
    this.#ask = parts.ask;
    this.#onChanged = parts.onChanged;
  }

  get id(): string {
    return this.request.producerId;
  }

  get paused(): boolean {
    return this.#muted;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get observer(): this {
    return this;
  }

  /** On which it comes, once that is known. */
  get link(): NodeLink | undefined {
    return this.#link;
  }

  /** The publisher's end of it. */
  get consumerId(): string | undefined {
    return this.#consumerId;
  }

  /** Whether anything of it is needed. */
  get flowing(): boolean {
    return this.#flowing;
  }

  async open(signal: AbortSignal): Promise<PipeEnds> {
    // Nobody else closes it before it is open.
    signal.addEventListener('abort', () => this.close(), { once: true });
    if (signal.aborted) this.close();
    try {
      const far = await this.#open();
      return { near: new ArrivalNearEnd(this), far };
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      throw unavailable('the track could not be received from the other node', { cause: error });
    }
  }

  /** What the other node says of it; undefined: it has none. */
  told(state: { consumerId: string; paused: boolean } | undefined): void {
    if (this.#closed) return;
    if (state?.consumerId !== this.#consumerId) {
      this.#isGone = state === undefined;
      this.close();
    } else {
      this.#setMuted(state?.paused ?? false);
    }
  }

  /** Lets it flow or rest. */
  flow(flowing: boolean): void {
    this.#flowing = flowing;
    this.#onChanged(this);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const letGo of this.#letGo) letGo();
    this.#onChanged(this);
    this.emit('close');
  }

  async #open(): Promise<Producer> {
    this.#assertOpen();
    const { answer, link } = await this.#ask(this);
    this.#assertOpen();
    this.#link = link;
    this.#letGo = [link.use(), link.once('closed', () => this.close())];
    this.#consumerId = answer.consumerId;
    this.#muted = answer.paused;
    const far = await link.transport.produce({
      id: this.id,
      kind: answer.kind,
      rtpParameters: mediasoupRtpParameters(answer.rtpParameters),
      paused: answer.paused,
    });
    shareConsumableParameters(far);
    if (link.closed) this.close();
    if (this.#closed) {
      far.close();
      this.#assertOpen();
    }
    return far;
  }

  #setMuted(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    this.emit(muted ? 'pause' : 'resume');
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    if (this.#isGone) throw notFound('no such producer');
    throw unavailable('closed while the track was brought here');
  }
}

/** What happens at the publisher's follows when it hears of it. */
class ArrivalNearEnd implements PipeNearEnd {
  readonly observer: Arrival;

  constructor(arrival: Arrival) {
    this.observer = arrival;
  }

  get paused(): boolean {
    return !this.observer.flowing;
  }

  get closed(): boolean {
    return this.observer.closed;
  }

  pause(): Promise<void> {
    this.observer.flow(false);
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.observer.flow(true);
    return Promise.resolve();
  }

  close(): void {
    this.observer.close();
  }
}
