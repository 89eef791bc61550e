import { badRequest, forbidden, invalidState, notFound } from '../../../src/support/errors.ts';
import type { FileOptions } from '../conductTypes.ts';
import type { DataMessage, DataOptions, RoomState } from '../publicTypes.ts';
import {
  FILE_TOPIC,
  newFileId,
  PART_TOPIC,
  readFileMessage,
  readPart,
  safeName,
  type FileMessage,
} from './fileMessages.ts';
import { IncomingFile } from './IncomingFile.ts';
import { OutgoingFile } from './OutgoingFile.ts';
import { Pace } from './Pace.ts';

/** Files of one peer that are offered and not answered, or on their way; more are declined unseen. */
const MAX_FROM_ONE = 8;
/** ms after which an offer that nobody answered is over. */
const OFFERED_FOR = 600_000;
/** Bytes between two words about how much has come. */
const TOLD_EVERY = 131_072;

export interface FileTransfersParts {
  state: () => RoomState;
  /** Resolves when a message is on its way. */
  send: (payload: unknown, options: DataOptions) => Promise<void>;
  onOffered: (file: IncomingFile) => void;
  onError: (error: Error) => void;
}

/** Files in both directions, over the room's reliable data messages. */
export class FileTransfers {
  readonly #parts: FileTransfersParts;
  readonly #pace = new Pace();
  readonly #outgoing = new Map<string, OutgoingFile>();
  /** By sender and id, so that nobody is taken for another. */
  readonly #incoming = new Map<string, IncomingFile>();
  #closed = false;

  constructor(parts: FileTransfersParts) {
    this.#parts = parts;
  }

  /**
   * Offers a file; those who accept are sent it. Resolves once it is offered.
   *
   * @throws ParleyError `forbidden` where no files, or no messages, may be sent; `badRequest` for one that is too large;
   * `notFound` when nobody is there to get it; `invalidState` once the room is closed.
   */
  async send(file: Blob & { readonly name?: string }, { to }: FileOptions): Promise<OutgoingFile> {
    const { settings, permissions, peers } = this.#parts.state();
    if (this.#closed) throw invalidState('the room is closed');
    if (settings.maxFileSize === 0 || !permissions.canPublishData)
      throw forbidden('no files may be sent in this room');
    if (file.size > settings.maxFileSize)
      throw badRequest(`a file of ${file.size} bytes exceeds ${settings.maxFileSize}`);
    const others = peers.filter(({ isLocal, peerId }) => !isLocal && (to?.includes(peerId) ?? true));
    const receivers = others.map(({ peerId }) => peerId);
    if (receivers.length === 0) throw notFound('nobody is there to get the file');
    const fileId = newFileId();
    const name = safeName(file.name ?? '');
    const outgoing = new OutgoingFile(
      { fileId, name, file, to: receivers },
      {
        send: async (peerId, part) => {
          await this.#pace.take(part.length);
          await this.#parts.send(part, { topic: PART_TOPIC, to: [peerId] });
        },
        cancel: (peerIds) => this.#say({ kind: 'cancel', id: fileId }, peerIds),
        ended: () => {
          clearTimeout(expiry);
          this.#outgoing.delete(fileId);
        },
      },
    );
    const expiry = setTimeout(() => {
      const open = outgoing.receivers
        .filter(({ status }) => status === 'offered')
        .map(({ peerId }) => peerId);
      if (open.length > 0) this.#say({ kind: 'cancel', id: fileId }, open);
      for (const peerId of open) outgoing.end(peerId, 'cancelled');
    }, OFFERED_FOR);
    this.#outgoing.set(fileId, outgoing);
    const offer: FileMessage = { kind: 'offer', id: fileId, name, size: file.size, type: file.type };
    try {
      await this.#parts.send(offer, { topic: FILE_TOPIC, to: receivers });
    } catch (error) {
      for (const peerId of receivers) outgoing.end(peerId, 'failed');
      throw error;
    }
    return outgoing;
  }

  /** Whether a data message is about files, and no business of anybody else. */
  receive({ from, topic, payload }: DataMessage): boolean {
    if (topic !== FILE_TOPIC && topic !== PART_TOPIC) return false;
    if (this.#closed) return true;
    if (topic === PART_TOPIC) {
      const part = readPart(payload);
      if (part) this.#incoming.get(`${from} ${part.id}`)?.take(part.offset, part.bytes);
      return true;
    }
    const message = readFileMessage(payload);
    if (message) this.#read(from, message);
    return true;
  }

  /** Whoever left gets and sends nothing any more. */
  peerLeft(peerId: string): void {
    for (const file of [...this.#outgoing.values()]) file.end(peerId, 'gone');
    for (const file of [...this.#incoming.values()]) if (file.from === peerId) file.end('lost');
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of [...this.#outgoing.values()])
      for (const { peerId } of file.receivers) file.end(peerId, 'gone');
    for (const file of [...this.#incoming.values()]) file.end('lost');
  }

  #read(from: string, message: FileMessage): void {
    const { id } = message;
    const outgoing = this.#outgoing.get(id);
    switch (message.kind) {
      case 'offer':
        this.#offered(from, message);
        break;
      case 'accept':
        outgoing?.accepted(from);
        break;
      case 'decline':
        outgoing?.end(from, 'declined');
        break;
      case 'got':
        outgoing?.got(from, message.bytes);
        break;
      case 'cancel':
        outgoing?.end(from, 'cancelled');
        this.#incoming.get(`${from} ${id}`)?.end('cancelled');
    }
  }

  #offered(from: string, { id, name, size, type }: FileMessage & { kind: 'offer' }): void {
    const { peers, settings } = this.#parts.state();
    const key = `${from} ${id}`;
    const open = [...this.#incoming.values()].filter((one) => one.from === from).length;
    const isKnown = peers.some(({ peerId, isLocal }) => peerId === from && !isLocal);
    if (this.#incoming.has(key) || !isKnown) return;
    if (open >= MAX_FROM_ONE || size > settings.maxFileSize || settings.maxFileSize === 0) {
      this.#say({ kind: 'decline', id }, [from]);
      return;
    }
    let told = 0;
    const file = new IncomingFile(
      { fileId: id, from, name, size, type },
      {
        say: (kind) => {
          this.#say({ kind, id }, [from]);
          if (kind === 'accept' && size === 0) file.complete();
        },
        got: (bytes) => {
          if (bytes < size && bytes - told < TOLD_EVERY) return;
          told = bytes;
          this.#say({ kind: 'got', id, bytes }, [from]);
        },
        ended: () => this.#incoming.delete(key),
      },
    );
    this.#incoming.set(key, file);
    this.#parts.onOffered(file);
  }

  #say(message: FileMessage, to: readonly string[]): void {
    if (this.#closed) return;
    this.#parts.send(message, { topic: FILE_TOPIC, to }).catch((error: unknown) => {
      if (!this.#closed) this.#parts.onError(error instanceof Error ? error : new Error(String(error)));
    });
  }
}
