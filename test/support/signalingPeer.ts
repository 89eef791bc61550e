import { io, type Socket } from 'socket.io-client';
import type { EventName, EventPayloads, RoomFact } from '../../src/protocol/events.ts';
import type { Answer, RequestAnswers, RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';

/**
 * A bare socket that speaks the protocol, well or badly, and remembers what it was told, other than what it did itself.
 */
export class SignalingPeer {
  readonly socket: Socket;
  readonly told: { event: EventName; payload: unknown }[] = [];
  readonly #waiting: (() => void)[] = [];
  #peerId: string | undefined;

  constructor(url: string, options: { protocol?: unknown; origin?: string } = {}) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol: 'protocol' in options ? options.protocol : PROTOCOL_VERSION },
      ...(options.origin === undefined ? {} : { extraHeaders: { origin: options.origin } }),
    });
    this.socket.onAny((event: EventName, payload: unknown) => {
      if (event === 'facts') {
        const { facts } = payload as EventPayloads['facts'];
        for (const fact of facts)
          if (!isKnownTo(this.#peerId, fact)) this.told.push({ event: fact[0], payload: fact[1] });
      } else {
        this.told.push({ event, payload });
      }
      for (const check of [...this.#waiting]) check();
    });
  }

  /** Resolves once connected, rejects with the handshake's error. */
  async connected(): Promise<this> {
    if (this.socket.connected) return this;
    await new Promise<void>((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
    });
    return this;
  }

  /** The raw answer to anything at all. */
  raw(event: string, ...args: unknown[]): Promise<Answer<unknown>> {
    return new Promise((resolve, reject) => {
      this.socket.timeout(15_000).emit(event, ...args, (error: Error | null, answer?: Answer<unknown>) => {
        // Here, because facts may come before a promise settles.
        if (event === 'join' && answer?.ok) this.#peerId = (answer.data as RequestAnswers['join']).peerId;
        if (answer) resolve(answer);
        else reject(error ?? new Error(`${event}: no answer`));
      });
    });
  }

  /** The data of a request that must succeed. */
  async request<N extends RequestName>(event: N, payload: RequestPayload<N>): Promise<RequestAnswers[N]> {
    const answer = await this.raw(event, payload);
    if (!answer.ok) throw new Error(`${event}: ${answer.error.code} ${answer.error.message}`);
    return answer.data as RequestAnswers[N];
  }

  /** The code with which a request is refused, or "ok". */
  async codeOf(event: string, ...args: unknown[]): Promise<string> {
    const answer = await this.raw(event, ...args);
    return answer.ok ? 'ok' : answer.error.code;
  }

  /** The first event of that name, already told or still to come; it is taken from `told`. */
  event<E extends EventName>(event: E): Promise<EventPayloads[E]> {
    return new Promise((resolve) => {
      const check = (): void => {
        const index = this.told.findIndex((entry) => entry.event === event);
        if (index < 0) return;
        const waiting = this.#waiting.indexOf(check);
        if (waiting >= 0) this.#waiting.splice(waiting, 1);
        resolve(this.told.splice(index, 1)[0]?.payload as EventPayloads[E]);
      };
      this.#waiting.push(check);
      check();
    });
  }

  disconnected(): Promise<void> {
    if (!this.socket.connected) return Promise.resolve();
    return new Promise((resolve) => this.socket.once('disconnect', () => resolve()));
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** Whether the peer did itself what everybody is told. */
function isKnownTo(peerId: string | undefined, [name, payload]: RoomFact): boolean {
  switch (name) {
    case 'peerJoined':
      return payload.peer.peerId === peerId;
    case 'newProducer':
      return payload.producer.peerId === peerId;
    case 'producerClosed':
      return payload.peerId === peerId && payload.reason !== 'removed';
    case 'producerPaused':
    case 'producerResumed':
      return payload.peerId === peerId;
    default:
      return false;
  }
}
