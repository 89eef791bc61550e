import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../test/support/chromium.ts';

/*
 * Makes the app's pictures (`npm run icons`) from its one drawing, `client/app/favicon.svg`: what a system shows as it is, and
 * what it cuts into a shape of its own, where only the middle 80 % are sure to be seen (W3C Manifest 1.8.3, maskable).
 */

const drawing = readFileSync(resolve('client/app/favicon.svg'), 'utf8');
const folder = resolve('client/app/public/icons');

/** The drawing's ground goes to the edges, and what is on it shrinks into the safe zone. */
const maskable = drawing
  .replace(/rx="\d+"/, '')
  .replace(
    /(<rect[^>]*\/>)([\s\S]*)(<\/svg>)/,
    '$1<g transform="translate(16 16) scale(0.72) translate(-16 -16)">$2</g>$3',
  );

const pictures = [
  { name: 'icon-192', size: 192, svg: drawing },
  { name: 'icon-512', size: 512, svg: drawing },
  { name: 'maskable-512', size: 512, svg: maskable },
];

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'icon.svg'), drawing);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox'] });
try {
  for (const { name, size, svg } of pictures) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`,
    );
    await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
