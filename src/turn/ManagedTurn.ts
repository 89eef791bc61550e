import { isIPv6 } from 'node:net';
import type { IceServer } from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { assertPortsFree } from './assertPortsFree.ts';
import { TurnCredentials } from './TurnCredentials.ts';
import { TurnserverProcess, type TurnserverOptions } from './TurnserverProcess.ts';
import type { TurnPorts } from './turnserverConfig.ts';

export interface ManagedTurnOptions extends Omit<TurnserverOptions, 'realm'> {
  /** Host name or address by which clients reach it; for TLS the certificate is to be for it. */
  host: string;
  /** ms for which credentials are good. */
  lifetime: number;
  /** ms before the nth start in a row after it died; when the last one did not help either it is given up. */
  restartDelays?: readonly number[];
}

/** What became of a TURN server that is kept running. */
export type TurnState = 'running' | 'restarting' | 'failed' | 'closed';

interface ManagedTurnEvents {
  /** It died, and answers again. */
  restarted: [];
  /** It cannot be started any more; clients are not told of it from now on. Once. */
  failed: [];
}

/** A minute and a half in all. */
const RESTART_DELAYS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 30_000];
/** ms after which a death is no longer held against it. */
const STABLE_AFTER = 60_000;

/** A `turnserver` of this machine that is started, watched and stopped with the server. */
export class ManagedTurn extends TypedEmitter<ManagedTurnEvents> {
  readonly #options: TurnserverOptions;
  readonly #delays: readonly number[];
  readonly #credentials: TurnCredentials;
  readonly #logger: Logger;
  #process: TurnserverProcess | undefined;
  #state: TurnState = 'restarting';
  #startedAt = 0;
  /** Deaths and failed starts since it last ran for a while. */
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Starts it; resolves once it answers.
   *
   * @throws ParleyError `conflict` for a port in use, `badRequest` for one that may not be bound, `unavailable`, with what it said,
   * when it does not come up.
   */
  static async start(options: ManagedTurnOptions): Promise<ManagedTurn> {
    const turn = new ManagedTurn(options);
    try {
      await turn.#start();
    } catch (error) {
      turn.close();
      await turn.terminated();
      throw error;
    }
    return turn;
  }

  private constructor({ host, lifetime, restartDelays, ...options }: ManagedTurnOptions) {
    super();
    this.#options = { ...options, realm: host };
    this.#delays = restartDelays ?? RESTART_DELAYS;
    this.#logger = options.logger;
    this.#credentials = new TurnCredentials({
      urls: turnUrls(host, options.ports),
      secret: options.secret,
      lifetime,
    });
  }

  get state(): TurnState {
    return this.#state;
  }

  /** Its addresses with fresh credentials for whoever has this id; none once it is given up. */
  iceServersFor(id: string): IceServer[] {
    return this.#state === 'running' || this.#state === 'restarting'
      ? this.#credentials.iceServersFor(id)
      : [];
  }

  /** Ends it at once. Idempotent; `terminated()` tells the end. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#process?.kill();
  }

  /** Resolves when no process of a closed one is left. */
  async terminated(): Promise<void> {
    await this.#process?.exited;
  }

  async #start(): Promise<void> {
    const { plan, ports } = this.#options;
    await assertPortsFree(plan.listening, ports);
    this.#assertOpen();
    const process = new TurnserverProcess(this.#options);
    this.#process = process;
    await process.ready();
    this.#assertOpen();
    this.#state = 'running';
    this.#startedAt = performance.now();
    this.#logger.info({ listening: plan.listening, ...ports }, 'TURN server started');
    void process.exited.then((why) => this.#died(why));
  }

  #assertOpen(): void {
    if (this.#state === 'closed') throw invalidState('the TURN server is closed');
  }

  #died(why: string): void {
    if (this.#state === 'closed') return;
    if (performance.now() - this.#startedAt > STABLE_AFTER) this.#failures = 0;
    this.#state = 'restarting';
    this.#logger.warn({ why }, 'TURN server died');
    this.#restartLater();
  }

  #restartLater(): void {
    const delay = this.#delays[this.#failures];
    this.#failures += 1;
    if (delay === undefined) {
      this.#state = 'failed';
      this.#logger.error(
        { attempts: this.#delays.length },
        'TURN server cannot be started any more, gave up: participants behind strict firewalls get no media until this server is restarted',
      );
      this.emit('failed');
      return;
    }
    this.#timer = setTimeout(() => void this.#restart(), delay);
  }

  async #restart(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      if (this.#state === 'closed') return;
      this.#logger.warn({ error }, 'TURN server could not be started again yet');
      this.#restartLater();
      return;
    }
    this.emit('restarted');
  }
}

/** UDP first, which delays least, then TCP, then what firewalls take for HTTPS (RFC 7065). */
export function turnUrls(host: string, { port, tlsPort }: Pick<TurnPorts, 'port' | 'tlsPort'>): string[] {
  const name = isIPv6(host) ? `[${host}]` : host;
  return [
    `turn:${name}:${port}?transport=udp`,
    `turn:${name}:${port}?transport=tcp`,
    ...(tlsPort === undefined ? [] : [`turns:${name}:${tlsPort}?transport=tcp`]),
  ];
}
