import { markup, trusted, type Markup } from './markup.ts';
import { pageScript } from './pageScript.ts';
import { pageStyle } from './pageStyle.ts';

export interface Page {
  title: string;
  /** Links to sections: fragment and text. */
  contents: readonly { id: string; label: string }[];
  /** Begins with a `header` element. */
  body: Markup;
  /** Who made it, below everything. */
  footer: string;
}

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole HTML document that needs nothing besides itself, and whose policy forbids it to ask. */
export function htmlPage(page: Page): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#${page.contents[0]?.id ?? 'top'}">Skip to the results</a>
<div class="topbar"><nav aria-label="Sections"><strong><span class="logo" aria-hidden="true"></span>Parley</strong>${page.contents.map(
    ({ id, label }) => markup`<a href="#${id}">${label}</a>`,
  )}</nav><button id="theme" type="button" hidden>Theme: auto</button></div>
<main id="top">
${page.body}
</main>
<footer>${page.footer}</footer>
<script>${trusted(pageScript)}</script>
</body>
</html>
`.markup;
}

/** A titled part of a page. */
export function section(id: string, title: string, content: Markup, lead?: string): Markup {
  return markup`
<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${
    lead === undefined ? null : markup`<p class="lead">${lead}</p>`
  }${content}</section>`;
}

/** A table that scrolls by itself where it is too wide. Columns named in `numbers` are set to the right. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
  numbers: readonly string[] = [],
): Markup {
  const side = (index: number): string => (numbers.includes(columns[index] ?? '') ? ' class="number"' : '');
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${columns.map(
    (column, index) => markup`<th scope="col"${trusted(side(index))}>${column}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      markup`<tr>${row.map((cell, index) =>
        index === 0
          ? markup`<th scope="row"${trusted(side(index))}>${cell}</th>`
          : markup`<td${trusted(side(index))}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}
