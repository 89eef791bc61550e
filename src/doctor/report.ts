import { stripVTControlCharacters, styleText } from 'node:util';
import type { Finding, FindingStatus } from './finding.ts';

const MARKS: Record<FindingStatus, string> = { ok: 'ok', warning: 'warning', fault: 'FAULT', skipped: '-' };
const COLOURS = { ok: 'green', warning: 'yellow', fault: 'red', skipped: 'gray' } as const;
const MARK_WIDTH = 9;
const NAME_WIDTH = 11;

/** The findings for a person, a line each, and a line more with what mends it. @param isColoured For a terminal. */
export function report(findings: readonly Finding[], isColoured: boolean): string {
  const paint = (colour: (typeof COLOURS)[FindingStatus] | 'bold', text: string): string =>
    isColoured ? styleText(colour, text) : text;
  const lines = findings.flatMap(({ check, status, text, mend }) => [
    // What programs and other servers said is part of it.
    `${paint(COLOURS[status], MARKS[status].padEnd(MARK_WIDTH))}${check.padEnd(NAME_WIDTH)}${plain(text)}`,
    ...(mend === undefined ? [] : [`${' '.repeat(MARK_WIDTH + NAME_WIDTH)}mend: ${plain(mend)}`]),
  ]);
  return `${[...lines, '', paint('bold', summary(findings))].join('\n')}\n`;
}

/** Whether something is broken, for the exit status. */
export function hasFault(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === 'fault');
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: FindingStatus): number => findings.filter(({ status }) => status === wanted).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  const plural = (n: number, word: string): string => `${n === 0 ? 'no' : n} ${word}${n === 1 ? '' : 's'}`;
  return `${plural(faults, 'fault')}, ${plural(warnings, 'warning')}`;
}

const plain = (text: string): string => stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');
