/** DTLS 1.2 (RFC 6347, 4.1 and 4.2.2): bytes of the headers of a record and of a handshake fragment. */
const RECORD_HEADER = 13;
const FRAGMENT_HEADER = 12;
const HANDSHAKE = 22;
const HELLO_VERIFY_REQUEST = 3;
const SERVER_HELLO_DONE = 14;

/**
 * Tells the server's first flight from its repetitions.
 *
 * A server that waits for a busy client sends it again. werift, which has not answered yet, would take the repetition
 * for another flight and answer both, and the server ends such a handshake. What was lost of our answer werift repeats
 * by itself. A server that asks for its cookie twice, because the hello came twice, would make werift give up.
 */
export class ServerFlight {
  /** By message number: bytes that are missing, by the fragments that came. */
  readonly #missing = new Map<number, { bytes: number; fragments: Set<number> }>();
  #last = -1;
  #isVerified = false;
  #isComplete = false;

  /** Takes a datagram down; whether all that it has was there before. */
  isRepeated(datagram: Buffer): boolean {
    if (datagram[0] !== HANDSHAKE || epochOf(datagram, 0) !== 0) return false;
    if (this.#isComplete) return true;
    if (datagram[RECORD_HEADER] === HELLO_VERIFY_REQUEST) {
      if (this.#isVerified) return true;
      this.#isVerified = true;
    }
    for (let at = 0; at + RECORD_HEADER + FRAGMENT_HEADER <= datagram.length;) {
      const length = datagram.readUInt16BE(at + 11);
      if (datagram[at] === HANDSHAKE && epochOf(datagram, at) === 0) this.#take(datagram, at + RECORD_HEADER);
      at += RECORD_HEADER + length;
    }
    this.#isComplete = this.#last >= 0 && this.#hasAll();
    return false;
  }

  #take(datagram: Buffer, at: number): void {
    const number = datagram.readUInt16BE(at + 4);
    const message = this.#missing.get(number) ?? {
      bytes: datagram.readUIntBE(at + 1, 3),
      fragments: new Set<number>(),
    };
    this.#missing.set(number, message);
    if (datagram[at] === SERVER_HELLO_DONE) this.#last = number;
    const offset = datagram.readUIntBE(at + 6, 3);
    if (message.fragments.has(offset)) return;
    message.fragments.add(offset);
    message.bytes -= datagram.readUIntBE(at + 9, 3);
  }

  #hasAll(): boolean {
    for (let number = 0; number <= this.#last; number++)
      if ((this.#missing.get(number)?.bytes ?? 1) > 0) return false;
    return true;
  }
}

function epochOf(datagram: Buffer, at: number): number {
  return datagram.length < at + RECORD_HEADER ? -1 : datagram.readUInt16BE(at + 3);
}
