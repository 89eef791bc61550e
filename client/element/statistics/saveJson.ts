/** Has the browser save a value as a file, as if the person had clicked a link to it. */
export function saveJson(within: HTMLElement, name: string, value: unknown): void {
  const file = new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' });
  const url = URL.createObjectURL(file);
  const link = within.ownerDocument.createElement('a');
  Object.assign(link, { href: url, download: name });
  link.click();
  // The browser has taken it by then, whenever that is.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
