import { EXIT } from './exitStatus.ts';
import type { ParleyServer } from './server.ts';
import type { Logger } from './support/logger.ts';

/** ms after which a shutdown that hangs is cut short. */
const SHUTDOWN_DEADLINE = 4000;

/**
 * How this process ends, and with which status.
 *
 * SIGTERM drains, as does whoever begins the server's drain; SIGINT ends at once, and so does any signal after the first
 * SIGTERM, or while the server starts.
 */
export class ProcessEnd {
  /** The server; rejects when it cannot be started. */
  readonly starting: Promise<ParleyServer>;
  readonly #logger: Logger;
  #server: ParleyServer | undefined;
  #terminated = false;
  #begun = false;

  /** Listens before anything is started, so that a signal meanwhile leaves nothing of it. */
  constructor(start: () => Promise<ParleyServer>, logger: Logger) {
    this.#logger = logger;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#signaled(signal));
    this.starting = start();
    this.starting.then(
      (server) => void this.#followDrain(server),
      // Whoever waits for `starting` hears of it.
      () => undefined,
    );
  }

  /** Whether the server is closing, or will be as soon as it has started. */
  get begun(): boolean {
    return this.#begun;
  }

  async #followDrain(server: ParleyServer): Promise<void> {
    this.#server = server;
    const everybodyIsGone = await server.drain.over;
    this.#end(everybodyIsGone ? EXIT.ended : EXIT.cutOff);
  }

  #signaled(signal: NodeJS.Signals): void {
    const drain = this.#server?.drain;
    this.#logger.info({ signal }, 'asked to end');
    if (drain && signal === 'SIGTERM' && !this.#terminated) {
      this.#terminated = true;
      drain.begin();
    } else if (drain?.begun) {
      drain.cutShort();
    } else {
      this.#end(EXIT.ended);
    }
  }

  /** Another Ctrl-C must not leave workers behind; the deadline holds for all. */
  #end(status: number): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#logger.info({ status }, 'shutting down');
    setTimeout(() => process.exit(status), SHUTDOWN_DEADLINE).unref();
    this.#close().then(
      () => process.exit(status),
      (error: unknown) => {
        this.#logger.error({ error }, 'shutting down failed');
        process.exit(EXIT.failed);
      },
    );
  }

  /** Closes a server that may still be starting, or may never start. */
  async #close(): Promise<void> {
    let server: ParleyServer;
    try {
      server = await this.starting;
    } catch {
      return;
    }
    await server.close();
  }
}
