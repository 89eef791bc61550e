import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import { badRequest, ParleyError, timeout, unauthorized, unavailable } from '../../src/support/errors.ts';
import type { HostPort } from '../cli/runFlags.ts';
import { toolVersion } from '../packageRoot.ts';
import { unixNow } from '../rtp/ntp.ts';
import type { FromGenerator, ToGenerator } from '../run/messages.ts';
import { keepAlive, type KeepAliveOptions } from './keepAlive.ts';
import { keyHeader } from './key.ts';
import { MAX_MESSAGE, readFromAgent, readRefusal, type FromAgent, type ToAgent } from './wire.ts';

/** ms for the TCP connection and the WebSocket handshake. */
const HANDSHAKE_DEADLINE = 10_000;
/** ms until the welcome, which comes when the bots of the run before have left. */
const WELCOME_DEADLINE = 20_000;
/** Round trips by which the clocks are compared. */
const PINGS = 8;
/** Bytes of the body of a refusal that are read. */
const MAX_REFUSAL = 4096;

/** Who is told of one generator process of an agent. */
export interface GeneratorListener {
  heard(message: FromGenerator): void;
  gone(reason: string): void;
}

export interface AgentRequest extends HostPort {
  key: string;
  /** Generator processes that are wanted at most. */
  processes: number;
  /** The server, if it is known yet: the agent says at once if it may not be loaded. */
  url?: string;
  keepAlive?: KeepAliveOptions;
}

type Told<T extends FromAgent['type']> = Extract<FromAgent, { type: T }>;

/** The coordinator's end of the connection to an agent. */
export class AgentConnection {
  /** `agent host:port`. */
  readonly name: string;
  readonly #socket: WebSocket;
  readonly #listeners = new Map<number, GeneratorListener>();
  #waiting: { done: (message: FromAgent) => void; fail: (error: ParleyError) => void } | undefined;
  #host = '';
  #processes = 0;
  #clock = { offset: 0, roundTrip: Infinity };
  #closed: ParleyError | undefined;

