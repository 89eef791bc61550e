import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { nobody, type Link } from './link.ts';
import type { Endpoint } from './stunMessage.ts';

/** Datagrams to one address. Its socket is connected, so that the system tells where nobody listens. */
export class UdpLink implements Link {
  onMessage: (message: Buffer) => void = nobody;
  onLost: (error: Error) => void = nobody;
  readonly #socket: Socket;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (message) => this.onMessage(message));
    socket.on('error', (error) => {
      // A refusal is an answer to one datagram; those that follow may get through.
      if (!this.#closed) this.onLost(error);
    });
  }

  /** @throws Error of the system where there is no way to that address. */
  static async open({ address, port }: Endpoint): Promise<UdpLink> {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    try {
      socket.connect(port, address);
      await once(socket, 'connect');
    } catch (error) {
      socket.close();
      throw error;
    }
    return new UdpLink(socket);
  }

  send(message: Buffer): void {
    if (!this.#closed) this.#socket.send(message, nobody);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}
