import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A WebSocket to a signaling server, by hand: it can send what no client library would, and stop reading. */
export class RawSocket {
  readonly #socket: Socket;
  /** Whatever the server sent, frames and all, as far as it was read. */
  received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    // `close` follows and says the same.
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
  }

  static async open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const raw = new RawSocket(socket);
    socket.write(
      [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        `Host: ${hostname}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
    // Engine.IO's handshake.
    await raw.reads('"sid"');
    return raw;
  }

  /** Sends text frames (RFC 6455 section 5.2), all in one piece. */
  send(...messages: string[]): void {
    this.#socket.write(Buffer.concat(messages.map(textFrame)));
  }

  /** Resolves once the server sent this text. */
  async reads(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      if (this.#socket.destroyed) throw new Error(`closed before "${text}": ${this.received}`);
      await Promise.race([once(this.#socket, 'data'), once(this.#socket, 'close')]);
    }
  }

  stopReading(): void {
    this.#socket.pause();
  }

  async ended(): Promise<void> {
    if (!this.#socket.destroyed) await once(this.#socket, 'close');
  }

  close(): void {
    this.#socket.destroy();
  }
}

function textFrame(message: string): Buffer {
  const payload = Buffer.from(message);
  if (payload.length > 0xffff) throw new RangeError('a message of more than 65535 bytes');
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  // With a mask of zeros the payload stays as it is.
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}
