import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../../loadtest/servers/processUsage.ts';
import type { ServerProcess } from '../../test/support/serverProcess.ts';
import { startServer } from '../ownMachine.ts';
import { policiesShare } from './profileShare.ts';

/** ms by which the event loop was late. */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

/** What a server used in a while. */
export interface Usage {
  seconds: number;
  /** Share of one core: the control plane, and all media workers together. */
  control: number;
  workers: number;
  /** Of the control plane's, that of the policies, by a CPU profile. */
  policies: number;
  loop: LoopDelay;
}

/** s of CPU so far. */
interface Reading {
  at: number;
  control: number;
  workers: number;
}

/** A server that is measured from outside and, by what is preloaded into it, from inside. */
export class ServerProbe {
  readonly server: ServerProcess;
  readonly #directory: string;
  #before: Reading | undefined;

  private constructor(server: ServerProcess, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  static async start(env: Record<string, string>): Promise<ServerProbe> {
    const directory = mkdtempSync(join(tmpdir(), 'parley-policies-'));
    const server = await startServer({
      ...env,
      NODE_OPTIONS: `--import=${resolve('dist/bench/bench/policies/loopProbe.js')}`,
      PROBE_RESULT: join(directory, 'loop.json'),
      PROBE_PROFILE: join(directory, 'profile.json'),
    });
    return new ServerProbe(server, directory);
  }

  /** s of CPU that the control plane has used so far. */
  get cpu(): number {
    return usageOf(this.server.pid)?.cpu ?? 0;
  }

  begin(): void {
    process.kill(this.server.pid, 'SIGUSR2');
    this.#before = this.#read();
  }

  /** @param keep Where to leave the CPU profile. */
  async end(keep?: string): Promise<Usage> {
    const before = this.#before ?? this.#read();
    const after = this.#read();
    process.kill(this.server.pid, 'SIGUSR2');
    const seconds = after.at - before.at;
    const loop = await this.#found<LoopDelay>('loop.json');
    if (keep !== undefined) copyFileSync(join(this.#directory, 'profile.json'), keep);
    return {
      seconds,
      control: (after.control - before.control) / seconds,
      workers: (after.workers - before.workers) / seconds,
      policies: policiesShare(await this.#found<Profiler.Profile>('profile.json')),
      loop,
    };
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #found<T>(name: string): Promise<T> {
    const path = join(this.#directory, name);
    for (let attempt = 0; ; attempt++) {
      try {
        const found = JSON.parse(readFileSync(path, 'utf8')) as T;
        rmSync(path);
        return found;
      } catch (error) {
        if (attempt >= 500) throw error;
        await sleep(20);
      }
    }
  }

  #read(): Reading {
    return {
      at: performance.now() / 1000,
      control: this.cpu,
      workers: this.server.workers.reduce((sum, pid) => sum + (usageOf(pid)?.cpu ?? 0), 0),
    };
  }
}
