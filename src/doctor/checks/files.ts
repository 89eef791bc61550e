import type { Facts } from '../facts.ts';
import { fault, ok, skipped, type Finding } from '../finding.ts';

/** Files that the server has open without peers: its own, the workers’ pipes, the pages that are asked for. */
const OWN = 256;

/** Whether the server may open as many sockets as it promises peers. */
export function files({
  fileLimit,
  settings,
}: Pick<Facts, 'fileLimit' | 'settings'>): Omit<Finding, 'check'>[] {
  if (fileLimit === undefined) return [skipped('the limit of open files is not known')];
  const { maxPeers } = settings;
  const needed = maxPeers + OWN;
  if (fileLimit >= needed)
    return [ok(`${fileLimit === Infinity ? 'any number of' : fileLimit} files may be open`)];
  return [
    fault(
      `${fileLimit} files may be open, and ${maxPeers} peers (PARLEY_MAX_PEERS) need ${needed}`,
      `raise the limit (systemd: LimitNOFILE=${needed}, docker: --ulimit nofile=${needed}, shell: ulimit -n ${needed}), or set PARLEY_MAX_PEERS=${Math.max(1, fileLimit - OWN)}`,
    ),
  ];
}
