import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP port in front of another one, whose cable can be pulled: media, which goes over UDP, does not notice. */
export class TcpProxy {
  #target: number;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server;

  private constructor(target: number, server: Server) {
    this.#target = target;
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.#accept();
  }

  /** In front of the server at `url`, on the loopback interface. */
  static async before(url: string): Promise<TcpProxy> {
    return new TcpProxy(Number(new URL(url).port), await listen(0));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** New connections go to another server. */
  leadTo(url: string): void {
    this.#target = Number(new URL(url).port);
  }

  /** Breaks every connection, and refuses new ones. */
  cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Takes connections again, on the same port. */
  async restore(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = await listen(this.#port);
    this.#accept();
  }

  close(): void {
    this.cut();
  }

  #accept(): void {
    this.#server.on('connection', (near) => {
      const far = connect(this.#target, '127.0.0.1');
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        // `close` follows and says the same.
        socket.on('error', () => undefined);
        socket.pipe(other);
      }
    });
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
