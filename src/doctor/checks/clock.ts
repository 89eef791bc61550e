import type { Facts } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

/** s that access tokens allow two clocks to differ; more refuses tokens, and TURN credentials. */
const TOLERANCE = 60;
/** s that a clock that is kept by NTP never differs. */
const REMARKABLE = 5;

/** Whether this machine’s clock agrees with others: tokens and TURN credentials are valid by the clock. */
export function clock({ clocks }: Pick<Facts, 'clocks'>): Omit<Finding, 'check'>[] {
  if (clocks.length === 0) return [skipped('there is no other clock to compare with (Redis, or --url)')];
  return clocks.map(({ source, ahead, accuracy }) => {
    const off = Math.max(0, Math.abs(ahead) - accuracy) / 1000;
    if (off <= REMARKABLE) return ok(`this machine’s clock agrees with ${source}`);
    const text = `this machine’s clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} ${source}`;
    const mend = 'let NTP keep the clocks of both machines (timedatectl set-ntp true)';
    return off > TOLERANCE
      ? fault(`${text}: tokens and TURN credentials are refused or too old`, mend)
      : warning(text, mend);
  });
}
