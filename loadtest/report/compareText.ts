import { shownValue } from '../results/measured.ts';
import { verdictText } from '../results/verdict.ts';
import { columns, fit, paintOf, plainText, type Paint } from '../view/terminalText.ts';
import { metricLabel, ratioText, type Comparison, type Judgement } from './compare.ts';

const NAME_WIDTH = 24;

/** A comparison for the terminal: warnings, then a table with the ratio b/a and who is better. */
export function compareText(
  comparison: Comparison,
  options: { color?: boolean; width?: number } = {},
): string {
  const paint = paintOf(options.color ?? false);
  const { a, b, metrics, warnings } = comparison;
  const name = (text: string): string => fit(plainText(text), NAME_WIDTH);
  const head = ['', paint.bold(name(a.name)), paint.bold(name(b.name)), paint.bold('b/a'), ''];
  const verdicts = ['verdict', verdictText(a.result).label, verdictText(b.result).label, '', ''].map((cell) =>
    cell.toLowerCase(),
  );
  const rows = metrics.map((row) => [
    plainText(metricLabel(row)),
    shownValue(row.a, row.unit),
    shownValue(row.b, row.unit),
    ratioText(row.ratio),
    judgementText(row.judgement, paint),
  ]);
  const lines = [
    ...warnings.map((warning) => `${paint.yellow('!')} ${plainText(warning)}`),
    ...(warnings.length > 0 ? [''] : []),
    ...columns([head, verdicts, ...rows], ['right', 'left', 'left', 'left']),
  ];
  const { width } = options;
  return `${(width === undefined ? lines : lines.map((line) => fit(line, width))).join('\n')}\n`;
}

function judgementText(judgement: Judgement, paint: Paint): string {
  switch (judgement) {
    case 'better':
      return paint.green('✓ better');
    case 'worse':
      return paint.red('✗ worse');
    case 'same':
      return paint.dim('= same');
    case 'unknown':
      return '';
  }
}
