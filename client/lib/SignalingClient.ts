import { io } from 'socket.io-client';
import { internal, ParleyError, timeout, unavailable } from '../../src/support/errors.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { EventName, EventPayloads, Handshake } from '../../src/protocol/events.ts';
import type { WireError } from '../../src/protocol/errors.ts';
import type { Answer, RequestAnswers, RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import { listen, MAX_DELAY, type Line, type LineOwner } from './signalingLine.ts';
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

/** Attempts where another server sent us, and ms that one takes at most: home leads to all that are alive. */
const AWAY_ATTEMPTS = 2;
const AWAY_TIMEOUT = 2000;

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
  producerMuted: true,
  permissionsChanged: true,
  tokenRenewed: true,
  subscriptionsAsked: true,
  sentToRoom: true,
  roomUpdated: true,
  roomConfigured: true,
  recordingChanged: true,
  settingsChanged: true,
  reaction: true,
  lobbyChanged: true,
  unmuteAsked: true,
  knockAnswered: true,
  speakersChanged: true,
  chatMessage: true,
  mediaReset: true,
  moving: true,
  moveCancelled: true,
  draining: true,
  removed: true,
} satisfies Record<FactName, true>;

type EmitWithAck = (event: string, payload: unknown) => Promise<unknown>;

/**
 * Typed requests and events over one Socket.IO connection; browsers and Node.
 *
 * It reopens a lost socket by itself, but knows nothing of sessions: whoever owns it sends `join` or
 * `resume` after each `connected`. Requests never wait for a lost socket, they reject at once.
 */
export class SignalingClient extends TypedEmitter<SignalingEvents> implements LineOwner {
  readonly #options: SignalingOptions;
  readonly #requestTimeout: number;
  /** Where it began. */
  readonly #home: string;
  #line: Line;
  /** Attempts in a row that failed where it was sent to. */
  #failedAway = 0;
  /** What was told and waits for `release`. */
  #held: [name: string, payload: unknown][] | undefined;
  #closed = false;

  constructor(options: SignalingOptions) {
    super();
    this.#options = options;
    this.#requestTimeout = options.requestTimeout ?? 10_000;
    this.#home = new URL(options.url).origin;
    this.#line = this.#createLine(this.#home);
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

  /**
   * Goes to another server of the same cluster, as this one asked; `connected` follows there, or at home after a few attempts
   * in vain. It is also where lost sockets are opened again. Nothing happens, and false is returned, for what is no HTTP
   * origin, or would be less secure than this one.
   */
  moveTo(url: string): boolean {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const isSecure = this.#line.origin.startsWith('https:');
    if (target?.protocol !== 'https:' && (target?.protocol !== 'http:' || isSecure)) return false;
    this.#openAt(target.origin);
    return true;
  }

  /** Goes back to where it began; false when it is there. */
  goHome(): boolean {
    if (!this.#isAway) return false;
    this.#openAt(this.#home);
    return true;
  }

  /** Closes for good. Idempotent; no event follows. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.offAny();
    this.#socket.disconnect();
  }

  #openAt(origin: string): void {
    if (this.#closed) return;
    const { socket } = this.#line;
    this.#failedAway = 0;
    // First, so that what the former one still tells is not taken for news.
    this.#line = this.#createLine(origin);
    socket.offAny();
    socket.disconnect();
    this.#socket.connect();
  }

  #createLine(origin: string): Line {
    const auth: Handshake = { protocol: PROTOCOL_VERSION };
    const { reconnectDelay, reconnectAttempts } = this.#options;
    const socket: Line['socket'] = io(origin, {
      auth,
      autoConnect: false,
      // A shared manager would let one client's `close` or delays change another's.
      forceNew: true,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: reconnectDelay ?? 300,
      reconnectionDelayMax: MAX_DELAY,
      randomizationFactor: 0.5,
      reconnectionAttempts: reconnectAttempts ?? 60,
      ...(origin === this.#home ? {} : { timeout: AWAY_TIMEOUT }),
    });
    const line: Line = { socket, origin, owner: this };
    listen(line);
    return line;
  }

  get #isAway(): boolean {
    return this.#line.origin !== this.#home;
  }

  /** Whether it goes home, because that server does not let it in. */
  #goesHome(isFinal: boolean): boolean {
    if (!this.#isAway) return false;
    this.#failedAway += 1;
    return (isFinal || this.#failedAway >= AWAY_ATTEMPTS) && this.goHome();
  }

  /** Whether this line is not in use any more. */
  isOver(line: Line): boolean {
    return this.#closed || this.#line !== line;
  }

  /** For its socket: it is open. */
  opened(): void {
    this.#failedAway = 0;
    this.emit('connected');
  }

  /** For its socket: it could not be opened; `isFinal` where the server itself answered no. */
  failed(error: Error & { data?: unknown }, isFinal: boolean): void {
    if (this.#goesHome(isFinal)) return;
    const { data, message } = error;
    if (isFinal) this.emit('refused', isWireError(data) ? ParleyError.fromWire(data) : unavailable(message));
    else this.emit('connectFailed', unavailable(`no connection: ${message}`, { cause: error }));
  }

  /** For its socket: it is lost. */
  lost(reason: string): void {
    this.emit('disconnected', reason);
  }

  /** For its socket: it is not opened again. */
  gaveUp(error: ParleyError): void {
    this.emit('unreachable', error);
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

function isWireError(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

function isAnswer(value: unknown): value is Answer<unknown> {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  return value.ok === true ? 'data' in value : 'error' in value && isWireError(value.error);
}
