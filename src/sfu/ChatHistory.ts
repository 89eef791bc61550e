import { randomUUID } from 'node:crypto';
import type { ChatMessage } from '../protocol/models.ts';

/** Characters of all messages together: a snapshot carries them to everybody who joins. */
const MAX_CHARACTERS = 262_144;

/** Stamps a message with an id and the server's time. */
export function chatMessage(
  { peerId, name }: { peerId: string; name: string },
  text: string,
  rest: Pick<ChatMessage, 'to' | 'replyTo'>,
): ChatMessage {
  return { messageId: randomUUID(), peerId, name, text, sentAt: Date.now(), ...rest };
}

/** The last messages of a room, oldest first, for those who join later. */
export class ChatHistory {
  readonly #capacity: number;
  readonly #messages: ChatMessage[] = [];
  readonly #ids = new Set<string>();
  #characters = 0;
  /** When the last one was sent that made place for others, ms since the epoch. */
  #goneUntil = -Infinity;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Stamps the message with an id and the server's time. */
  add(sender: { peerId: string; name: string }, text: string, replyTo?: string): ChatMessage {
    const message = chatMessage(sender, text, replyTo === undefined ? {} : { replyTo });
    this.#take([message]);
    return message;
  }

  /** A message of another node, as it is said. Returns whether it is new. */
  receive(message: ChatMessage): boolean {
    if (this.#ids.has(message.messageId)) return false;
    this.#take([message]);
    return true;
  }

  /** What another node remembers. Returns what is new of it and has a place here, oldest first. */
  merge(messages: readonly ChatMessage[]): ChatMessage[] {
    // What was known once and went must not come back as new.
    const missing = messages.filter(
      ({ messageId, sentAt }) => !this.#ids.has(messageId) && sentAt > this.#goneUntil,
    );
    const unique = [...new Map(missing.map((message) => [message.messageId, message])).values()];
    if (unique.length > 0) this.#take(unique);
    return unique.filter(({ messageId }) => this.#ids.has(messageId));
  }

  #take(messages: readonly ChatMessage[]): void {
    const first = Math.min(...messages.map(({ sentAt }) => sentAt));
    const isInOrder = first >= (this.#messages.at(-1)?.sentAt ?? -Infinity);
    for (const message of messages) {
      this.#messages.push(message);
      this.#ids.add(message.messageId);
      this.#characters += message.text.length;
    }
    // Stable, so that what a sender said within the same ms stays in order.
    if (!isInOrder || messages.length > 1) this.#messages.sort((a, b) => a.sentAt - b.sentAt);
    let gone = 0;
    while (this.#messages.length - gone > this.#capacity || this.#characters > MAX_CHARACTERS) {
      const message = this.#messages[gone++];
      if (!message) break;
      this.#ids.delete(message.messageId);
      this.#characters -= message.text.length;
      this.#goneUntil = Math.max(this.#goneUntil, message.sentAt);
    }
    if (gone > 0) this.#messages.splice(0, gone);
  }
}
