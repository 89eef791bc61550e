import type { PipeTransport, Router } from 'mediasoup/types';
import { PIPE_LISTEN_INFO } from '../workers/listenAddresses.ts';

/**
 * The way between two routers of this process: a PipeTransport on each of them, connected over the loopback interface.
 *
 * Without SRTP, because nothing leaves the machine, and without SCTP, because data messages pass through this process
 * anyway. With RTX: loopback loses packets when a receive buffer overflows, which is when workers are busy.
 */
export class RouterLink {
  readonly #transports: ReadonlyMap<Router, PipeTransport>;

  private constructor(transports: ReadonlyMap<Router, PipeTransport>) {
    this.#transports = transports;
    // Either may go with its worker.
    for (const transport of transports.values()) transport.observer.once('close', () => this.close());
  }

  /** What was created is closed again when the other one cannot be, or they do not get connected. */
  static async open(one: Router, other: Router): Promise<RouterLink> {
    const transports = new Map<Router, PipeTransport>();
    const create = async (router: Router): Promise<PipeTransport> => {
      const transport = await router.createPipeTransport({ listenInfo: PIPE_LISTEN_INFO, enableRtx: true });
      transports.set(router, transport);
      return transport;
    };
    const created = await Promise.allSettled([create(one), create(other)]);
    try {
      const [near, far] = created.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      }) as [PipeTransport, PipeTransport];
      await Promise.all([connect(near, far), connect(far, near)]);
    } catch (error) {
      for (const transport of transports.values()) transport.close();
      throw error;
    }
    const link = new RouterLink(transports);
    if (link.closed) link.close();
    return link;
  }

  get closed(): boolean {
    return [...this.#transports.values()].some(({ closed }) => closed);
  }

  /** Its end on one of the two. */
  on(router: Router): PipeTransport {
    const transport = this.#transports.get(router);
    if (!transport) throw new Error('the link does not lead to this router');
    return transport;
  }

  /** Closes both ends. Idempotent. */
  close(): void {
    for (const transport of this.#transports.values()) transport.close();
  }
}

async function connect(transport: PipeTransport, { tuple }: PipeTransport): Promise<void> {
  await transport.connect({ ip: tuple.localAddress, port: tuple.localPort });
}
