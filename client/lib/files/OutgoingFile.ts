import { TypedEmitter } from '../../../src/support/TypedEmitter.ts';
import { PART_SIZE, WINDOW, writePart } from './fileMessages.ts';

/** Where a file stands with one of those whom it was offered to. `failed`: it could not be read, or sent. */
export type ReceiverStatus = 'offered' | 'sending' | 'sent' | 'declined' | 'cancelled' | 'gone' | 'failed';

/** One of those whom a file was offered to. */
export interface FileReceiver {
  readonly peerId: string;
  readonly status: ReceiverStatus;
  /** Bytes that it has. */
  readonly bytes: number;
}

/** What `OutgoingFile` tells. */
export interface OutgoingFileEvents {
  /** A receiver has more of it, or stands elsewhere with it. */
  progress: [receiver: FileReceiver];
  /** All of them have it, or will not; nothing follows. */
  ended: [];
}

export interface OutgoingFileParts {
  /** Resolves when a part is on its way to a peer, as fast as parts may go. */
  send: (peerId: string, part: Uint8Array) => Promise<void>;
  cancel: (peerIds: readonly string[]) => void;
  ended: () => void;
}

interface Progress {
  status: ReceiverStatus;
  bytes: number;
  /** Wakes what sends to it. */
  wake: () => void;
}

const OPEN: readonly ReceiverStatus[] = ['offered', 'sending'];

/** A file that this client offers; whoever accepts is sent it on its own, so each gets it as fast as it can take it. */
export class OutgoingFile extends TypedEmitter<OutgoingFileEvents> {
  readonly fileId: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly #file: Blob;
  readonly #parts: OutgoingFileParts;
  readonly #receivers: Map<string, Progress>;
  #ended = false;

  /** @internal Made by `room.sendFile()`. */
  constructor(
    offer: { fileId: string; name: string; file: Blob; to: readonly string[] },
    parts: OutgoingFileParts,
  ) {
    super();
    this.fileId = offer.fileId;
    this.name = offer.name;
    this.size = offer.file.size;
    this.#file = offer.file;
    this.#parts = parts;
    const start = (): Progress => ({ status: 'offered', bytes: 0, wake: () => undefined });
    this.#receivers = new Map(offer.to.map((peerId) => [peerId, start()]));
  }

  /** Whether all of them have it, or will not. */
  get ended(): boolean {
    return this.#ended;
  }

  get receivers(): FileReceiver[] {
    return [...this.#receivers].map(([peerId, { status, bytes }]) => ({ peerId, status, bytes }));
  }

  /** Takes it back from all who do not have it yet. Idempotent. */
  cancel(): void {
    const open = this.receivers.filter(({ status }) => OPEN.includes(status));
    if (open.length > 0) this.#parts.cancel(open.map(({ peerId }) => peerId));
    for (const { peerId } of open) this.end(peerId, 'cancelled');
  }

  /** For the room: a receiver wants it. */
  accepted(peerId: string): void {
    const progress = this.#receivers.get(peerId);
    if (progress?.status !== 'offered') return;
    progress.status = 'sending';
    this.#tell(peerId, progress);
    this.#send(peerId, progress).catch(() => this.end(peerId, 'failed'));
  }

  /** For the room: a receiver has so many bytes. */
  got(peerId: string, bytes: number): void {
    const progress = this.#receivers.get(peerId);
    if (progress?.status !== 'sending' || bytes <= progress.bytes || bytes > this.size) return;
    progress.bytes = bytes;
    progress.wake();
    if (bytes === this.size) this.end(peerId, 'sent');
    else this.#tell(peerId, progress);
  }

  /** For the room: this became of it with a receiver. Idempotent. */
  end(peerId: string, status: ReceiverStatus): void {
    const progress = this.#receivers.get(peerId);
    if (!progress || !OPEN.includes(progress.status)) return;
    progress.status = status;
    progress.wake();
    this.#tell(peerId, progress);
    this.#look();
  }

  async #send(peerId: string, progress: Progress): Promise<void> {
    for (let offset = 0; offset < this.size; offset += PART_SIZE) {
      while (isSending(progress) && offset - progress.bytes >= WINDOW)
        await new Promise<void>((resolve) => (progress.wake = resolve));
      if (!isSending(progress)) return;
      const bytes = new Uint8Array(await this.#file.slice(offset, offset + PART_SIZE).arrayBuffer());
      if (!isSending(progress)) return;
      await this.#parts.send(peerId, writePart(this.fileId, offset, bytes));
    }
    // Of nothing there are no parts.
    if (this.size === 0) this.end(peerId, 'sent');
  }

  #tell(peerId: string, { status, bytes }: Progress): void {
    this.emit('progress', { peerId, status, bytes });
  }

  #look(): void {
    if (this.#ended || this.receivers.some(({ status }) => OPEN.includes(status))) return;
    this.#ended = true;
    this.#parts.ended();
    this.emit('ended');
  }
}

// A call, because the compiler takes the field for unchanged across an await.
const isSending = ({ status }: Progress): boolean => status === 'sending';
