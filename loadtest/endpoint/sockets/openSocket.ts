import { BatchedSocket } from './BatchedSocket.ts';
import { loadLibc, type Libc } from './libc.ts';
import { NodeSocket } from './NodeSocket.ts';
import { Poller } from './Poller.ts';
import type { UdpSocket } from './UdpSocket.ts';

/** One poller for the whole process, as it has one event loop. */
let batching: Promise<{ libc: Libc; poller: Poller } | null> | undefined;

/**
 * A bound socket of the cheapest kind that there is here.
 *
 * @param localAddress IPv4 address to send from; absent: the kernel's choice.
 * @throws ParleyError `unavailable`
 */
export async function openSocket(localAddress?: string): Promise<UdpSocket> {
  batching ??= loadLibc().then((libc) => libc && { libc, poller: new Poller(libc) });
  const kind = await batching;
  return kind ? new BatchedSocket(kind.libc, kind.poller, localAddress) : NodeSocket.open(localAddress);
}
