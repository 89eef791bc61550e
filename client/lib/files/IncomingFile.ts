import { invalidState, ParleyError } from '../../../src/support/errors.ts';
import { TypedEmitter } from '../../../src/support/TypedEmitter.ts';

/**
 * Where a file that is offered stands. `lost`: parts of it are missing, or its sender left; `cancelled`: by whoever of the
 * two.
 */
export type IncomingStatus = 'offered' | 'receiving' | 'received' | 'declined' | 'cancelled' | 'lost';

/** What `IncomingFile` tells. */
export interface IncomingFileEvents {
  /** So many bytes have come. */
  progress: [bytes: number];
  /** It is received, or will not be; nothing follows. */
  ended: [status: IncomingStatus];
}

/** What a file that is offered needs of those who carry it. */
export interface IncomingFileParts {
  say: (kind: 'accept' | 'decline' | 'cancel') => void;
  /** So many bytes have come. */
  got: (bytes: number) => void;
  ended: () => void;
}

export interface FileInfo {
  fileId: string;
  /** Peer id of the sender. */
  from: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Media type, as the sender says: it is no promise. */
  type: string;
}

/** A file that another peer offers. All of it is in this page's memory while it comes, and after that in the Blob. */
export class IncomingFile extends TypedEmitter<IncomingFileEvents> {
  readonly fileId: string;
  readonly from: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly #parts: IncomingFileParts;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  #status: IncomingStatus = 'offered';
  #settle: { resolve: (file: Blob) => void; reject: (error: Error) => void } | undefined;

  /** @internal Made by the room, see `fileOffered`. */
  constructor({ fileId, from, name, size, type }: FileInfo, parts: IncomingFileParts) {
    super();
    this.fileId = fileId;
    this.from = from;
    this.name = name;
    this.size = size;
    this.type = type;
    this.#parts = parts;
  }

  get status(): IncomingStatus {
    return this.#status;
  }

  /** Bytes that have come. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Has it sent; resolves with all of it.
   *
   * @throws ParleyError `invalidState` when it is not offered any more, or the transfer is cancelled; `unavailable` when
   * parts are lost or the sender left.
   */
  async accept(): Promise<Blob> {
    if (this.#status !== 'offered') throw invalidState(`the file is ${this.#status}`);
    this.#status = 'receiving';
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#parts.say('accept');
    });
  }

  /** Nothing happens for one that is not offered any more. */
  decline(): void {
    if (this.#status !== 'offered') return;
    this.#parts.say('decline');
    this.end('declined');
  }

  /** Ends the transfer. Idempotent. */
  cancel(): void {
    if (this.#status !== 'offered' && this.#status !== 'receiving') return;
    this.#parts.say('cancel');
    this.end('cancelled');
  }

  /** For the room: what is at a place in it. */
  take(offset: number, bytes: Uint8Array): void {
    if (this.#status !== 'receiving') return;
    if (offset !== this.#bytes || this.#bytes + bytes.length > this.size) {
      this.#parts.say('cancel');
      this.end('lost');
      return;
    }
    // A copy, because the message's buffer holds more than that.
    this.#pieces.push(new Uint8Array(bytes));
    this.#bytes += bytes.length;
    this.#parts.got(this.#bytes);
    this.emit('progress', this.#bytes);
    if (this.#bytes === this.size) this.complete();
  }

  /** For the room: there is nothing more to come. */
  complete(): void {
    const file = new Blob(this.#pieces, { type: this.type });
    this.#settle?.resolve(file);
    this.end('received');
  }

  /** For the room: this became of it. Idempotent. */
  end(status: IncomingStatus): void {
    if (this.#status !== 'offered' && this.#status !== 'receiving') return;
    this.#status = status;
    this.#pieces = [];
    this.#settle?.reject(
      status === 'lost'
        ? new ParleyError('unavailable', 'the file was lost on its way')
        : invalidState(`the transfer of the file ended: ${status}`),
    );
    this.#parts.ended();
    this.emit('ended', status);
  }
}
