import { WebSocket } from 'ws';
import type { ErrorCode } from '../../../src/protocol/errors.ts';
import { invalidState, ParleyError, timeout, unavailable } from '../../../src/support/errors.ts';
import { TypedEmitter } from '../../../src/support/TypedEmitter.ts';
import type { Jsep, PluginData, JanusMessage } from './messages.ts';

export interface JanusConnectionEvents {
  /** An event of the plugin that answers no request. */
  event: [handleId: number, data: PluginData, jsep: Jsep | undefined];
  /** A PeerConnection is gone. */
  hangup: [handleId: number, reason: string];
  /** The socket or the session is gone, whoever closed it. Once. */
  closed: [reason: string];
}

export interface PluginAnswer {
  data: PluginData;
  jsep: Jsep | undefined;
}

/** ms, as the SDK's. */
const REQUEST_TIMEOUT = 10_000;
/** ms; Janus gives a session 60 s. */
const KEEPALIVE = 25_000;

/** The codes of the VideoRoom plugin that say more than "bad request". */
const ERROR_CODES: Record<number, ErrorCode> = {
  424: 'invalidState',
  425: 'invalidState',
  426: 'notFound',
  427: 'conflict',
  428: 'notFound',
  432: 'limitExceeded',
  433: 'unauthorized',
};

interface Waiting {
  done: (message: JanusMessage) => void;
  fail: (error: ParleyError) => void;
}

/** A session of a Janus server over a WebSocket of its own. */
export class JanusConnection extends TypedEmitter<JanusConnectionEvents> {
  /** The address of this machine that the server is reached from. */
  readonly localAddress: string | undefined;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, Waiting>();
  #sessionId: number | undefined;
  #nextTransaction = 0;
  #keepalive: NodeJS.Timeout | undefined;
  #closed: string | undefined;

  /** @throws ParleyError `unavailable` when no Janus answers there or the signal aborts it. */
  static async open(url: string, signal: AbortSignal): Promise<JanusConnection> {
    const socket = new WebSocket(url, 'janus-protocol', {
      perMessageDeflate: false,
      // What follows an answer in the same segment comes when whoever waited for the answer has seen it.
      allowSynchronousEvents: false,
      handshakeTimeout: REQUEST_TIMEOUT,
    });
    const abort = (): void => socket.terminate();
    let localAddress: string | undefined;
    socket.once('upgrade', (response) => (localAddress = response.socket.localAddress));
    // It goes on to tell errors, of which the close tells enough.
    socket.on('error', () => undefined);
    signal.addEventListener('abort', abort);
    try {
      await new Promise((done, fail) => socket.once('open', done).once('error', fail));
      const connection = new JanusConnection(socket, localAddress);
      if (signal.aborted) throw unavailable('the run has ended');
      return connection;
    } catch (error) {
      socket.terminate();
      if (error instanceof ParleyError) throw error;
      throw unavailable(`cannot connect to ${url}: ${(error as Error).message}`, { cause: error });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private constructor(socket: WebSocket, localAddress: string | undefined) {
    super();
    this.#socket = socket;
    this.localAddress = localAddress;
    socket.on('message', (data: Buffer) => this.#received(JSON.parse(data.toString()) as JanusMessage));
    socket.once('close', () => this.#end('the connection is lost'));
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** What the server says of itself. */
  async version(): Promise<string> {
    const { version_string: version } = await this.#ask({ janus: 'info' });
    return version ?? '';
  }

  async createSession(): Promise<void> {
    const { data } = await this.#ask({ janus: 'create' });
    this.#sessionId = data?.id;
    this.#keepalive = setInterval(() => this.#send({ janus: 'keepalive' }, 'keepalive'), KEEPALIVE);
  }

  /** A handle of the VideoRoom plugin: one PeerConnection. */
  async attach(): Promise<number> {
    const { data } = await this.#ask({ janus: 'attach', plugin: 'janus.plugin.videoroom' });
    if (data === undefined) throw unavailable('attach: the server gave no handle');
    return data.id;
  }

  /** A request to the plugin, and its answer however it came. */
  async request(handleId: number, body: Record<string, unknown>, jsep?: Jsep): Promise<PluginAnswer> {
    const message = await this.#ask({
      janus: 'message',
      handle_id: handleId,
      body,
      ...(jsep ? { jsep } : {}),
    });
    const data = message.plugindata?.data ?? {};
    if (data.error_code !== undefined) {
      throw new ParleyError(ERROR_CODES[data.error_code] ?? 'badRequest', data.error ?? '');
    }
    return { data, jsep: message.jsep };
  }

  /** Ends the session, and then the connection. Idempotent. */
  end(): void {
    if (this.closed) return;
    if (this.#sessionId !== undefined) this.#send({ janus: 'destroy' }, 'destroy');
    this.#end('left');
    this.#socket.close();
  }

  /** Ends the connection without a word. Idempotent. */
  terminate(): void {
    this.#end('vanished');
    this.#socket.terminate();
  }

  async #ask(message: Record<string, unknown>): Promise<JanusMessage> {
    if (this.#closed !== undefined) throw invalidState(this.#closed);
    const transaction = String((this.#nextTransaction += 1));
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<JanusMessage>((done, fail) => {
      this.#waiting.set(transaction, { done, fail });
      timer = setTimeout(() => fail(timeout(`${nameOf(message)}: no answer`)), REQUEST_TIMEOUT);
    });
    this.#send(message, transaction);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(transaction);
    }
  }

  #send(message: Record<string, unknown>, transaction: string): void {
    const session = this.#sessionId === undefined ? {} : { session_id: this.#sessionId };
    this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
  }

  #received(message: JanusMessage): void {
    const waiting = this.#waiting.get(message.transaction ?? '');
    switch (message.janus) {
      case 'ack':
        // A request to a plugin is answered by its event; the acknowledgement says that it was understood.
        break;
      case 'error':
        waiting?.fail(new ParleyError('badRequest', message.error?.reason ?? 'refused'));
        break;
      case 'event':
        if (waiting) waiting.done(message);
        else this.emit('event', message.sender ?? 0, message.plugindata?.data ?? {}, message.jsep);
        break;
      case 'success':
      case 'server_info':
        waiting?.done(message);
        break;
      case 'hangup':
        this.emit('hangup', message.sender ?? 0, message.reason ?? '');
        break;
      case 'timeout':
        this.#end('the session timed out');
        this.#socket.terminate();
    }
  }

  #end(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    clearInterval(this.#keepalive);
    for (const { fail } of this.#waiting.values()) fail(unavailable(reason));
    this.emit('closed', reason);
  }
}

function nameOf({ janus, body }: Record<string, unknown>): string {
  const request = (body as { request?: string } | undefined)?.request;
  return request ?? String(janus);
}
