import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { flagsTable, metricsTable, scenariosTable } from '../../loadtest/cli/tables.ts';
import { exitStatus } from '../../loadtest/exitStatus.ts';
import { OPERATORS, STATISTICS } from '../../loadtest/results/thresholds.ts';
import { compileScenario } from '../../loadtest/scenario/compileScenario.ts';
import { readScenario } from '../../loadtest/scenario/readScenario.ts';
import { scenarioFileSchema } from '../../loadtest/scenario/scenarioFile.ts';
import { call } from './support/callCli.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/loadtest.md'), 'utf8');

/** A Markdown table's rows as lists of cells, however its columns are padded. */
function rows(table: string): string[][] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

const between = (name: string): string =>
  new RegExp(`<!-- ${name} -->([^]*)<!-- /${name} -->`).exec(page)?.[1] ?? '';
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');

describe('the page about the load test', () => {
  it.each([
    ['flags', flagsTable()],
    ['metrics', metricsTable()],
    ['scenarios', scenariosTable()],
  ])('has the table of %s that is in the code', (name, table) =>
    expect(rows(between(name))).toEqual(rows(table)),
  );

  it('has a row for each field of a scenario file', () => {
    const named = rows(page).map(([first = '']) => first.replaceAll('`', ''));
    const fields = Object.keys(scenarioFileSchema.shape);
    const at = named.indexOf('extends');
    expect(named.slice(at, at + fields.length).sort()).toEqual(fields.sort());
  });

  it('has a row for each exit status', () => {
    const named = rows(page).map(([first = '']) => first);
    for (const status of Object.values(exitStatus)) expect(named).toContain(String(status));
  });

  it('names the statistics and operators', () => {
    expect(page).toContain(`${STATISTICS.join(', ')}.`);
    expect(page).toContain(`${OPERATORS.map((operator) => `\`${operator}\``).join(' ')}.`);
  });

  it('shows a scenario file that compiles', () => {
    const [example = '', ...others] = blocks('yaml');
    expect(others).toEqual([]);
    const draft = readScenario(example, 'example.yaml');
    expect(draft.groups.map(({ name, count }) => [name, count])).toEqual([
      ['publishers', 2],
      ['viewers', 200],
      ['late', 5],
    ]);
    expect(compileScenario({}, draft, () => undefined)).toEqual(draft);
  });

  it('shows command lines that are understood', async () => {
    const lines = (blocks('sh')[0] ?? '').split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const words = (line.split(/\s+#/)[0] ?? '').split(/\s+/).map((word) => word.replaceAll('"', ''));
      expect(words.shift()).toBe('parley-loadtest');
      const called = await call(words);
      expect([line, called.err]).toEqual([line, '']);
      expect(called.run).toBeDefined();
    }
  });
});
