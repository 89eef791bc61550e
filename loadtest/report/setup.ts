import { stringify } from 'yaml';
import { formatValue } from '../results/format.ts';
import type { RunResult } from '../results/runResult.ts';
import { markup, type Markup } from './markup.ts';

/** The scenario as it could stand in a file, and the machine and versions. */
export function setupSection(result: RunResult): Markup {
  const { machine, tool, server } = result;
  const groups: [string, [string, string][]][] = [
    [
      'Machine of the test',
      [
        ['Processor', `${machine.cpu}, ${formatValue(machine.cores, 'cores')}`],
        ['Memory', formatValue(machine.memory, 'bytes')],
        ['System', machine.os],
      ],
    ],
    [
      'Load test',
      [
        ['Version', `${tool.name} ${tool.version}`],
        ['Node.js', tool.node],
        ['Seed', String(result.scenario.seed)],
      ],
    ],
    ['Server', Object.entries(server)],
  ];
  return markup`<div class="split"><div class="card">${scenarioText(result)}</div><dl class="pairs card">${groups
    .filter(([, pairs]) => pairs.length > 0)
    .map(
      ([title, pairs]) =>
        markup`<h3>${title}</h3>${pairs.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}`,
    )}</dl></div>`;
}

function scenarioText(result: RunResult): Markup {
  const lines = stringify(result.scenario, { lineWidth: 0 }).trimEnd().split('\n');
  return markup`<pre tabindex="0" aria-label="Scenario">${lines.map((line, index) => {
    const parts = /^(\s*(?:- )?)([\w.]+)(:.*)$/.exec(line);
    const text = parts ? markup`${parts[1]}<span class="k">${parts[2]}</span>${parts[3]}` : markup`${line}`;
    return index === 0 ? text : markup`\n${text}`;
  })}</pre>`;
}
