import type { ParleyError } from '../support/errors.ts';

const TITLES: Partial<Record<ParleyError['code'], string>> = {
  notFound: 'Nothing here',
  badRequest: 'That does not work',
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
<title>${title} - Parley</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 17px/1.6 system-ui, sans-serif;
    color: light-dark(#1c2230, #e8eaf0); background: light-dark(#f6f7fa, #11141c); }
  main { max-width: 26rem; padding: 2rem; text-align: center; }
  h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
  a { display: inline-block; margin-top: 1rem; padding: .6rem 1.2rem; border-radius: .7rem; font-weight: 600;
    text-decoration: none; color: #fff; background: #4353d6; }
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
