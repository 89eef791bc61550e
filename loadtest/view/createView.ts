import type { View, ViewOutput } from './LiveView.ts';
import { PlainView } from './PlainView.ts';
import { TerminalView } from './TerminalView.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether to write colours: a terminal, unless `NO_COLOR` (no-color.org) is set or the terminal is a dumb one. */
export function wantsColor(output: ViewOutput, environment: Environment = process.env): boolean {
  const forbidden = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return output.isTTY === true && !forbidden;
}

/** The view that suits an output: redrawn in place on a terminal, lines elsewhere and on dumb terminals. */
export function createView(output: ViewOutput, environment: Environment = process.env): View {
  if (output.isTTY !== true || environment['TERM'] === 'dumb') return new PlainView(output);
  return new TerminalView(output, { color: wantsColor(output, environment) });
}
