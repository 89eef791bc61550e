import { readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

/*
 * What a page loads at first, as the server's `compression` sends it: the built files with all that they import
 * statically. What is imported dynamically is loaded when it is needed, and does not count.
 */

const build = resolve(import.meta.dirname, '../../dist/client');
const read = (file: string): Buffer => readFileSync(resolve(build, file));

/** Static imports and re-exports of a module as Rolldown writes it, which is without line breaks in them. */
function importsOf(file: string): string[] {
  const text = read(file).toString();
  const found = [
    ...text.matchAll(/(?:^|[;}\s])(?:import|export)(?:\s*[\w$*{][^;"'()]*?from)?\s*["'](\.[^"']+)["']/g),
  ];
  return found.map((match) => posix.join(posix.dirname(file), match[1] ?? ''));
}

/** What a page names in its head: scripts, their preloads, and style sheets. */
function filesOf(page: string): string[] {
  const text = read(page).toString();
  return [...text.matchAll(/<(?:script|link)[^>]*?(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(
    (match) => match[1] ?? '',
  );
}

/** Every file that comes with these, themselves included. */
function withImports(files: readonly string[]): Set<string> {
  const all = new Set<string>();
  const visit = (file: string): void => {
    if (all.has(file)) return;
    all.add(file);
    if (file.endsWith('.js')) for (const imported of importsOf(file)) visit(imported);
  };
  for (const file of files) visit(file);
  return all;
}

const size = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(read(file)).length, 0);

const loads: [what: string, files: () => Set<string>, kilobytes: number][] = [
  ['embed.js, before it loads the room', () => withImports(['embed.js']), 10],
  ['the SDK', () => withImports(['sdk/parley.js']), 80],
  ['the room page', () => withImports(['room.html', ...filesOf('room.html')]), 200],
  ['the room in a frame', () => withImports(['frame.html', ...filesOf('frame.html')]), 200],
];

describe('gzipped, there are', () => {
  it.each(loads)('%s: files of no more than the limit', (_, files, kilobytes) => {
    expect(size(files())).toBeLessThanOrEqual(kilobytes * 1000);
  });

  it('in each of them more than an empty shell, and in the small script nothing of the room', () => {
    const [embed, sdk, room] = loads.map(([, files]) => files()) as [Set<string>, Set<string>, Set<string>];
    expect(size(embed)).toBeGreaterThan(1000);
    expect(size(sdk)).toBeGreaterThan(40_000);
    expect(size(room)).toBeGreaterThan(size(sdk));
    const code = [...embed].map((file) => read(file).toString()).join();
    expect(code).toContain('parley-inline-room');
    expect(code).not.toContain('parley-control-bar');
  });
});
