import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { makeCertificate } from '../certificates.ts';
import type { TestNetwork } from '../testNetwork.ts';

/** Somebody else's site on a host of a test network: a page that has the element, and a backend that gives tokens. */
export class ForeignSite {
  readonly url: string;
  /** How tokens were asked for: method, address and body. */
  readonly wishes: string[] = [];
  /** What is in the page. */
  body = '';
  readonly #server: Server;

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
  }

  /** @param parley The server's address. @param tokens What is given at which address. */
  static async open(
    network: TestNetwork,
    host: string,
    parley: string,
    tokens: Record<string, string>,
  ): Promise<ForeignSite> {
    const { address } = network.host(host);
    const { cert, key } = await makeCertificate(network.directory, 'site', { names: [address] });
    const listening = await network.listen(host);
    const { port } = listening.address() as { port: number };
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
    const site = new ForeignSite(`https://${address}:${port}`, server);
    server.on('request', (request, response) => {
      if (request.url === '/') {
        response.writeHead(200, { 'content-type': 'text/html' }).end(site.#page(parley));
        return;
      }
      void request
        .setEncoding('utf8')
        .toArray()
        .then((body) => {
          site.wishes.push(`${request.method} ${request.url}${body.join('')}`);
          const token = tokens[new URL(request.url ?? '', site.url).pathname];
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
        });
    });
    server.listen(listening);
    return site;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #page(parley: string): string {
    return `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,"><style>
      body { margin: 0; height: 100vh } .branded { --parley-accent: rgb(1, 2, 3) }</style>
      <script type="module" src="${parley}/embed.js"></script></head><body>${this.body}</body></html>`;
  }
}
