import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookReceiver, type WebhookEvent } from 'livekit-server-sdk';
import { until } from './processes.ts';
import { API_KEY, API_SECRET } from './signalingHarness.ts';

/** What a receiver was sent, and LiveKit's own receiver has verified. */
export interface ReceivedEvent {
  seq: number;
  id: string;
  event: string;
  createdAt: string;
  room?: { name: string; sid: string; numParticipants: number };
  participant?: { sid: string; identity: string; disconnectReason?: string };
  track?: { sid: string; source: string };
  /** As LiveKit's SDK reads it. */
  livekit: WebhookEvent;
}

/** Answers a request; whatever it does not answer, hangs. */
export type Answering = (event: ReceivedEvent, response: ServerResponse) => void;

const accept: Answering = (_, response) => void response.end();

/** A real receiver of webhooks on a port of its own, which stays when it is closed and opened again. */
export class TestReceiver {
  /** What it accepted, in the order in which it came. */
  readonly events: ReceivedEvent[] = [];
  /** All that it was asked. */
  requests = 0;
  readonly problems: unknown[] = [];
  answering: Answering = accept;
  readonly #verifier = new WebhookReceiver(API_KEY, API_SECRET);
  #server: Server | undefined;
  #port = 0;

  static async open(): Promise<TestReceiver> {
    const receiver = new TestReceiver();
    await receiver.open();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/webhooks?key=hush`;
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => {
      this.#receive(request, response).catch((error: unknown) => {
        this.problems.push(error);
        response.writeHead(401).end();
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Events of these kinds that were accepted, each once, in order. */
  of(...kinds: string[]): ReceivedEvent[] {
    return this.events.filter(
      ({ event, id }, index) =>
        (kinds.length === 0 || kinds.includes(event)) &&
        this.events.findIndex((one) => one.id === id) === index,
    );
  }

  get kinds(): string[] {
    return this.of().map(({ event }) => event);
  }

  async gets(what: string, condition: () => boolean, ms?: number): Promise<void> {
    await until(`${what}; received: ${this.kinds.join(', ')}`, condition, ms);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.headers['content-type'] !== 'application/webhook+json') throw new Error('another type');
    const livekit = await this.#verifier.receive(body, request.headers.authorization);
    const event = { ...(JSON.parse(body) as ReceivedEvent), livekit };
    response.once('finish', () => {
      if (response.statusCode === 200) this.events.push(event);
    });
    this.answering(event, response);
  }
}
