import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../src/workers/freePort.ts';
import { until } from './processes.ts';
import type { TestHost } from './testNetwork.ts';

const HOST = '127.0.0.1';
/** On a host of a test network, where nobody else is. */
const PORT = 6379;

/** A Redis of its own (Debian: redis-server), which can be frozen, killed, emptied and started again. */
export class RedisServer {
  readonly port: number;
  readonly #directory = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  readonly #args: readonly string[];
  readonly #password: string | undefined;
  readonly #host: TestHost | undefined;
  #child: ChildProcess | undefined;

  private constructor(options: {
    port: number;
    args: readonly string[];
    password: string | undefined;
    host: TestHost | undefined;
  }) {
    this.port = options.port;
    this.#args = options.args;
    this.#password = options.password;
    this.#host = options.host;
  }

  /**
   * On the loopback interface, or on a test network's host.
   *
   * @param keeps Whether it has everything again after it was killed; otherwise it starts empty.
   */
  static async start(
    options: { keeps?: boolean; password?: string; host?: TestHost } = {},
  ): Promise<RedisServer> {
    const { keeps, password, host } = options;
    const args = [
      ...(keeps ? ['--appendonly', 'yes'] : []),
      ...(password ? ['--requirepass', password] : []),
      // Nobody but the hosts of its network reaches it.
      ...(host ? ['--protected-mode', 'no'] : []),
    ];
    const port = host ? PORT : await freePort([HOST]);
    const server = new RedisServer({ port, args, password, host });
    await server.restart();
    return server;
  }

  get url(): string {
    const login = this.#password === undefined ? '' : `:${this.#password}@`;
    return `redis://${login}${this.#address}:${this.port}`;
  }

  get #address(): string {
    return this.#host?.address ?? HOST;
  }

  /** Starts it on the same port, with what it kept. */
  async restart(): Promise<void> {
    const [command, ...words] = [...(this.#host?.command ?? []), 'redis-server'] as const;
    const place = ['--port', String(this.port), '--bind', this.#address, '--dir', this.#directory];
    const child = spawn(command, [...words, ...place, '--save', '', ...this.#args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until('Redis to accept connections', () => {
      if (child.exitCode !== null) throw new Error(`redis-server ended: ${output}`);
      return output.includes('Ready to accept connections');
    });
  }

  /** SIGKILL, at which it has no chance to save anything. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** It keeps its connections, and answers nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Runs commands on a connection of its own. */
  async ask<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      return await commands(redis);
    } finally {
      redis.disconnect();
    }
  }

  async flush(): Promise<void> {
    await this.ask((redis) => redis.flushall());
  }

  /** Every key with the ms for which it is kept; -1 is for ever. */
  async keys(): Promise<Map<string, number>> {
    return this.ask(async (redis) => {
      const keys = await redis.keys('*');
      return new Map(await Promise.all(keys.map(async (key) => [key, await redis.pttl(key)] as const)));
    });
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
