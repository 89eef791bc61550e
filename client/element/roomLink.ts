import type { NoticeBoard } from './NoticeBoard.ts';
import { text } from './text.ts';

/** The address at which anybody can join a room with a browser. */
export function roomLink(serverUrl: string, room: string): string {
  return new URL(`/r/${encodeURIComponent(room)}`, serverUrl).href;
}

/** Puts a link on the clipboard, and says whether it is there. */
export async function copyLink(link: string, board: NoticeBoard): Promise<void> {
  const copied = await copyText(link);
  board.show(copied ? text.copied : text.copyFailed, copied ? 'info' : 'error');
}

/** Puts a text on the clipboard; false where the browser does not let us. */
async function copyText(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return copyBySelection(value);
  }
}

/** For pages without a secure context, where there is no Clipboard API. */
function copyBySelection(value: string): boolean {
  const field = document.createElement('textarea');
  field.value = value;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  try {
    // Deprecated, and the only way left on plain HTTP.
    return (document as { execCommand: (command: string) => boolean }).execCommand('copy');
  } finally {
    field.remove();
  }
}
