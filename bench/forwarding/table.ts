/** One line of a table of figures: what was measured several times, and what it should be. */
export interface Row {
  what: string;
  values: readonly number[];
  unit: string;
  /** What the worst of the values is held against. */
  goal?: { atMost: number } | { atLeast: number };
}

/** A row in figures, as it is printed and kept. */
export interface Figures {
  what: string;
  unit: string;
  count: number;
  median: number;
  /** The value that 95 % of them are at least as good as. */
  p95: number;
  worst: number;
  goal: string;
  met: boolean | null;
}

/** The median and the worst of a row; a benchmark fails nobody. */
export function figuresOf({ what, values, unit, goal }: Row): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const isFloor = goal !== undefined && 'atLeast' in goal;
  const better = isFloor ? sorted.toReversed() : sorted;
  const at = (quantile: number): number =>
    better[Math.max(0, Math.ceil(quantile * better.length) - 1)] ?? NaN;
  const [median, p95, worst] = [at(0.5), at(0.95), at(1)];
  const limit = goal && ('atLeast' in goal ? goal.atLeast : goal.atMost);
  return {
    what,
    unit,
    count: values.length,
    median: rounded(median),
    p95: rounded(p95),
    worst: rounded(worst),
    goal: limit === undefined ? '' : `${isFloor ? 'at least' : 'at most'} ${limit}`,
    met: limit === undefined ? null : isFloor ? worst >= limit : worst <= limit,
  };
}

/** The figures as a Markdown table. */
export function tableOf(rows: readonly Figures[]): string {
  const verdict = ({ met }: Figures): string => (met === null ? '' : met ? 'met' : 'missed');
  return [
    '| what | times | median | p95 | worst | goal | |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| ${row.what} (${row.unit}) | ${row.count} | ${row.median} | ${row.p95} | ${row.worst} | ${row.goal} | ${verdict(row)} |`,
    ),
  ].join('\n');
}

function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
