import { io, type Socket } from 'socket.io-client';
import { internal, ParleyError, timeout, unavailable } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { ClientToServerEvents, EventName, EventPayloads, Handshake } from '../../src/protocol/events.ts';
import type { WireError } from '../../src/protocol/errors.ts';
import type { Answer, RequestAnswers, RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';

/** Each fact has an event of its own, whether it came alone or gathered. */
type FactName = Exclude<EventName, 'facts'>;

/** The socket's own events, and every fact the server tells. */
export type SignalingEvents = { [N in FactName]: [payload: EventPayloads[N]] } & {
  /** The socket is open, for the first time or again. */
  connected: [];
  /** The socket is lost; it is being opened again. */
  disconnected: [reason: string];
  /** An attempt to open it failed; another one follows. */
  connectFailed: [error: ParleyError];
  /** The server refused this client in the handshake; no further attempt follows without `open()`. */
  refused: [error: ParleyError];
  /** All attempts failed; no further attempt follows without `open()`. */
  unreachable: [error: ParleyError];
};

export interface SignalingOptions {
  /** The server's base URL; only its origin counts. */
  url: string;
  /** ms to wait for an answer (default 10 000). */
  requestTimeout?: number;
  /** ms before the first attempt to reconnect, half of it random (default 300). */
  reconnectDelay?: number;
  /** Attempts until `unreachable` (default 60: about nine minutes). */
  reconnectAttempts?: number;
}

/** Delays grow up to the first number, and after as many attempts up to the second (ms). */
const MAX_DELAY = 2000;
const PATIENT_AFTER = 15;
const PATIENT_DELAY = 10_000;

// `satisfies` keeps this list complete: a new event of the protocol is a type error here.
const EVENT_NAMES = {
  peerJoined: true,
  peerLeft: true,
  peerUpdated: true,
  newProducer: true,
  producerClosed: true,
  producerPaused: true,
  producerResumed: true,
  newConsumer: true,
  consumerClosed: true,
  demandChanged: true,
  audioOnlyChanged: true,
  qualityChanged: true,
  roomConfigured: true,
  speakersChanged: true,
  chatMessage: true,
  mediaReset: true,
  moving: true,
  moveCancelled: true,
  draining: true,
  removed: true,
} satisfies Record<FactName, true>;

/** A socket, and who listens to it at present. */
interface Line {
  readonly socket: Socket<Record<string, never>, ClientToServerEvents>;
  owner: SignalingClient;
}

type EmitWithAck = (event: string, payload: unknown) => Promise<unknown>;

/**
 * Typed requests and events over one Socket.IO connection; browsers and Node.
 *
 * It reopens a lost socket by itself, but knows nothing of sessions: whoever owns it sends `join` or
 * `resume` after each `connected`. Requests never wait for a lost socket, they reject at once.
 */
export class SignalingClient extends TypedEmitter<SignalingEvents> {
  readonly #requestTimeout: number;
  #line: Line;
  /** What was told and waits for `release`. */
  #held: [name: string, payload: unknown][] | undefined;
  #closed = false;

  constructor(options: SignalingOptions) {
    super();
    this.#requestTimeout = options.requestTimeout ?? 10_000;
    const auth: Handshake = { protocol: PROTOCOL_VERSION };
    const socket: Line['socket'] = io(new URL(options.url).origin, {
      auth,
      autoConnect: false,
      // A shared manager would let one client's `close` or delays change another's.
      forceNew: true,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: options.reconnectDelay ?? 300,
      reconnectionDelayMax: MAX_DELAY,
      randomizationFactor: 0.5,
      reconnectionAttempts: options.reconnectAttempts ?? 60,
    });
    this.#line = { socket, owner: this };
    listen(this.#line);
  }

  get #socket(): Line['socket'] {
    return this.#line.socket;
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Opens the socket; `connected`, `connectFailed` or `refused` tell how that went. */
  open(): void {
    if (!this.#closed) this.#socket.connect();
  }

  /**
   * Sends one request and resolves with its answer's data.
   *
   * @throws ParleyError with the server's code; `timeout` without an answer in time; `unavailable` when the
   * socket is not open, or was lost before the answer (the server may have acted all the same).
   */
  async request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestAnswers[N]> {
    if (!this.#socket.connected) throw unavailable(`${name}: not connected`);
    // socket.io-client's types of a timed emitWithAck do not check arguments (and its error is untyped).
    const timed = this.#socket.timeout(this.#requestTimeout);
    const emitWithAck = timed.emitWithAck.bind(timed) as unknown as EmitWithAck;
    let answer: unknown;
    try {
      answer = await emitWithAck(name, payload);
    } catch (error) {
      const timedOut = error instanceof Error && error.message === 'operation has timed out';
      throw timedOut
        ? timeout(`${name}: no answer within ${this.#requestTimeout} ms`, { cause: error })
        : unavailable(`${name}: the connection was lost`, { cause: error });
    }
    if (!isAnswer(answer)) throw internal(`${name}: the answer is not in the protocol`);
    if (!answer.ok) throw ParleyError.fromWire(answer.error);
    return answer.data as RequestAnswers[N];
  }

  /** Drops the socket and opens a new one, because this one seems dead or the network changed. */
  reconnect(): void {
    if (this.#closed) return;
    if (this.#socket.connected) this.#socket.io.engine.close();
    else this.#socket.disconnect().connect();
  }

  /** What the server tells waits until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Tells what waited, in order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [name, payload] of held) this.tell(name, payload);
  }

  /** Each goes on with the other one's socket, and with what is held of it. */
  exchange(other: SignalingClient): void {
    [this.#line, other.#line] = [other.#line, this.#line];
    [this.#held, other.#held] = [other.#held, this.#held];
    this.#line.owner = this;
    other.#line.owner = other;
  }

  /** Closes for good. Idempotent; no event follows. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.offAny();
    this.#socket.disconnect();
  }

  /** For its socket: what happened to it. */
  happened<E extends SocketEvent>(event: E, ...args: SignalingEvents[E]): void {
    if (!this.#closed) this.emit(event, ...args);
  }

  /** For its socket: what the server told. */
  tell(name: string, payload: unknown): void {
    if (this.#closed || !Object.hasOwn(EVENT_NAMES, name)) return;
    if (this.#held) {
      this.#held.push([name, payload]);
      return;
    }
    // One listener for all events loses the pairing of name and payload; the protocol guarantees it.
    (this.emit as (event: string, payload: unknown) => void).call(this, name, payload);
  }
}

type SocketEvent = Exclude<keyof SignalingEvents, FactName>;

function listen(line: Line): void {
  const { socket } = line;
  socket.on('connect', () => {
    socket.io.reconnectionDelayMax(MAX_DELAY);
    line.owner.happened('connected');
  });
  socket.on('disconnect', (reason) => {
    line.owner.happened('disconnected', reason);
    // Socket.IO takes the server's goodbye for final; the session decides that here, by `removed`.
    if (reason === 'io server disconnect')
      setTimeout(() => line.owner.open(), MAX_DELAY * (0.5 + Math.random()));
  });
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    const { message } = error;
    // `active` is false when the server itself answered no: Socket.IO does not try again.
    if (socket.active)
      line.owner.happened('connectFailed', unavailable(`no connection: ${message}`, { cause: error }));
    else
      line.owner.happened(
        'refused',
        isWireError(error.data) ? ParleyError.fromWire(error.data) : unavailable(message),
      );
  });
  socket.io.on('reconnect_attempt', (attempt) => {
    if (attempt === PATIENT_AFTER) socket.io.reconnectionDelayMax(PATIENT_DELAY);
  });
  socket.io.on('reconnect_failed', () =>
    line.owner.happened('unreachable', unavailable('the server cannot be reached')),
  );
  socket.onAny((name: string, payload: unknown) => {
    if (name !== 'facts') {
      line.owner.tell(name, payload);
      return;
    }
    const { facts } = payload as EventPayloads['facts'];
    for (const [fact, told] of facts) line.owner.tell(fact, told);
  });
}

function isWireError(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

function isAnswer(value: unknown): value is Answer<unknown> {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  return value.ok === true ? 'data' in value : 'error' in value && isWireError(value.error);
}
