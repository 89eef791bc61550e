import type { Facts } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

const MIB = 1024 * 1024;
/** MiB below which little can be written, and below which it is time to look. */
const LEAST = 100;
const COMFORTABLE = 1024;

/** Whether there is room where the server writes. */
export function disk({ directories }: Pick<Facts, 'directories'>): Omit<Finding, 'check'>[] {
  if (directories.length === 0) return [skipped('the server writes nothing')];
  return directories.map(({ use, path, free }) => {
    if (free === undefined) return skipped(`${use}: ${path} is not there yet`);
    const mib = Math.floor(free / MIB);
    if (mib >= COMFORTABLE) return ok(`${use}: ${Math.floor(mib / 1024)} GiB are free in ${path}`);
    const text = `${use}: only ${mib} MiB are free in ${path}`;
    const mend = `free some of the disk of ${path}, or let the server write elsewhere`;
    return mib < LEAST ? fault(text, mend) : warning(text, mend);
  });
}
