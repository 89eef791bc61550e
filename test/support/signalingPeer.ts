import { io, type Socket } from 'socket.io-client';
import type { EventName, EventPayloads } from '../../src/protocol/events.ts';
import type { Answer, RequestAnswers, RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';

/** A bare socket that speaks the protocol, well or badly, and remembers what it was told. */
export class SignalingPeer {
  readonly socket: Socket;
  readonly told: { event: EventName; payload: unknown }[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(url: string, options: { protocol?: unknown; origin?: string } = {}) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol: 'protocol' in options ? options.protocol : PROTOCOL_VERSION },
      ...(options.origin === undefined ? {} : { extraHeaders: { origin: options.origin } }),
    });
    this.socket.onAny((event: EventName, payload: unknown) => {
      this.told.push({ event, payload });
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
    return this.socket.timeout(15_000).emitWithAck(event, ...args) as Promise<Answer<unknown>>;
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
