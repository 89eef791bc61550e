import { formatValue } from '../results/format.ts';
import { NOT_MEASURED } from '../results/measured.ts';
import type { Distribution, Unit } from '../results/runResult.ts';
import { markup, type Markup } from './markup.ts';

export interface BarRow {
  label: string;
  /** What it means, small below the label. */
  note?: string;
  /** null: not measured. */
  values: Distribution | null;
}

/** A table of distributions with a bar each: dark up to p50, light up to p95, a stroke at p99. */
export function barPlot(caption: string, rows: readonly BarRow[], unit: Unit): Markup {
  const measured = rows.flatMap((row) => (row.values && row.values.count > 0 ? [row.values] : []));
  const max = Math.max(...measured.map((values) => values.p99), 0) || 1;
  const share = (value: number): number => Number(((Math.max(0, value) / max) * 100).toFixed(2));
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="bars"><caption>${caption}</caption><thead><tr><th scope="col">Phase</th><th scope="col" class="number">p50</th><th scope="col" class="number">p95</th><th scope="col" class="number">p99</th><th scope="col" class="bar"><span class="legend inline"><span><span class="swatch b50"></span>p50</span> <span><span class="swatch b95"></span>p95</span> <span><span class="swatch b99"></span>p99</span></span></th></tr></thead><tbody>${rows.map(
    ({ label, note, values }) => {
      const head = markup`<th scope="row">${label}${note === undefined ? null : markup`<small>${note}</small>`}</th>`;
      if (values === null || values.count === 0) {
        return markup`<tr>${head}<td colspan="4" class="quiet">${NOT_MEASURED}</td></tr>`;
      }
      const { p50, p95, p99 } = values;
      return markup`<tr>${head}${[p50, p95, p99].map(
        (value) => markup`<td class="number">${formatValue(value, unit)}</td>`,
      )}<td class="bar"><svg viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label="${label}: p50 ${formatValue(p50, unit)}, p95 ${formatValue(p95, unit)}"><rect class="b95" x="0" y="2" width="${share(p95)}" height="12"/><rect class="b50" x="0" y="2" width="${share(p50)}" height="12"/><path class="b99" d="M${share(p99)} 1V15"/></svg></td></tr>`;
    },
  )}</tbody></table></div>`;
}
