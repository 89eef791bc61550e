import type { ParleyError } from '../support/errors.ts';

const TITLES: Partial<Record<ParleyError['code'], string>> = {
  notFound: 'Nothing here',
  badRequest: 'That link does not work',
};

/** A page for a person who followed a wrong link; needs no script and no file besides itself. */
export function errorPage(error: ParleyError): string {
  const title = TITLES[error.code] ?? 'Something went wrong';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Parley</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif;
    color-scheme: light dark; color: light-dark(#131817, #eff3f2); background: light-dark(#f2f4f3, #0e1110); }
  main { max-width: 26rem; padding: 2rem; text-align: center; }
  h1 { font-size: 1.5rem; letter-spacing: -.02em; margin: 0 0 .5rem; }
  p { margin: 0 0 1.5rem; color: light-dark(#55605d, #a3afac); overflow-wrap: anywhere; }
  a { display: inline-block; padding: .65rem 1.15rem; border-radius: 12px; font-weight: 600; text-decoration: none;
    color: light-dark(#fff, #04211d); background: light-dark(#0a766b, #3fd3c0); }
  a:hover { background: light-dark(#08655b, #62e0cf); }
  a:focus-visible { outline: 2px solid light-dark(#0a766b, #3fd3c0); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escapeHtml(error.message)}</p>
<a href="/">To the start page</a>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
