import { NodeMove, type NodeMoveParts } from '../../client/lib/NodeMove.ts';
import { SignalingClient } from '../../client/lib/SignalingClient.ts';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { EventName, EventPayloads } from '../../src/protocol/events.ts';
import { ParleyError, timeout, unavailable } from '../../src/support/errors.ts';
import type {
  JoinAnswer,
  RequestAnswers,
  RequestName,
  RequestPayload,
  ResumeAnswer,
} from '../../src/protocol/requests.ts';
import type { JoinObserver } from './Target.ts';

/** ms until a server that accepts no socket fails the join, and until a connection that was lost is so for good. */
const CONNECT_DEADLINE = 15_000;

/** ms until a request that is not answered fails. */
const REQUEST_DEADLINE = 10_000;

interface Session {
  token: string;
  mediaEpoch: () => number;
  /** The socket is lost; another one follows. */
  interrupted: () => void;
  resumed: (answer: ResumeAnswer) => void;
  /** `isForgotten`: the server that answers does not know the session; whoever joins it gets in as somebody new. */
  lost: (reason: string, isForgotten: boolean) => void;
}

/** Facts that bots want to know. */
const FACTS = [
  'peerJoined',
  'peerLeft',
  'newProducer',
  'producerClosed',
  'producerPaused',
  'producerResumed',
  'newConsumer',
  'consumerClosed',
  'demandChanged',
  'qualityChanged',
  'mediaReset',
  'moving',
  'moveCancelled',
  'removed',
] as const satisfies readonly EventName[];

export type ParleyFacts = { [N in (typeof FACTS)[number]]: [payload: EventPayloads[N]] };

/**
 * A bot's connection to Parley's control plane, which outlives its sockets as the session does. It tells the facts of
 * all its sockets.
 */
