import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

const defaultOf = ({ default: value, defaultText }: Setting): string => defaultText ?? JSON.stringify(value);

/** What `--help` prints. */
export function helpText(): string {
  const rows = Object.values(settings) as Setting[];
  const width = Math.max(...rows.map(({ env }) => env.length)) + 2;
  return [
    'Usage: npm start -- [options]',
    '',
    '  --config FILE   settings from a YAML or JSON file; environment variables win',
    '  --https         serve HTTPS with a certificate that this machine signs itself',
    '  --help, -h      print this',
    '  --version       print the version',
    '',
    'Environment variables (the same settings in a file have the key in the README’s table):',
    '',
    ...rows.map((row) => `  ${row.env.padEnd(width)}${row.description} (${defaultOf(row)})`),
    '',
  ].join('\n');
}

/** The settings as a Markdown table; the README's is held against it. */
export function settingsTable(): string {
  const rows = Object.entries(settings) as [string, Setting][];
  return [
    '| variable | in a file | default | what it is |',
    '| --- | --- | --- | --- |',
    ...rows.map(([key, row]) => `| \`${row.env}\` | \`${key}\` | ${defaultOf(row)} | ${row.description} |`),
  ].join('\n');
}
