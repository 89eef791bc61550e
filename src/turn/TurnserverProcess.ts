import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { acceptsTcp, answersBinding } from './stunProbe.ts';
import {
  CERTIFICATE_FILE,
  KEY_FILE,
  turnserverConfig,
  type TurnPorts,
  type TurnserverConfigOptions,
} from './turnserverConfig.ts';

export interface TurnserverOptions extends Omit<TurnserverConfigOptions, 'directory'> {
  /** Path of coturn's `turnserver`. */
  program: string;
  /** PEM texts; needed for the TLS port. */
  tls?: { cert: string; key: string };
  logger: Logger;
}

/** ms that it gets to come up. */
const START_DEADLINE = 10_000;
/** ms between two looks whether it is up. */
const LOOK = 50;
/** Lines of its output that are kept for errors. */
const TAIL = 8;

/**
 * Runs a program and ends it, and what it left in its directory, when this shell's own standard input closes. The kernel does
 * that when the server is gone, however that came. Its parent is the one to kill it, so its id is nobody else's meanwhile.
 */
const GUARD = `
directory=$1
shift
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{ while read -r line; do :; done; kill -KILL "$program"; rm -rf -- "$directory"; } <&3 2>/dev/null &
watch=$!
exec 3<&-
wait "$program" 2>/dev/null
status=$?
kill -KILL "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
exit "$status"
`;

/** One run of coturn's `turnserver`, which never outlives this process. */
export class TurnserverProcess {
  /** Resolves when it and its files are gone, with the end of what it said. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #plan: TurnserverOptions['plan'];
  readonly #ports: TurnPorts;
  #hasExited = false;

  /** @throws Error when its files cannot be written. */
  constructor(options: TurnserverOptions) {
    const { plan, ports, secret, realm, program, tls, logger } = options;
    this.#plan = plan;
    this.#ports = ports;
    // Nobody else can look into it; Node makes it with mode 0700.
    this.#directory = mkdtempSync(join(tmpdir(), `parley-turn-${process.pid}-`));
    const configFile = join(this.#directory, 'turnserver.conf');
    try {
      const write = (name: string, text: string): void =>
        writeFileSync(join(this.#directory, name), text, { mode: 0o600 });
      write('turnserver.conf', turnserverConfig({ plan, ports, secret, realm, directory: this.#directory }));
      if (tls) {
        write(CERTIFICATE_FILE, tls.cert);
        write(KEY_FILE, tls.key);
      }
    } catch (error) {
      this.#forgetFiles();
      throw error;
    }
    this.#child = spawn('/bin/sh', ['-c', GUARD, 'parley-turn', this.#directory, program, '-c', configFile], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // None of the server's own secrets.
      env: { PATH: process.env['PATH'] ?? '' },
      cwd: '/',
      // Ctrl-C is for the server, which ends this in its turn.
      detached: true,
    });
    const tail: string[] = [];
    const hear = (chunk: Buffer): void => {
      for (const line of chunk.toString().replaceAll(secret, '[secret]').split('\n')) {
        if (line.trim() === '') continue;
        logger.debug({ line }, 'turnserver says');
        tail.push(line.replace(/^\d+: : /, ''));
        if (tail.length > TAIL) tail.shift();
      }
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
    // Written to by nobody: a broken pipe is how it ends.
    this.#child.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      const gone = (why: string): void => {
        this.#forgetFiles();
        resolve([why, ...tail].join('; '));
      };
      this.#child.once('error', (error) => {
        this.#hasExited = true;
        gone(error.message);
      });
      this.#child.once('exit', () => {
        // Where only the shell was killed, the other two are still there.
        this.#killGroup();
        this.#hasExited = true;
      });
      this.#child.once('close', (code, signal) => gone(`status ${signal ?? String(code)}`));
    });
  }

  /**
   * Resolves once it answers over UDP, TCP and TLS; its files, and with them its secret, are off the disk by then.
   *
   * @throws ParleyError `unavailable`, with the end of its output, when it ends first or takes 10 s.
   */
  async ready(): Promise<void> {
    const deadline = performance.now() + START_DEADLINE;
    while (!(await this.#answers())) {
      if (this.#hasExited) throw unavailable(`turnserver ended: ${await this.exited}`);
      if (performance.now() > deadline) {
        this.kill();
        throw unavailable(
          `turnserver does not answer on ${this.#plan.listening.join(', ')}: ${await this.exited}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    this.#forgetFiles();
  }

  /** Ends it at once: it has nothing to keep. Idempotent. */
  kill(): void {
    if (this.#hasExited) return;
    this.#child.stdin?.end();
    this.#forgetFiles();
  }

  async #answers(): Promise<boolean> {
    const { port, tlsPort } = this.#ports;
    for (const ip of this.#plan.listening) {
      if (!(await answersBinding(ip, port)) || !(await acceptsTcp(ip, port))) return false;
      if (tlsPort !== undefined && !(await acceptsTcp(ip, tlsPort))) return false;
    }
    return !this.#hasExited;
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of it has just ended.
    }
  }

  #forgetFiles(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
