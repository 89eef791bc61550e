import { MSG_DONTWAIT, SO_TIMESTAMPNS, SOL_SOCKET, type Libc } from './libc.ts';

/** Datagrams of one read. */
const COUNT = 32;
/** Bytes; more than any path to a WebRTC endpoint takes. What is longer is cut short, and then does not verify. */
const DATAGRAM = 2048;
/** `struct mmsghdr`, with the offsets of what is set and read in it. */
const HEADER = { size: 64, vector: 16, vectors: 24, control: 32, controlLength: 40, length: 56 } as const;
/** `struct iovec` */
const VECTOR = 16;
/** A control message with a `struct timespec`, and room for another. */
const CONTROL = { size: 64, level: 8, type: 12, seconds: 16, nanoseconds: 24 } as const;
const CLOCK_REALTIME = 0;

/** Memory for the datagrams of one `recvmmsg`, which is used again for the next. */
export class ReceiveBuffers {
  readonly size = COUNT;
  readonly #libc: Libc;
  readonly #bytes: Buffer;
  /** The same memory, in native words. */
  readonly #words: Uint32Array;
  readonly #headers: Buffer;
  readonly #headersAt: number;
  readonly #controlsAt: number;
  readonly #time = Buffer.alloc(16);
  /** ms from the system's clock to `performance.now()`, and the latter when it was read. */
  #offset = 0;
  #now = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    const headersAt = COUNT * DATAGRAM;
    const vectorsAt = headersAt + COUNT * HEADER.size;
    const controlsAt = vectorsAt + COUNT * VECTOR;
    const { memory, address } = libc.allocate(controlsAt + COUNT * CONTROL.size);
    const bytes = Buffer.from(memory).fill(0);
    for (let i = 0; i < COUNT; i++) {
      const header = headersAt + i * HEADER.size;
      const vector = vectorsAt + i * VECTOR;
      bytes.writeBigUInt64LE(address + BigInt(i * DATAGRAM), vector);
      bytes.writeBigUInt64LE(BigInt(DATAGRAM), vector + 8);
      bytes.writeBigUInt64LE(address + BigInt(vector), header + HEADER.vector);
      bytes.writeBigUInt64LE(1n, header + HEADER.vectors);
      bytes.writeBigUInt64LE(address + BigInt(controlsAt + i * CONTROL.size), header + HEADER.control);
      bytes.writeUInt32LE(CONTROL.size, header + HEADER.controlLength);
    }
    this.#bytes = bytes;
    this.#words = new Uint32Array(memory);
    this.#headers = bytes.subarray(headersAt, vectorsAt);
    this.#headersAt = headersAt;
    this.#controlsAt = controlsAt;
  }

  /** Compares the clocks, so that a step of the system's clock matters to what is waiting at most. */
  setClock(): void {
    this.#libc.clock_gettime(CLOCK_REALTIME, this.#time);
    this.#now = performance.now();
    this.#offset = this.#now - this.#time.readUInt32LE(0) * 1000 - this.#time.readUInt32LE(8) / 1e6;
  }

  /** Reads what a socket has; returns how many datagrams that are. */
  receive(fd: number): number {
    // The kernel leaves what it used.
    for (let i = 0; i < COUNT; i++) this.#words[this.#header(i, HEADER.controlLength)] = CONTROL.size;
    return Math.max(0, this.#libc.recvmmsg(fd, this.#headers, COUNT, MSG_DONTWAIT, null));
  }

  /** Valid until the next `receive`. */
  datagram(i: number): Buffer {
    const length = this.#words[this.#header(i, HEADER.length)] ?? 0;
    return this.#bytes.subarray(i * DATAGRAM, i * DATAGRAM + length);
  }

  /** ms of `performance.now()` */
  arrivedAt(i: number): number {
    const words = this.#words;
    if (
      (words[this.#header(i, HEADER.controlLength)] ?? 0) === 0 ||
      words[this.#control(i, CONTROL.level)] !== SOL_SOCKET ||
      words[this.#control(i, CONTROL.type)] !== SO_TIMESTAMPNS
    )
      return this.#now;
    const seconds = words[this.#control(i, CONTROL.seconds)] ?? 0;
    const nanoseconds = words[this.#control(i, CONTROL.nanoseconds)] ?? 0;
    return Math.min(this.#now, seconds * 1000 + nanoseconds / 1e6 + this.#offset);
  }

  #header(i: number, field: number): number {
    return (this.#headersAt + i * HEADER.size + field) >> 2;
  }

  #control(i: number, field: number): number {
    return (this.#controlsAt + i * CONTROL.size + field) >> 2;
  }
}
