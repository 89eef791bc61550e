import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { timeout } from '../../support/errors.ts';
import type { Framing } from './framing.ts';
import { nobody, type Link } from './link.ts';
import type { Endpoint } from './stunMessage.ts';

/** Messages in a stream, TCP or TLS. */
export class StreamLink implements Link {
  onMessage: (message: Buffer) => void = nobody;
  onLost: (error: Error) => void = nobody;
  /** Why a browser would refuse the certificate of a TLS stream; undefined where it would not. */
  readonly distrust: string | undefined;
  readonly #socket: Socket;
  readonly #framing: Framing;
  #pending: Buffer = Buffer.alloc(0);
  #closed = false;

  private constructor(socket: Socket, framing: Framing, distrust?: string) {
    this.#socket = socket;
    this.#framing = framing;
    this.distrust = distrust;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#lost(error));
    socket.on('close', () => this.#lost(new Error('the connection was closed')));
  }

  /**
   * @param deadline ms.
   * @param serverName For TLS, the name that its certificate has to have.
   * @throws Error of the system; ParleyError `timeout`.
   */
  static async open(
    { address, port }: Endpoint,
    options: { framing: Framing; deadline: number; serverName?: string },
  ): Promise<StreamLink> {
    const { framing, deadline, serverName } = options;
    const socket =
      serverName === undefined
        ? connect({ host: address, port })
        : connectTls({
            host: address,
            port,
            // What is wrong with it is told, and is no reason not to try the rest.
            rejectUnauthorized: false,
            ...(isIP(serverName) ? {} : { servername: serverName }),
          });
    const timer = setTimeout(() => socket.destroy(timeout(`no connection within ${deadline} ms`)), deadline);
    try {
      await once(socket, serverName === undefined ? 'connect' : 'secureConnect');
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return new StreamLink(
      socket,
      framing,
      serverName === undefined ? undefined : distrustOf(socket as TLSSocket),
    );
  }

  send(message: Buffer): void {
    if (!this.#closed) this.#socket.write(this.#framing.pack(message));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const length = this.#framing.frameLength(this.#pending);
      if (length === undefined || this.#pending.length < length) return;
      const frame = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.onMessage(this.#framing.unpack(frame));
    }
  }

  #lost(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.onLost(error);
  }
}

function distrustOf(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  // Typed as an Error, and a code's text in truth.
  const error: unknown = socket.authorizationError;
  return error instanceof Error ? error.message : String(error);
}
