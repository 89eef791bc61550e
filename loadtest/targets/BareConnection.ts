import { connect, type Socket } from 'node:net';
import { internal, invalidState, ParleyError, timeout, unavailable } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import { onLine } from '../servers/bareMediasoup/lines.ts';
import type { Events, Method, Requests, ServerMessage } from '../servers/bareMediasoup/messages.ts';

export type BareConnectionEvents = { [E in keyof Events]: [data: Events[E]] } & {
  /** The socket is gone, whoever closed it. Once. */
  closed: [];
};

/** ms, as the SDK's. */
const REQUEST_TIMEOUT = 10_000;

type EventMessage = Extract<ServerMessage, { event: string }>;

interface Waiting {
  done: (answer: unknown) => void;
  fail: (error: ParleyError) => void;
  timer: NodeJS.Timeout;
}

/** A bot's connection to the bare mediasoup server. */
export class BareConnection extends TypedEmitter<BareConnectionEvents> {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  /** Events that nobody listens to yet, because they came in one piece with the answer to the join. */
  #held: EventMessage[] | undefined = [];

  /** @throws ParleyError `unavailable` when nobody listens there or the signal aborts it. */
  static async open(url: string, signal: AbortSignal): Promise<BareConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const abort = (): void => void socket.destroy(unavailable('the run has ended'));
    try {
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
    } catch (error) {
      socket.destroy();
      if (error instanceof ParleyError) throw error;
      throw unavailable(`cannot connect to ${url}: ${(error as Error).message}`, { cause: error });
    } finally {
      signal.removeEventListener('abort', abort);
    }
    return new BareConnection(socket);
  }

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    onLine(socket, (line) => this.#received(JSON.parse(line) as ServerMessage));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      for (const { fail } of this.#waiting.values()) fail(unavailable('the connection is lost'));
      this.emit('closed');
    });
  }

  /** @throws ParleyError what the server says, `timeout` after 10 s, `unavailable` when the connection is lost. */
  async request<M extends Method>(method: M, data: Requests[M]['data']): Promise<Requests[M]['answer']> {
    if (!this.#socket.writable) throw invalidState(`${method}: the connection is closed`);
    const id = (this.#nextId += 1);
    const answer = new Promise<unknown>((done, fail) => {
      const timer = setTimeout(() => fail(timeout(`${method}: no answer`)), REQUEST_TIMEOUT);
      this.#waiting.set(id, { done, fail, timer });
    });
    this.#socket.write(`${JSON.stringify({ id, method, data })}\n`);
    try {
      return (await answer) as Requests[M]['answer'];
    } finally {
      clearTimeout(this.#waiting.get(id)?.timer);
      this.#waiting.delete(id);
    }
  }

  /** What was written still goes out. Idempotent. */
  end(): void {
    this.#socket.end();
  }

  /** Resets the connection. Idempotent. */
  destroy(): void {
    this.#socket.resetAndDestroy();
  }

  /** Tells all events so far, and from now on each when it comes. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#tell(message);
  }

  #tell(message: EventMessage): void {
    if (message.event === 'newProducer') this.emit('newProducer', message.data);
    else if (message.event === 'producerClosed') this.emit('producerClosed', message.data);
    else if (message.event === 'producerPaused') this.emit('producerPaused', message.data);
    else this.emit('peers', message.data);
  }

  #received(message: ServerMessage): void {
    if ('event' in message) {
      if (this.#held) this.#held.push(message);
      else this.#tell(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if ('error' in message) waiting?.fail(ParleyError.fromWire(message.error));
    else if ('data' in message) waiting?.done(message.data);
    else waiting?.fail(internal('the server answered nothing'));
  }
}
