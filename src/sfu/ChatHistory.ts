import { randomUUID } from 'node:crypto';
import type { ChatMessage } from '../protocol/models.ts';

/** Characters of all messages together: a snapshot carries them to everybody who joins. */
const MAX_CHARACTERS = 262_144;

/** The last messages of a room, oldest first, for those who join later. */
export class ChatHistory {
  readonly #capacity: number;
  readonly #messages: ChatMessage[] = [];
  #characters = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Stamps the message with an id and the server's time. */
  add(sender: { peerId: string; name: string }, text: string): ChatMessage {
    const message = {
      messageId: randomUUID(),
      peerId: sender.peerId,
      name: sender.name,
      text,
      sentAt: Date.now(),
    };
    this.#messages.push(message);
    this.#characters += text.length;
    while (this.#messages.length > this.#capacity || this.#characters > MAX_CHARACTERS) {
      this.#characters -= this.#messages.shift()?.text.length ?? 0;
    }
    return message;
  }
}