export class ParleySignaling extends TypedEmitter<ParleyFacts> {
  /** Where it began. */
  readonly #home: string;
  /** Where it was sent to, once it was. */
  #url: string;
  readonly #observer: JoinObserver;
  #client: SignalingClient;
  /**
   * Facts that came before the answer to `join` or `resume`, on which they follow, was dealt with: one chunk of TCP may
   * hold both, and promises settle later than events.
   */
  #held: (() => void)[] | undefined = [];
  #session: Session | undefined;
  #comingBack: NodeJS.Timeout | undefined;
  readonly #deadline: number;
  /** Runs while there is no connection, unless on purpose. */
  #outage: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(url: string, observer: JoinObserver, deadline: number) {
    super();
    this.#home = this.#url = url;
    this.#observer = observer;
    this.#deadline = deadline;
    this.#client = this.#createClient();
  }

  /** Opens a socket; a server that refuses or does not answer is told of once, there is no second attempt. */
  static async open(
    url: string,
    observer: JoinObserver,
    signal: AbortSignal,
    deadline = CONNECT_DEADLINE,
  ): Promise<ParleySignaling> {
    const signaling = new ParleySignaling(url, observer, deadline);
    try {
      await signaling.#opened(signal);
      return signaling;
    } catch (error) {
      signaling.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the connection is lost, not on purpose, and the session was not taken up again yet. */
  get isInterrupted(): boolean {
    return this.#outage !== undefined;
  }

  /** Joins, where the server says. @throws ParleyError as `open`, or with the server's code. */
  async join(payload: RequestPayload<'join'>, signal: AbortSignal): Promise<JoinAnswer> {
    try {
      return await this.request('join', payload);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.url === undefined) throw error;
      this.#url = error.url;
      this.#client.close();
      this.#client = this.#createClient();
      await this.#opened(signal);
      return this.request('join', { ...payload, placed: true });
    }
  }

  /** Keeps the session through lost sockets, and from now on tells facts, those that came already first. */
  keep(session: Session): void {
    this.#session = session;
    this.#attach();
    this.#release();
  }

  /** The way to the node that takes a ticket, beside this connection. */
  crossing(join: NodeMoveParts['join'], endsIn: number): NodeMove {
    const connectAnew = (): SignalingClient => this.#createSocket(this.#home);
    return new NodeMove({ signaling: this.#client, connectAnew, join, endsIn });
  }

  /** The connection goes to another node now, which knows the session by this token; its facts wait for `released`. */
  crossed(token: string): void {
    this.#url = this.#home;
    if (this.#session) this.#session.token = token;
  }

  /** Tells the facts that waited. */
  released(): void {
    this.#client.release();
  }

  /** A timed request; its failure is reported under its name, and thrown. */
  async request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestAnswers[N]> {
    const startedAt = performance.now();
    try {
      const answer = await this.#client.request(name, payload);
      this.#observer.request(name, performance.now() - startedAt);
      return answer;
    } catch (error) {
      // What was under way when the run, or the network, was ended on purpose is nobody's failure.
      if (!this.#closed && !this.#comingBack && error instanceof ParleyError && error.code !== 'redirected')
        this.#observer.error(name, error.code, error.message);
      throw error;
    }
  }

  /** Loses the socket and opens none for so many ms. */
  goAway(ms: number): void {
    if (this.#closed || this.#comingBack) return;
    this.#session?.interrupted();
    this.#client.close();
    this.#clearOutage();
    this.#comingBack = setTimeout(() => {
      this.#comingBack = undefined;
      this.#client = this.#createClient();
      this.#attach();
      this.#awaitSession();
      this.#client.open();
    }, ms);
  }

  /** Without a word to the server. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#clearOutage();
    clearTimeout(this.#comingBack);
    this.#client.close();
  }

  async #opened(signal: AbortSignal): Promise<void> {
    const client = this.#client;
    let giveUp: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        abort = (): void => reject(unavailable('the run ended'));
        const tooLong = timeout(`no connection within ${this.#deadline} ms`);
        giveUp = setTimeout(() => reject(tooLong), this.#deadline);
        signal.addEventListener('abort', abort, { once: true });
        client.once('connected', resolve);
        client.once('connectFailed', reject);
        client.once('refused', reject);
        if (signal.aborted) abort();
        else client.open();
      });
    } finally {
      clearTimeout(giveUp);
      if (abort) signal.removeEventListener('abort', abort);
    }
  }

  #attach(): void {
    const client = this.#client;
    client.on('disconnected', () => {
      this.#session?.interrupted();
      this.#awaitSession();
    });
    client.on('connected', () => void this.#resume(client));
    client.on('refused', (error) => this.#lose(error.message));
    client.on('unreachable', (error) => this.#lose(error.message));
  }

  async #resume(client: SignalingClient): Promise<void> {
    const session = this.#session;
    if (!session || this.#closed) return;
    this.#held ??= [];
    try {
      const answer = await this.request('resume', {
        sessionToken: session.token,
        mediaEpoch: session.mediaEpoch(),
      });
      if (this.closed || client !== this.#client) return;
      this.#clearOutage();
      session.resumed(answer);
      this.#release();
    } catch (error) {
      // A socket that was lost again is followed by another one; only the server's no is final.
      if (!this.closed && client.connected)
        this.#lose(error instanceof Error ? error.message : String(error), isForgotten(error));
    }
  }

  #createClient(): SignalingClient {
    const client = this.#createSocket(this.#url);
    for (const fact of FACTS) this.#forward(client, fact);
    return client;
  }

  #createSocket(url: string): SignalingClient {
    return new SignalingClient({ url, requestTimeout: Math.min(REQUEST_DEADLINE, this.#deadline) });
  }

  #forward(client: SignalingClient, fact: keyof ParleyFacts): void {
    client.on(fact, (payload: ParleyFacts[keyof ParleyFacts][0]) => {
      const tell = (): void => {
        // One listener for all facts loses the pairing of name and payload; the client keeps it.
        if (!this.#closed) (this.emit as (event: string, told: unknown) => void).call(this, fact, payload);
      };
      if (this.#held) this.#held.push(tell);
      else tell();
    });
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) tell();
  }

  /** Without a session by then, the bot counts as lost. */
  #awaitSession(): void {
    this.#outage ??= setTimeout(
      () => this.#lose(`the connection was lost, and not back within ${this.#deadline} ms`),
      this.#deadline,
    );
  }

  #clearOutage(): void {
    clearTimeout(this.#outage);
    this.#outage = undefined;
  }

  #lose(reason: string, forgotten = false): void {
    if (!this.#closed) this.#session?.lost(reason, forgotten);
  }
}

/** As the SDK has it: the grace period is over, or the server is another one. */
function isForgotten(error: unknown): boolean {
  return error instanceof ParleyError && (error.code === 'notFound' || error.code === 'unauthorized');
}
