import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A screen that nobody sees (Xvfb), for browsers that have to have a window. */
export class VirtualScreen {
  /** For the environment: `DISPLAY`. */
  readonly display: string;
  readonly #child: ChildProcess;

  private constructor(display: string, child: ChildProcess) {
    this.display = display;
    this.#child = child;
  }

  static async open(): Promise<VirtualScreen> {
    // It takes a free number, and writes it to the first of its streams.
    const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit').then(([status]) => {
      throw new Error(`Xvfb ended with status ${String(status)}`);
    });
    const [number] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
    ended.catch(() => undefined);
    return new VirtualScreen(`:${number}`, child);
  }

  close(): void {
    this.#child.kill();
  }
}
