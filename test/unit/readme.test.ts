import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { requestSchemas } from '../../src/protocol/requests.ts';
import { settingsTable } from '../../src/settingTexts.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const readme = read('README.md');

/** A Markdown table's rows as lists of cells, however its columns are padded. */
function rows(table: string): string[][] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

describe('the README', () => {
  it('has a configuration table that is the schema', () => {
    const table = /<!-- settings -->([^]*)<!-- \/settings -->/.exec(readme)?.[1] ?? '';
    expect(rows(table)).toEqual(rows(settingsTable()));
  });

  it('names every request and every event of the protocol', () => {
    const named = rows(readme).map(([first = '']) => first.replaceAll('`', ''));
    const events = [...read('src/protocol/events.ts').matchAll(/^ {2}(\w+): \{/gm)].map((match) => match[1]);
    expect(events).toContain('peerJoined');
    for (const name of [...Object.keys(requestSchemas), ...events]) expect(named).toContain(name);
  });

  it('calls only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const called = [...readme.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(called.length).toBeGreaterThan(0);
    for (const name of called) expect(Object.keys(scripts)).toContain(name);
  });

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(() => readFileSync(resolve(root, link))).not.toThrow(/ENOENT/);
  });
});
