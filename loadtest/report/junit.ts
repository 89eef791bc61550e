import { shownValue } from '../results/measured.ts';
import type { RunResult, ThresholdResult } from '../results/runResult.ts';
import { thresholdLine, verdictText } from '../results/verdict.ts';
import { escapeMarkup, markup, type Markup } from './markup.ts';

/**
 * The run as JUnit XML: one test case says whether the run is valid, and one per threshold whether it is met. Those of
 * an invalid run are skipped, because nothing is known of the server.
 */
export function junitXml(result: RunResult): string {
  const { scenario, thresholds, verdict } = result;
  const invalid = verdict === 'invalid';
  const failures = invalid ? 0 : thresholds.filter(({ met }) => !met).length;
  const seconds = (result.took / 1000).toFixed(3);
  const counts = markup`tests="${thresholds.length + 1}" failures="${failures}" errors="${invalid ? 1 : 0}" time="${seconds}"`;
  const suite = `loadtest.${scenario.name}`;
  const properties: [string, string][] = [
    ['target', scenario.url ?? scenario.target],
    ['tool', `${result.tool.name} ${result.tool.version}`],
    ['node', result.tool.node],
    ['cpu', result.machine.cpu],
    ['cores', String(result.machine.cores)],
    ...Object.entries(result.server).map(([name, value]): [string, string] => [`server.${name}`, value]),
  ];
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${result.tool.name}" ${counts}>
  <testsuite name="${suite}" ${counts} skipped="${invalid ? thresholds.length : 0}" timestamp="${result.startedAt.replace(/(\.\d+)?Z$/, '')}">
    <properties>${properties.map(
      ([name, value]) => markup`
      <property name="${name}" value="${value}"/>`,
    )}
    </properties>
    <testcase classname="${suite}" name="the load generator keeps up" time="${seconds}">${
      invalid ? outcome('error', verdictText(result).headline, result.invalid) : null
    }</testcase>${thresholds.map((threshold) => thresholdCase(threshold, suite, invalid))}
  </testsuite>
</testsuites>
`.markup;
}

function thresholdCase(threshold: ThresholdResult, suite: string, invalid: boolean): Markup {
  const said = shownValue(threshold.measured, threshold.unit);
  const content = invalid
    ? markup`<skipped message="${`the run is invalid (measured: ${said})`}"/>`
    : threshold.met
      ? markup`<system-out>${`measured: ${said}`}</system-out>`
      : outcome('failure', `measured: ${said}`, [thresholdLine(threshold)]);
  return markup`
    <testcase classname="${suite}" name="${threshold.expression}" time="0">${content}</testcase>`;
}

function outcome(kind: 'error' | 'failure', message: string, lines: readonly string[]): Markup {
  const type = kind === 'error' ? 'invalid' : 'threshold';
  return {
    markup: `<${kind} type="${type}" message="${escapeMarkup(message)}">${escapeMarkup(lines.join('\n'))}</${kind}>`,
  };
}
