import { cpuTable, type Comparison } from './table.ts';

const BLOCK = /(<!-- bench -->\n)[^]*(<!-- \/bench -->)/;

/** What the README says of a comparison. */
export function readmeFigures(comparison: Comparison): string {
  const { at, machine, versions, rounds, floor } = comparison;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `
\`npm run bench\` of ${at.slice(0, 10)}, ${rounds} round${rounds === 1 ? '' : 's'} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${names.join(', ')}.
Median (lowest–highest) of the valid rounds, CPU of the whole process tree; the floor of this machine is ${(floor.send + floor.encrypt).toFixed(1)} µs
(one \`sendto\` and one AES-GCM). More in [bench/results/servers.md](bench/results/servers.md).

${cpuTable(comparison)}

`;
}

/** The README with these figures; as it was where it has no place for them. */
export function withFigures(readme: string, comparison: Comparison): string {
  // A function, because figures may have a `$`.
  return readme.replace(BLOCK, (_all, start: string, end: string) => start + readmeFigures(comparison) + end);
}
