import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../src/workers/freePort.ts';
import { until } from './processes.ts';

const HOST = '127.0.0.1';

/** A Redis of its own (Debian: redis-server), which can be frozen, killed, emptied and started again. */
export class RedisServer {
  readonly port: number;
  readonly #directory = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  readonly #args: readonly string[];
  readonly #password: string | undefined;
  #child: ChildProcess | undefined;

  private constructor(port: number, args: readonly string[], password: string | undefined) {
    this.port = port;
    this.#args = args;
    this.#password = password;
  }

  /** @param keeps Whether it has everything again after it was killed; otherwise it starts empty. */
  static async start(options: { keeps?: boolean; password?: string } = {}): Promise<RedisServer> {
    const { keeps, password } = options;
    const args = [
      ...(keeps ? ['--appendonly', 'yes'] : []),
      ...(password ? ['--requirepass', password] : []),
    ];
    const server = new RedisServer(await freePort([HOST]), args, password);
    await server.restart();
    return server;
  }

  get url(): string {
    const login = this.#password === undefined ? '' : `:${this.#password}@`;
    return `redis://${login}${HOST}:${this.port}`;
  }

  /** Starts it on the same port, with what it kept. */
  async restart(): Promise<void> {
    const child = spawn(
      'redis-server',
      ['--port', String(this.port), '--bind', HOST, '--dir', this.#directory, '--save', '', ...this.#args],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
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
