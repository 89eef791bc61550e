import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one path answers: a page, or whatever a function makes of the request. */
export type Answer = string | ((request: IncomingMessage, body: string) => Promise<Reply> | Reply);

export interface Reply {
  status?: number;
  type?: string;
  body: string;
  headers?: Record<string, string>;
}

/** Somebody else's site: pages of another origin than the server's. */
export class ForeignPages {
  readonly url: string;
  /** Paths and what they answer; may be changed at any time. */
  readonly answers: Map<string, Answer>;
  readonly #server: Server;

  private constructor(server: Server, answers: Map<string, Answer>) {
    this.#server = server;
    this.answers = answers;
    // Another host name than the test servers' `localhost`: not even the same site.
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(answers: Record<string, Answer>): Promise<ForeignPages> {
    const known = new Map(Object.entries(answers));
    const server = createServer((request, response) => void answer(known, request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ForeignPages(server, known);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(
  answers: ReadonlyMap<string, Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://foreign.test');
  const found = answers.get(pathname);
  const body = (await request.setEncoding('utf8').toArray()).join('');
  const reply: Reply =
    found === undefined
      ? { status: 404, body: '' }
      : typeof found === 'string'
        ? { body: found }
        : await found(request, body);
  response.writeHead(reply.status ?? 200, { 'content-type': reply.type ?? 'text/html', ...reply.headers });
  response.end(reply.body);
}
