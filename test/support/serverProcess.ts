import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestHost } from './testNetwork.ts';

/** Tests and benchmarks run in the project's root. */
const main = resolve('dist/server/src/main.js');

/** ms until a process that does not come up, or does not end, fails the test. */
const DEADLINE = 20_000;

/** The built server as a process of its own, on free ports of the loopback interface or of a test network's host. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #output: () => string;

  private constructor(
    child: ChildProcess,
    exited: Promise<number | null>,
    url: string,
    output: () => string,
  ) {
    this.#child = child;
    this.#exited = exited;
    this.url = url;
    this.#output = output;
  }

  /** What it has said so far, on both streams. */
  get output(): string {
    return this.#output();
  }

  /** Resolves once the server says that it listens, or something else that `said` matches. */
  static async start(
    env: Record<string, string> = {},
    { host, said = /^Parley is listening on (\S+)$/m }: { host?: TestHost; said?: RegExp } = {},
  ): Promise<ServerProcess> {
    const [command, ...args]: [string, ...string[]] = host
      ? [...host.command, process.execPath, main]
      : [process.execPath, main];
    const dataDir = mkdtempSync(join(tmpdir(), 'parley-data-'));
    const child = spawn(command, args, {
      env: {
        // None of the settings of whoever runs the tests.
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'))),
        NODE_ENV: 'development',
        PARLEY_PORT: '0',
        PARLEY_RTC_PORT: '0',
        PARLEY_WORKERS: '2',
        PARLEY_ANNOUNCED_ADDRESS: host?.address ?? '127.0.0.1',
        ...(host ? { PARLEY_HOST: host.address } : {}),
        PARLEY_METRICS_PORT: 'off',
        PARLEY_LOG_LEVEL: 'warn',
        PARLEY_DATA_DIR: dataDir,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<number | null>((done) =>
      child.once('exit', (status) => {
        rmSync(dataDir, { recursive: true, force: true });
        done(status);
      }),
    );
    let output = '';
    const url = await within(
      'the server to listen',
      new Promise<string>((done, fail) => {
        const read = (chunk: Buffer): void => {
          output += chunk.toString();
          const match = said.exec(output);
          if (match) done(match[1] ?? '');
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.once('error', fail);
        void exited.then((code) =>
          fail(new Error(`the server ended with status ${code ?? 'none'}: ${output}`)),
        );
      }),
    ).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return new ServerProcess(child, exited, url, () => output);
  }

  async ready(): Promise<{
    rooms: number;
    peers: number;
    workers: { pid: number; port: number; routers: number }[];
  }> {
    return (await (await fetch(`${this.url}/readyz`)).json()) as Awaited<ReturnType<ServerProcess['ready']>>;
  }

  /** The control plane's process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Nobody reads what it says any more. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Its media workers' process ids, as the kernel has them: also while it starts, and out of reach of its pages. */
  get workers(): number[] {
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends signals, one after the other; resolves with the exit status. */
  async end(...signals: NodeJS.Signals[]): Promise<number | null> {
    for (const signal of signals) this.#child.kill(signal);
    return within('the server to end', this.#exited);
  }

  /** Ends it at once; resolves with exit status and with the worker processes that outlived it. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<{ status: number | null; leftovers: number[] }> {
    const { workers } = this;
    if (workers.length === 0) throw new Error('the server has no workers');
    const status = await this.end(signal);
    return { status, leftovers: workers.filter((pid) => existsSync(`/proc/${pid}`)) };
  }

  /** For clean-up, whatever state it is in. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${DEADLINE} ms for ${what}`)), DEADLINE);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
