import { UDP_BUFFER } from '../../workers/listenAddresses.ts';
import type { Facts } from '../facts.ts';
import { ok, skipped, warning, type Finding } from '../finding.ts';

/** Whether the kernel lets media sockets keep what a worker has not read yet. */
export function kernel({
  socketBuffers,
  isHere,
}: Pick<Facts, 'socketBuffers' | 'isHere'>): Omit<Finding, 'check'>[] {
  if (!isHere) return [skipped('the kernel is another machine’s')];
  const { receive, send } = socketBuffers;
  // Of network namespaces other than the first one, older kernels do not tell.
  if (receive === undefined || send === undefined)
    return [skipped('the kernel does not tell its socket buffers')];
  if (receive >= UDP_BUFFER && send >= UDP_BUFFER) return [ok('socket buffers are large enough')];
  return [
    warning(
      `the kernel gives media sockets ${Math.floor(Math.min(receive, send) / 1024)} KiB; what overflows in a burst is lost to everybody on that worker`,
      `sysctl -w net.core.rmem_max=${UDP_BUFFER} net.core.wmem_max=${UDP_BUFFER}, and the same in /etc/sysctl.d/`,
    ),
  ];
}
