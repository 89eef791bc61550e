import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

/** As much of the published packages as pages here use. */
interface PublishedClients {
  WHIPClient: new (options: { endpoint: string; opts: object }) => {
    ingest(stream: MediaStream): Promise<void>;
    destroy(): Promise<void>;
    getResourceUrl(): Promise<string>;
  };
  WebRTCPlayer: new (options: { video: HTMLVideoElement; type: 'whep'; iceServers: object[] }) => {
    load(url: URL, authorization?: string): Promise<void>;
    unload(): Promise<void>;
  };
}

declare global {
  interface Window {
    clients: PublishedClients;
    /** What the page publishes. */
    stream: MediaStream;
    publisher: InstanceType<PublishedClients['WHIPClient']>;
    player?: InstanceType<PublishedClients['WebRTCPlayer']>;
  }
}

/** A page with Eyevinn's published clients, on an origin of its own. */
export class MediaPage {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async serve(): Promise<MediaPage> {
    const script = await bundle();
    const server = createServer((request, response) => {
      if (request.url === '/clients.js') response.setHeader('content-type', 'text/javascript').end(script);
      else
        response
          .setHeader('content-type', 'text/html')
          .end(
            '<!doctype html><body><video autoplay muted></video><script type="module" src="/clients.js"></script>',
          );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MediaPage(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function bundle(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-clients-'));
  try {
    const file = join(directory, 'clients.js');
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'bundleClients.mjs'), file]);
    return await readFile(file, 'utf8');
  } finally {
    await rm(directory, { recursive: true });
  }
}
