import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { unavailable } from '../../src/support/errors.ts';

/** How a server is started. */
export interface ServerCommand {
  /** For errors, such as `Janus`. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Goes with the server. */
  directory?: string;
}

/** ms that a server gets after SIGTERM before SIGKILL. */
const STOP_DEADLINE = 5_000;
/** ms that a server gets to come up. */
const START_DEADLINE = 20_000;
/** Characters of its output that are kept for errors. */
const TAIL = 4_000;

/**
 * Ends a process group when its own standard input closes, which the kernel does when the tool is gone, however that
 * came. A shell, because it costs a megabyte and not thirty.
 */
const WATCHER = `
trap "" INT TERM HUP
read -r line
kill -TERM "$1"
waited=0
while kill -0 "$1" && [ $waited -lt ${STOP_DEADLINE / 100} ]; do sleep 0.1; waited=$((waited + 1)); done
kill -KILL -- "-$1"
[ -z "$2" ] || rm -rf -- "$2"
`;

/** A server as a child process that does not outlive this one, whatever this one dies of. */
export class ChildServer {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #watcher: ChildProcess;
  #output = '';
  #status: string | undefined;
  #stopped: Promise<void> | undefined;

  /** @throws ParleyError `unavailable` when the program cannot be started. */
  static async start(command: ServerCommand): Promise<ChildServer> {
    const child = spawn(command.command, command.args, {
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: a Ctrl-C is the tool's, which ends its servers last.
      detached: true,
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw unavailable(`${command.name} cannot be started: ${(error as Error).message}`, { cause: error });
    }
    return new ChildServer(child, child.pid ?? 0, command);
  }

  private constructor(child: ChildProcess, pid: number, { name, directory }: ServerCommand) {
    this.#child = child;
    this.#name = name;
    this.pid = pid;
    this.#watcher = spawn('/bin/sh', ['-c', WATCHER, 'sh', String(pid), directory ?? ''], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#watcher.on('error', () => child.kill('SIGKILL'));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-TAIL)));
    }
    // The watcher goes first: once the process is reaped its id may be somebody else's.
    this.exited = new Promise((resolve) =>
      child.once('exit', (code, signal) => {
        this.#watcher.kill('SIGKILL');
        this.#status = signal ?? String(code);
        if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
        resolve();
      }),
    );
  }

  get hasExited(): boolean {
    return this.#status !== undefined;
  }

  /** What it said last, stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /**
   * Resolves with the first group of what `said` matches in the output.
   *
   * @throws ParleyError `unavailable`, with the end of its output, when the process ends first or takes 20 s.
   */
  async says(said: RegExp): Promise<string> {
    const { stdout, stderr } = this.#child;
    const streams = [stdout, stderr].filter((stream): stream is Readable => stream !== null);
    return this.#beforeItEnds(
      new Promise((resolve) => {
        const look = (): void => {
          const match = said.exec(this.#output);
          if (!match) return;
          for (const stream of streams) stream.off('data', look);
          resolve(match[1] ?? '');
        };
        for (const stream of streams) stream.on('data', look);
        look();
      }),
    );
  }

  /**
   * Repeats an attempt, such as to connect, until it succeeds.
   *
   * @throws ParleyError `unavailable` as `says` does.
   */
  async answers<T>(attempt: () => Promise<T>): Promise<T> {
    let given = false;
    const work = async (): Promise<T> => {
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          if (given || this.hasExited) throw error;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    return this.#beforeItEnds(work()).finally(() => (given = true));
  }

  /** SIGTERM, and SIGKILL for the whole process group 5 s later. Resolves when it has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (!this.hasExited) this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#killGroup(), STOP_DEADLINE);
    await this.exited;
    clearTimeout(timer);
  }

  #killGroup(): void {
    if (this.hasExited) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }

  async #beforeItEnds<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const failed = new Promise<never>((_, reject) => {
      const fail = (what: string): void =>
        reject(unavailable(`${this.#name} ${what}: ${this.#output.trim() || 'it said nothing'}`));
      timer = setTimeout(() => fail(`did not come up in ${START_DEADLINE} ms`), START_DEADLINE);
      void this.exited.then(() => fail(`ended with ${this.#status ?? ''} while it started`));
    });
    try {
      return await Promise.race([work, failed]);
    } catch (error) {
      this.#killGroup();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
