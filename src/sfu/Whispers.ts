import type { ChatMessage } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

/** Characters of all private messages of a room together. */
const MAX_CHARACTERS = 262_144;

/** The last private messages of a room, for the two who know of each; nobody else is shown them. */
export class Whispers extends TypedEmitter<{ added: [message: ChatMessage, to: string] }> {
  readonly #capacity: number;
  /** Oldest first. */
  readonly #messages: { message: ChatMessage; to: string }[] = [];
  #characters = 0;

  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  add(message: ChatMessage, to: string): void {
    this.#messages.push({ message, to });
    this.#characters += message.text.length;
    while (this.#messages.length > this.#capacity || this.#characters > MAX_CHARACTERS)
      this.#characters -= this.#messages.shift()?.message.text.length ?? 0;
    this.emit('added', message, to);
  }

  /** Those that a peer wrote or was written. */
  of(peerId: string): ChatMessage[] {
    return this.#messages.flatMap(({ message, to }) =>
      message.peerId === peerId || to === peerId ? message : [],
    );
  }
}
