import { unavailable } from '../../../src/support/errors.ts';
import { EPOLL_CTL_ADD, EPOLL_EVENT, EPOLLIN, type Libc } from './libc.ts';
import { ReceiveBuffers } from './ReceiveBuffers.ts';

/** ms between two looks for datagrams. */
const INTERVAL = 2;
const URGENT_INTERVAL = 1;
/** With many sockets, so that each waking finds something in many. */
const CROWDED_INTERVAL = 5;
const CROWD = 100;
/** Sockets that one look finds at most. */
const MAX_READY = 512;
/** Full reads from one socket before the others have their turn. */
const MAX_READS = 4;

/** What a poller reads from. */
export interface Polled {
  readonly fd: number;
  readonly closed: boolean;
  readonly urgent: boolean;
  onDatagram(datagram: Buffer, arrivedAt: number): void;
}

/**
 * Reads the sockets of a process in turns of 2 ms (1 ms while one is urgent, 5 ms with more than 100), each with all that has come.
 *
 * What this costs latency it does not cost precision: the kernel notes when each datagram arrived.
 */
export class Poller {
  readonly #libc: Libc;
  readonly #buffers: ReceiveBuffers;
  readonly #epoll: number;
  readonly #ready = Buffer.alloc(MAX_READY * EPOLL_EVENT.size);
  readonly #sockets = new Map<number, Polled>();
  #isScheduled = false;

  /** @throws ParleyError `unavailable` */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#buffers = new ReceiveBuffers(libc);
    this.#epoll = libc.epoll_create1(0);
    if (this.#epoll < 0) throw unavailable(`no epoll: errno ${libc.errno()}`);
  }

  /** @throws ParleyError `unavailable` */
  add(socket: Polled): void {
    const event = Buffer.alloc(EPOLL_EVENT.size);
    event.writeUInt32LE(EPOLLIN);
    event.writeUInt32LE(socket.fd, EPOLL_EVENT.data);
    if (this.#libc.epoll_ctl(this.#epoll, EPOLL_CTL_ADD, socket.fd, event) < 0)
      throw unavailable(`no polling: errno ${this.#libc.errno()}`);
    this.#sockets.set(socket.fd, socket);
    this.#schedule();
  }

  /** To be called before its descriptor is closed. */
  remove(socket: Polled): void {
    this.#sockets.delete(socket.fd);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#sockets.size === 0) return;
    this.#isScheduled = true;
    let interval = this.#sockets.size > CROWD ? CROWDED_INTERVAL : INTERVAL;
    for (const { urgent } of this.#sockets.values()) {
      if (!urgent) continue;
      interval = URGENT_INTERVAL;
      break;
    }
    setTimeout(() => {
      this.#isScheduled = false;
      // Even when a handler throws, the others are read.
      try {
        this.#poll();
      } finally {
        this.#schedule();
      }
    }, interval);
  }

  #poll(): void {
    const { size, data } = EPOLL_EVENT;
    const count = this.#libc.epoll_wait(this.#epoll, this.#ready, MAX_READY, 0);
    if (count <= 0) return;
    this.#buffers.setClock();
    for (let i = 0; i < count; i++) {
      const socket = this.#sockets.get(this.#ready.readUInt32LE(i * size + data));
      if (socket) this.#read(socket);
    }
  }

  #read(socket: Polled): void {
    const buffers = this.#buffers;
    for (let read = 0; read < MAX_READS; read++) {
      const count = buffers.receive(socket.fd);
      for (let i = 0; i < count && !socket.closed; i++)
        socket.onDatagram(buffers.datagram(i), buffers.arrivedAt(i));
      if (count < buffers.size || socket.closed) return;
    }
  }
}
