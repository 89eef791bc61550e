import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { builtLoadtest } from '../../support/builtLoadtest.ts';

export const KEY = 'a key of this test';

/** The built tool as an agent on a free port of 127.0.0.1. */
export class AgentProcess {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  #log = '';

  static async start(...args: string[]): Promise<AgentProcess> {
    const main = join(builtLoadtest, 'loadtest/main.js');
    const child = spawn(process.execPath, [main, 'agent', '--listen', '127.0.0.1:0', ...args], {
      env: { ...process.env, LOADTEST_AGENTS_KEY: KEY },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const match = /^The agent is listening on 127\.0\.0\.1:(\d+)\n$/.exec(said.toString());
    if (!match) throw new Error(`the agent said ${said.toString()}`);
    return new AgentProcess(child, Number(match[1]));
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.pid = child.pid!;
    child.stderr?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
  }

  /** What it told whoever runs it. */
  get log(): string {
    return this.#log;
  }

  /** Resolves with its exit status, null after a signal that it did not take. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}
