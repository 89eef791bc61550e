import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '../../src/support/errors.ts';
import { packageRoot } from '../packageRoot.ts';
import type { FromGenerator, ToGenerator } from './messages.ts';

/** A generator, wherever it runs. */
export interface GeneratorLink {
  readonly name: string;
  readonly host: string;
  /** Whether it shares this process's monotonic clock. */
  readonly local: boolean;
  send(message: ToGenerator): void;
  onMessage: (message: FromGenerator) => void;
  /** It is gone; also after `close()`. */
  onClose: (reason: string) => void;
  close(): void;
}

/** Beside this file when it is compiled itself; elsewhere where the build puts it. */
const mains = [
  join(import.meta.dirname, 'generatorMain.js'),
  join(packageRoot, 'dist', 'loadtest', 'loadtest', 'run', 'generatorMain.js'),
];

/** A generator in a process of its own on this machine. */
export class ForkedGenerator implements GeneratorLink {
  readonly name: string;
  readonly host = hostname();
  readonly local = true;
  onMessage: (message: FromGenerator) => void = () => undefined;
  onClose: (reason: string) => void = () => undefined;
  readonly #child: ChildProcess;

  /** @throws ParleyError `unavailable` when the load test is not built. */
  constructor(name: string) {
    this.name = name;
    const main = mains.find((path) => existsSync(path));
    if (main === undefined) throw unavailable('the load test is not compiled');
    this.#child = fork(main, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => this.onMessage(message as FromGenerator));
    this.#child.once('error', (error) => this.onClose(error.message));
    this.#child.once('exit', (code, signal) => this.onClose(`ended with ${signal ?? `status ${code ?? 0}`}`));
  }

  /** @throws ParleyError `unavailable` when the process is gone. */
  send(message: ToGenerator): void {
    if (!this.#child.connected) throw unavailable(`${this.name} is gone`);
    this.#child.send(message);
  }

  /** Its process id; 0 when it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
