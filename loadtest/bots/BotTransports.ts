import { Endpoint } from '../endpoint/Endpoint.ts';
import type { Collector } from '../results/Collector.ts';
import { AccessLink } from '../rtp/AccessLink.ts';
import type { Random } from '../rtp/random.ts';
import type { NetworkPlan } from '../scenario/scenario.ts';
import { BotTransport } from './BotTransport.ts';

export interface BotTransportsOptions {
  network: NetworkPlan;
  random: Random;
  collector: Collector;
  /** What bots send, to know a sample again; null: not known. */
  digests: ReadonlySet<number> | null;
  /** ms that connecting may take; absent: the usual. */
  deadline?: number;
}

/** The transports of a bot, all behind its one access link. */
export class BotTransports {
  readonly #options: BotTransportsOptions;
  readonly #link: AccessLink;
  readonly #transports = new Map<Endpoint, BotTransport>();

  constructor(options: BotTransportsOptions) {
    this.#options = options;
    this.#link = new AccessLink(options.network, options.random);
  }

  /** The ports of their sockets, as /proc/net/udp has them. */
  get ports(): number[] {
    return [...this.#transports.keys()].flatMap((endpoint) => (endpoint.closed ? [] : endpoint.port));
  }

  /** undefined: of media that is gone. */
  of(endpoint: Endpoint): BotTransport | undefined {
    return this.#transports.get(endpoint);
  }

  /** Opens a socket, with a transport that counts what it sends and receives. */
  async open(): Promise<Endpoint> {
    const { collector, digests, deadline, network, random } = this.#options;
    // Those of a media epoch that is over.
    for (const [endpoint, transport] of [...this.#transports]) {
      if (!endpoint.closed) continue;
      transport.report(performance.now());
      this.#transports.delete(endpoint);
    }
    const link = this.#link;
    const endpoint = await Endpoint.open({
      onRoundTrip: (took) => this.#transports.get(endpoint)?.roundTrip(took),
      ...(deadline === undefined ? {} : { deadline }),
      ...(network.uplinkLoss ? { losesUplink: () => !link.departs() } : {}),
    });
    const ssrc = 1 + Math.floor(random() * 0xffff_fffe);
    this.#transports.set(endpoint, new BotTransport({ endpoint, link, collector, ssrc, digests }));
    return endpoint;
  }

  /** Sends the feedback that is due: every 20 ms or so. */
  tick(now: number): void {
    for (const transport of this.#transports.values()) transport.tick(now);
  }

  /** Sends receiver reports and tells the collector: about every second. */
  report(now: number): void {
    for (const transport of this.#transports.values()) transport.report(now);
  }

  /** Idempotent; others may be opened afterwards. */
  close(): void {
    for (const endpoint of this.#transports.keys()) endpoint.close();
    this.#transports.clear();
  }
}
