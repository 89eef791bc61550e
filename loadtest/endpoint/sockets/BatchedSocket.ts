import { invalidState, unavailable } from '../../../src/support/errors.ts';
import {
  AF_INET,
  MSG_DONTWAIT,
  SO_RCVBUF,
  SO_SNDBUF,
  SO_TIMESTAMPNS,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCKADDR_LENGTH,
  SOL_SOCKET,
  type Libc,
} from './libc.ts';
import type { Poller } from './Poller.ts';
import { RECEIVE_BUFFER, SEND_BUFFER, type UdpSocket } from './UdpSocket.ts';

/** A socket that a poller reads, many datagrams at a time, without an object of Node's for each. */
export class BatchedSocket implements UdpSocket {
  onDatagram: (datagram: Buffer, arrivedAt: number) => void = () => undefined;
  urgent = false;
  readonly fd: number;
  readonly port: number;
  readonly #libc: Libc;
  readonly #poller: Poller;
  #closed = false;

  /** @throws ParleyError `unavailable`: no descriptors left, or it is not an address of this host. */
  constructor(libc: Libc, poller: Poller, localAddress = '0.0.0.0') {
    this.#libc = libc;
    this.#poller = poller;
    this.fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.fd < 0) throw unavailable(`no socket: errno ${libc.errno()}`);
    try {
      this.#set(SO_RCVBUF, RECEIVE_BUFFER);
      this.#set(SO_SNDBUF, SEND_BUFFER);
      this.#set(SO_TIMESTAMPNS, 1);
      if (libc.bind(this.fd, socketAddress(localAddress, 0), SOCKADDR_LENGTH) < 0)
        throw unavailable(`no socket at ${localAddress}: errno ${libc.errno()}`);
      this.port = this.#name().readUInt16BE(2);
      poller.add(this);
    } catch (error) {
      libc.close(this.fd);
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  get address(): string {
    return this.#name().subarray(4, 8).join('.');
  }

  connect(address: string, port: number): Promise<void> {
    if (this.#closed) return Promise.reject(invalidState('the socket was closed'));
    const failed = this.#libc.connect(this.fd, socketAddress(address, port), SOCKADDR_LENGTH) < 0;
    return failed
      ? Promise.reject(unavailable(`no way to ${address}:${port}: errno ${this.#libc.errno()}`))
      : Promise.resolve();
  }

  send(datagram: Buffer): void {
    // A descriptor that was closed may be somebody else's by now.
    if (!this.#closed) this.#libc.send(this.fd, datagram, datagram.length, MSG_DONTWAIT);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#poller.remove(this);
    this.#libc.close(this.fd);
  }

  #set(option: number, to: number): void {
    const value = Buffer.alloc(4);
    value.writeInt32LE(to);
    this.#libc.setsockopt(this.fd, SOL_SOCKET, option, value, value.length);
  }

  #name(): Buffer {
    const name = Buffer.alloc(SOCKADDR_LENGTH);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(SOCKADDR_LENGTH);
    if (!this.#closed) this.#libc.getsockname(this.fd, name, length);
    return name;
  }
}

/** `struct sockaddr_in` */
function socketAddress(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(SOCKADDR_LENGTH);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  address.split('.').forEach((part, i) => bytes.writeUInt8(Number(part), 4 + i));
  return bytes;
}