  /**
   * Connects, and compares the clocks.
   *
   * @throws ParleyError `unavailable` or `timeout` when no agent is there or it works for somebody else, `unauthorized`
   *   when it refuses the key, `forbidden` when it does not load that server, `badRequest` when it is another version.
   */
  static async open(request: AgentRequest): Promise<AgentConnection> {
    const { host, port, key, processes, url } = request;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const connection = new AgentConnection(`agent ${address}`, address, key, request.keepAlive);
    try {
      await connection.#opened();
      await connection.#greet({
        type: 'hello',
        version: toolVersion(),
        processes,
        ...(url === undefined ? {} : { url }),
      });
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private constructor(name: string, address: string, key: string, pings?: KeepAliveOptions) {
    this.name = name;
    this.#socket = new WebSocket(`ws://${address}`, {
      headers: { authorization: keyHeader(key) },
      perMessageDeflate: false,
      // What follows the welcome in the same segment comes when whoever waited for it has seen it.
      allowSynchronousEvents: false,
      handshakeTimeout: HANDSHAKE_DEADLINE,
      maxPayload: MAX_MESSAGE,
    });
    this.#socket.on('message', (data) => this.#heard(data));
    this.#socket.on('error', (error) => this.#end('unavailable', `is lost: ${error.message}`));
    this.#socket.once('close', () => this.#end('unavailable', 'is lost: the connection ended'));
    this.#socket.once('open', () => keepAlive(this.#socket, pings));
  }

  /** Its machine's name. */
  get host(): string {
    return this.#host;
  }

  /** Generator processes that it offers. */
  get processes(): number {
    return this.#processes;
  }

  /** ms to add to the agent's clock, and how long the round trip took that told it; half of it is the error at most. */
  get clock(): { offset: number; roundTrip: number } {
    return this.#clock;
  }

  /** Has somebody told of a generator from now on. */
  attach(index: number, listener: GeneratorListener): void {
    this.#listeners.set(index, listener);
  }

  /** The last one closes the connection, and the agent ends all bots. */
  detach(index: number): void {
    this.#listeners.delete(index);
    if (this.#listeners.size === 0) this.close();
  }

  /** @throws ParleyError `unavailable` when the agent is gone. */
  send(index: number, message: ToGenerator): void {
    if (this.#closed) throw this.#closed;
    this.#tell({ type: 'generator', index, message });
  }

  /** The agent is not to be trusted any more: it said what it cannot. */
  fail(why: string): void {
    this.#end('unavailable', `talks nonsense: ${why}`);
    this.#socket.terminate();
  }

  /** Idempotent. */
  close(): void {
    this.#end('unavailable', 'is closed');
    this.#socket.close(1000);
  }

  async #opened(): Promise<void> {
    const { name } = this;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        void refusalOf(name, response).then(reject);
      });
      this.#socket.once('error', (error: NodeJS.ErrnoException) => {
        reject(unavailable(`${name} cannot be reached: ${error.code ?? error.message}`, { cause: error }));
      });
    });
  }

  async #greet(hello: ToAgent): Promise<void> {
    const { host, processes } = await this.#ask(hello, 'welcome');
    this.#host = host;
    this.#processes = processes;
    for (let id = 0; id < PINGS; id++) {
      const sentAt = unixNow();
      const pong = await this.#ask({ type: 'ping', id }, 'pong');
      const now = unixNow();
      if (pong.id !== id) this.fail('its pong is not to this ping');
      const roundTrip = now - sentAt;
      if (roundTrip < this.#clock.roundTrip)
        this.#clock = { offset: (sentAt + now) / 2 - pong.time, roundTrip };
    }
  }

  #ask<T extends FromAgent['type']>(message: ToAgent, answer: T): Promise<Told<T>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed);
        return;
      }
      const timer = setTimeout(
        () => settle(() => reject(timeout(`${this.name} gave no answer`))),
        WELCOME_DEADLINE,
      );
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
        how();
      };
      this.#waiting = {
        done: (told) =>
          settle(() => {
            if (told.type === answer) resolve(told as Told<T>);
            else reject(unavailable(`${this.name} answered ${told.type} instead of ${answer}`));
          }),
        fail: (error) => settle(() => reject(error)),
      };
      this.#tell(message);
    });
  }

  #tell(message: ToAgent): void {
    this.#socket.send(JSON.stringify(message));
  }

  #heard(data: unknown): void {
    let message: FromAgent;
    try {
      message = readFromAgent(data);
    } catch (error) {
      this.fail((error as Error).message);
      return;
    }
    if (message.type === 'refused') this.#end(message.code, `refuses: ${message.message}`);
    else if (message.type === 'generator') this.#listeners.get(message.index)?.heard(message.message);
    else if (message.type === 'gone') this.#listeners.get(message.index)?.gone(message.reason);
    else if (this.#waiting) this.#waiting.done(message);
    else this.fail(`${message.type} answers nothing`);
  }

  #end(code: ErrorCode, reason: string): void {
    if (this.#closed) return;
    this.#closed = new ParleyError(code, `${this.name} ${reason}`);
    this.#waiting?.fail(this.#closed);
    for (const listener of [...this.#listeners.values()]) listener.gone(reason);
  }
}

/** What an HTTP answer in place of a WebSocket means. */
async function refusalOf(name: string, response: IncomingMessage): Promise<ParleyError> {
  let body = '';
  try {
    for await (const chunk of response) {
      body += String(chunk);
      if (body.length > MAX_REFUSAL) break;
    }
  } catch {
    // The status says enough.
  }
  const error = readRefusal(body);
  if (error?.code === 'unauthorized') return unauthorized(`${name} refuses the key`);
  if (error?.code === 'conflict') return unavailable(`${name} works for another run`);
  return badRequest(`${name} is no agent: it answered ${response.statusCode ?? 0}`);
}
