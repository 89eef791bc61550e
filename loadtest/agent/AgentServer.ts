import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { conflict, unauthorized, unavailable, type ParleyError } from '../../src/support/errors.ts';
import { systemNames, type Names } from '../cli/localHost.ts';
import type { AgentOptions } from '../cli/runOptions.ts';
import { AgentSession } from './AgentSession.ts';
import { keepAlive, type KeepAliveOptions } from './keepAlive.ts';
import { holdsKey } from './key.ts';
import { MAX_MESSAGE } from './wire.ts';

/** Connections at a time, of strangers too. */
const MAX_CONNECTIONS = 32;
/** ms that a coordinator waits for the one before to go. */
const PATIENCE = 2000;
/** ms in which the head of an HTTP request has to be there. */
const CLOCKS = { headersTimeout: 5000, connectionsCheckingInterval: 2500 };

export interface AgentServerOptions extends AgentOptions {
  /** A line for whoever runs the agent. */
  log: (text: string) => void;
  names?: Names;
  keepAlive?: KeepAliveOptions;
}

/** Listens for coordinators, and serves one at a time. */
export class AgentServer {
  readonly #options: AgentServerOptions;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    clientTracking: false,
  });
  #session: AgentSession | undefined;

  /** @throws ParleyError `unavailable` when the address cannot be listened on. */
  static async listen(options: AgentServerOptions): Promise<AgentServer> {
    const agent = new AgentServer(options);
    const { host, port } = options;
    agent.#http.listen({ port, ...(host === undefined ? {} : { host }) });
    try {
      await once(agent.#http, 'listening');
    } catch (cause) {
      throw unavailable(`cannot listen on ${host ?? ''}:${port}: ${(cause as Error).message}`, { cause });
    }
    return agent;
  }

  private constructor(options: AgentServerOptions) {
    this.#options = options;
    this.#http = createServer(CLOCKS, (request, response) => {
      request.resume();
      response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
    });
    this.#http.maxConnections = MAX_CONNECTIONS;
    this.#http.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
  }

  /** `host:port`, for `--agents`. */
  get address(): string {
    const { address, port, family } = this.#http.address() as AddressInfo;
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Ends everything; resolves when the bots are gone. */
  async close(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    this.#session?.close();
    await this.#session?.ended;
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { key, log } = this.#options;
    socket.on('error', () => undefined);
    const from = request.socket.remoteAddress ?? 'somewhere';
    if (!holdsKey(request.headers.authorization, key)) {
      log(`${from} does not know the key`);
      refuse(socket, 401, unauthorized('the key is wrong'));
      return;
    }
    // A coordinator that ends a run and begins the next may be heard in the other order.
    await Promise.race([this.#session?.left, sleep(PATIENCE, undefined, { ref: false })]);
    if (this.#session?.closed === false) {
      log(`${from} is turned away: another run is under way`);
      refuse(socket, 409, conflict('it works for another run'));
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, from));
  }

  #serve(socket: WebSocket, from: string): void {
    const { log, allow, names = systemNames, keepAlive: pings } = this.#options;
    const after = this.#session?.ended ?? Promise.resolve();
    log(`${from} steers`);
    keepAlive(socket, pings);
    const session = new AgentSession(socket, { allow, names, log, after });
    this.#session = session;
    void session.ended.then(() => log(`${from} is gone, and so are its bots`));
  }
}

/** Answers an upgrade that is not granted. */
function refuse(socket: Duplex, status: number, error: ParleyError): void {
  const { code, message } = error;
  const body = JSON.stringify({ code, message });
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
