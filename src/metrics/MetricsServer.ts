import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen } from '../http/listen.ts';
import type { Logger } from '../support/logger.ts';
import type { Metrics } from './Metrics.ts';

export interface MetricsServerOptions {
  metrics: Metrics;
  host: string;
  /** 0 takes any free one. */
  port: number;
  logger: Logger;
}

/** Serves metrics under `/metrics`, on a port of their own that clients of the conferences need not reach. */
export class MetricsServer {
  readonly url: string;
  readonly #metrics: Metrics;
  readonly #server: Server;
  readonly #logger: Logger;

  private constructor(server: Server, url: string, { metrics, logger }: MetricsServerOptions) {
    this.#server = server;
    this.#metrics = metrics;
    this.#logger = logger;
    this.url = url;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  /** @throws ParleyError `unavailable` naming address and port. */
  static async listen(options: MetricsServerOptions): Promise<MetricsServer> {
    const { host, port, logger } = options;
    const server = createServer();
    server.headersTimeout = 5_000;
    server.requestTimeout = 5_000;
    // Longer than the usual time between two scrapes, so that they share a connection.
    server.keepAliveTimeout = 75_000;
    server.timeout = 90_000;
    server.maxConnections = 64;
    const taken = await listen(server, port, host, logger);
    const shown = host.includes(':') ? `[${host}]` : host;
    return new MetricsServer(server, `http://${shown}:${taken}/metrics`, options);
  }

  /** Also of the metrics. Idempotent. */
  close(): void {
    this.#metrics.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    if (url.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is /metrics.\n');
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else {
      try {
        const text = await this.#metrics.read();
        response
          .writeHead(200, { 'Content-Type': this.#metrics.contentType, 'Cache-Control': 'no-store' })
          .end(method === 'HEAD' ? undefined : text);
      } catch (error) {
        this.#logger.error({ error }, 'the metrics could not be read');
        response.writeHead(500).end();
      }
    }
  }
}
