/** The address at which anybody can join a room with a browser. */
export function roomLink(serverUrl: string, room: string): string {
  return new URL(`/r/${encodeURIComponent(room)}`, serverUrl).href;
}

/** Puts a text on the clipboard; false where the browser does not let us. */
export async function copyText(value: string): Promise<boolean> {
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
