import { invalidState } from '../../src/support/errors.ts';
import { namedTree } from './processUsage.ts';

/**
 * Ends the first mediasoup worker of a server by SIGKILL, as a crash would, and returns its process id.
 *
 * @throws ParleyError `invalidState` when it has none.
 */
export function killFirstWorker(serverPid: number): number {
  const worker = namedTree(serverPid).find(({ name }) => name.startsWith('worker '));
  if (!worker) throw invalidState('the server has no worker that could be killed');
  process.kill(worker.pid, 'SIGKILL');
  return worker.pid;
}
