/** A piece of HTML, SVG or XML in which everything foreign is escaped. */
export interface Markup {
  readonly markup: string;
}

type Insert = string | number | Markup | readonly Markup[] | null | undefined;

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes text for element content and quoted attributes of HTML and XML 1.0. Characters that XML 1.0 (2.2) does not
 * have, such as control characters and lone surrogates, become U+FFFD.
 */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Template tag: strings and numbers that are put in are escaped, markup is not. null and undefined are nothing. */
export function markup(parts: TemplateStringsArray, ...inserts: Insert[]): Markup {
  return { markup: parts.map((part, index) => part + insertText(inserts[index])).join('') };
}

/** Text of our own that is markup already. Never for text that came from outside. */
export function trusted(text: string): Markup {
  return { markup: text };
}

/**
 * JSON for the page's script, in an element that browsers do not run. `<` is written as an escape, so that no text in
 * it can end the element.
 */
export function jsonIsland(value: unknown): Markup {
  const json = JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028|\u2029/g, ' ');
  return trusted(`<script type="application/json">${json}</script>`);
}

function insertText(insert: Insert): string {
  if (insert === null || insert === undefined) return '';
  if (typeof insert === 'number' || typeof insert === 'string') return escapeMarkup(String(insert));
  return 'markup' in insert ? insert.markup : insert.map((piece) => piece.markup).join('');
}
