import type { Facts } from '../facts.ts';
import { fault, ok, type Finding } from '../finding.ts';

/** As `package.json` has it. */
const OLDEST_NODE = [20, 19] as const;

/** What Parley runs with. */
export function programs({
  ffmpeg,
  nodeVersion,
}: Pick<Facts, 'ffmpeg' | 'nodeVersion'>): Omit<Finding, 'check'>[] {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return [
    isOld
      ? fault(`Node.js is ${nodeVersion}`, `install Node.js ${OLDEST_NODE.join('.')} or a later one`)
      : ok(`Node.js is ${nodeVersion}`),
    ok(ffmpeg === undefined ? 'ffmpeg is not there, and only recording needs it' : `ffmpeg is ${ffmpeg}`),
  ];
}
