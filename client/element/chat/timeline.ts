import type { ChatMessage } from '../../../src/protocol/models.ts';
import type { FileView } from '../conduct/fileViews.ts';

/** One thing in the conversation. */
export type Entry =
  | { id: string; message: ChatMessage; grouped: boolean; file?: undefined }
  | { id: string; file: FileView; message?: undefined };

/** Messages of one sender this close together stand under one name (ms). */
const GROUP = 3 * 60_000;

/**
 * Messages in their order, and each file after the message that was the newest when it came: clocks do not say, because
 * the server's and this page's differ.
 */
export function timeline(messages: readonly ChatMessage[], files: readonly FileView[]): Entry[] {
  const known = new Set(messages.map(({ messageId }) => messageId));
  const filesAfter = (messageId: string | null): Entry[] =>
    files
      // One whose message is not kept any more is older than all that are.
      .filter(({ after }) => (after !== null && known.has(after) ? after : null) === messageId)
      .map((file) => ({ id: file.id, file }));
  const entries = filesAfter(null);
  for (const message of messages) {
    const before = entries.at(-1)?.message;
    entries.push({
      id: message.messageId,
      message,
      grouped: before !== undefined && goTogether(before, message),
    });
    entries.push(...filesAfter(message.messageId));
  }
  return entries;
}

function goTogether(before: ChatMessage, message: ChatMessage): boolean {
  return (
    before.peerId === message.peerId &&
    before.to === message.to &&
    message.replyTo === undefined &&
    message.sentAt - before.sentAt < GROUP
  );
}
