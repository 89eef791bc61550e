import { randomUUID } from 'node:crypto';
import type { ChatMessage } from '../protocol/models.ts';

/** The last messages of a room, oldest first, for those who join later. */
export class ChatHistory {
  readonly #capacity: number;
  readonly #messages: ChatMessage[] = [];

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
    if (this.#messages.length > this.#capacity) this.#messages.shift();
    return message;
  }
}
