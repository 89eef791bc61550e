import { availableParallelism, hostname } from 'node:os';
import type { WebSocket } from 'ws';
import { badRequest, internal, invalidState, ParleyError } from '../../src/support/errors.ts';
import { loadClips } from '../bots/clips.ts';
import type { Names } from '../cli/localHost.ts';
import { toolVersion } from '../packageRoot.ts';
import { clockOrigin, unixNow } from '../rtp/ntp.ts';
import { ForkedGenerator } from '../run/GeneratorLink.ts';
import type { Assignment, FromGenerator, ToGenerator } from '../run/messages.ts';
import { checkTarget } from './checkTarget.ts';
import { readToAgent, type FromAgent, type ToAgent } from './wire.ts';

/** ms in which a coordinator has to say hello. */
const HELLO_DEADLINE = 10_000;
/** ms that bots get to leave in once the coordinator is gone; longer than a generator waits for them. */
const LEAVE_DEADLINE = 7000;
/** Bytes that wait to be sent when the coordinator is taken for stuck. */
const MAX_BACKLOG = 64 * 1024 * 1024;
/** WebSocket close code (RFC 6455, 7.4.2: private use). */
export const CLOSE_REFUSED = 4000;

export interface SessionOptions {
  /** Hosts that may be loaded although they are not private. */
  allow: readonly string[];
  names: Names;
  log: (text: string) => void;
  /** Resolves when the bots of the session before are gone. */
  after: Promise<void>;
}

/** What an agent does for one coordinator: its generator processes live as long as the connection. */
export class AgentSession {
  /** Resolves once the coordinator is gone; its bots may be leaving still. */
  readonly left: Promise<void>;
  /** Resolves once its bots are gone, too. */
  readonly ended: Promise<void>;
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #generators = new Map<number, ForkedGenerator>();
  readonly #gone = new Map<ForkedGenerator, Promise<void>>();
  readonly #helloTimer: NodeJS.Timeout;
  #processes = 0;
  #clips: Promise<void> | undefined;
  #closed = false;

  constructor(socket: WebSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#helloTimer = setTimeout(() => this.#refuse(badRequest('no hello came')), HELLO_DEADLINE);
    socket.on('message', (data) => {
      this.#heard(data).catch((error: unknown) => this.#refuse(error));
    });
    socket.on('error', () => undefined);
    this.left = new Promise((resolve) =>
      socket.once('close', () => {
        this.#closed = true;
        clearTimeout(this.#helloTimer);
        resolve();
      }),
    );
    this.ended = this.left.then(() => this.#endGenerators());
  }

  /** Whether the coordinator is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Ends the connection, and with it the bots. Idempotent. */
  close(): void {
    this.#socket.close(1001, 'the agent ends');
  }

  async #heard(data: unknown): Promise<void> {
    const message = readToAgent(data);
    if (message.type === 'hello') await this.#welcome(message);
    else if (this.#processes === 0) throw badRequest('the first message must be hello');
    else if (message.type === 'ping') this.#tell({ type: 'pong', id: message.id, time: unixNow() });
    else await this.#steer(message.index, message.message);
  }

  async #welcome({ version, processes, url }: Extract<ToAgent, { type: 'hello' }>): Promise<void> {
    clearTimeout(this.#helloTimer);
    if (this.#processes > 0) throw invalidState('hello came twice');
    const own = toolVersion();
    if (version !== own) throw badRequest(`its version is ${own}, and the coordinator’s ${version}`);
    this.#processes = Math.min(processes, availableParallelism());
    if (url !== undefined) await checkTarget(url, this.#options.allow, this.#options.names);
    await this.#options.after;
    this.#tell({ type: 'welcome', host: hostname(), processes: this.#processes });
  }

  async #steer(index: number, message: ToGenerator): Promise<void> {
    if (index >= this.#processes) throw badRequest(`there is no generator ${index}`);
    if (message.type === 'prepare') await this.#prepare(index, message.assignment);
    else this.#pass(index, message);
  }

  async #prepare(index: number, assignment: Assignment): Promise<void> {
    const { allow, names, log } = this.#options;
    const { url, scenario, bots } = assignment;
    if (this.#generators.has(index)) throw invalidState(`generator ${index} has its bots already`);
    await checkTarget(url, allow, names);
    if (scenario.whepUrl !== undefined) await checkTarget(scenario.whepUrl, allow, names);
    try {
      // Made once here, so that the generators only read.
      await (this.#clips ??= loadClips(scenario.groups).then(() => undefined));
    } catch (error) {
      const code = error instanceof ParleyError ? error.code : 'internal';
      this.#relay(index, { type: 'failed', code, message: (error as Error).message });
      return;
    }
    if (this.#closed || this.#generators.has(index)) return;
    log(`generator ${index + 1} has ${bots.length} bots for ${new URL(url).host}`);
    this.#fork(index);
    // All processes of this host shall have one clock, the one that the pongs told.
    this.#pass(index, { type: 'prepare', assignment: { ...assignment, clockOrigin: clockOrigin() } });
  }

  #fork(index: number): void {
    const generator = new ForkedGenerator(`generator ${index + 1}`);
    this.#generators.set(index, generator);
    generator.onMessage = (message): void => this.#relay(index, message);
    this.#gone.set(
      generator,
      new Promise((resolve) => {
        generator.onClose = (reason): void => {
          this.#tell({ type: 'gone', index, reason });
          resolve();
        };
      }),
    );
  }

  #pass(index: number, message: ToGenerator): void {
    try {
      this.#generators.get(index)?.send(message);
    } catch {
      // That it is gone was told when it went.
    }
  }

  #relay(index: number, message: FromGenerator): void {
    this.#tell({ type: 'generator', index, message });
  }

  #tell(message: FromAgent): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BACKLOG) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }

  #refuse(error: unknown): void {
    const { log } = this.#options;
    const { code, message } = error instanceof ParleyError ? error : internal(String(error));
    log(`refused: ${message}`);
    const known = code === 'badRequest' || code === 'forbidden' || code === 'invalidState';
    this.#tell({ type: 'refused', code: known ? code : 'unavailable', message });
    this.#socket.close(CLOSE_REFUSED);
  }

  /** Lets the bots say goodbye to the server, and kills those that do not. */
  async #endGenerators(): Promise<void> {
    for (const index of this.#generators.keys()) this.#pass(index, { type: 'end' });
    const kill = setTimeout(() => {
      for (const generator of this.#generators.values()) generator.close();
    }, LEAVE_DEADLINE);
    await Promise.all(this.#gone.values());
    clearTimeout(kill);
  }
}
