/** Colours and weights of terminal text; the identity where there shall be none. */
export interface Paint {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  cyan: (text: string) => string;
}

/** SGR sequences (ECMA-48, 8.3.117) or nothing. */
export function paintOf(color: boolean): Paint {
  const sgr = (on: number, off: number) => (text: string) =>
    color && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39),
  };
}

/** Text from outside without control characters, so that it can do nothing to a terminal; line breaks become blanks. */
export function plainText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '');
}

const SGR = '\\x1b\\[[0-9;]*m';
const PIECES = new RegExp(`${SGR}|[^\\x1b]`, 'gu');
const ESCAPE = '\x1b';
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function pieceWidth(piece: string): number {
  if (piece.startsWith(ESCAPE) || /^\p{M}$/u.test(piece)) return 0;
  return WIDE.test(piece) ? 2 : 1;
}

const piecesOf = (text: string): string[] => text.match(PIECES) ?? [];

/** Columns that a text takes (East Asian wide characters: two), colours left out. */
export function textWidth(text: string): number {
  return piecesOf(text).reduce((sum, piece) => sum + pieceWidth(piece), 0);
}

/** The text, cut with `…` where it is wider than so many columns. */
export function fit(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  let cut = '';
  let used = 0;
  let painted = false;
  for (const piece of piecesOf(text)) {
    if (piece.startsWith(ESCAPE)) painted = true;
    else if (used + pieceWidth(piece) > width - 1) break;
    used += pieceWidth(piece);
    cut += piece;
  }
  return `${cut}…${painted ? '\x1b[0m' : ''}`;
}

/** Cut or filled up to exactly so many columns. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const fitted = fit(text, width);
  const blanks = ' '.repeat(Math.max(0, width - textWidth(fitted)));
  return side === 'right' ? fitted + blanks : blanks + fitted;
}

/**
 * Rows as aligned lines, two blanks between columns. `sides` says for each column where the blanks go; the last column
 * is not filled up.
 */
export function columns(
  rows: readonly (readonly string[])[],
  sides: readonly ('left' | 'right')[] = [],
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const side = sides[column] ?? 'right';
        return column === row.length - 1 && side === 'right' ? cell : pad(cell, widths[column] ?? 0, side);
      })
      .join('  ')
      .trimEnd(),
  );
}

const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of exactly so many columns, filled by a share from 0 to 1. */
export function progressBar(share: number, width: number): { done: string; rest: string } {
  const eighths = Math.round(Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * width * 8);
  const done = '█'.repeat(Math.floor(eighths / 8)) + (BLOCKS[eighths % 8] ?? '');
  return { done, rest: '░'.repeat(Math.max(0, width - done.length)) };
}

const LEVELS = '▁▂▃▄▅▆▇█';

/** The last values as so many columns at most; null is a blank. */
export function sparkText(values: readonly (number | null)[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const max = shown.reduce<number>((highest, value) => Math.max(highest, value ?? 0), 0);
  return shown
    .map((value) => {
      if (value === null) return ' ';
      return LEVELS[max > 0 ? Math.min(7, Math.floor((value / max) * 7.999)) : 0] ?? ' ';
    })
    .join('');
}
