import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './processes.ts';

/** A loudspeaker that nobody hears (PulseAudio), without which Firefox runs no `AudioContext`. */
export class VirtualSpeaker {
  /** For the environment: `PULSE_SERVER`. */
  readonly server: string;
  readonly #child: ChildProcess;

  private constructor(server: string, child: ChildProcess) {
    this.server = server;
    this.#child = child;
  }

  /** @param folder Where its socket and its files are; it is made. */
  static async open(folder: string): Promise<VirtualSpeaker> {
    mkdirSync(folder, { recursive: true });
    const socket = join(folder, 'native');
    const modules = [`module-native-protocol-unix auth-anonymous=1 socket=${socket}`, 'module-null-sink'];
    const child = spawn(
      'pulseaudio',
      ['-n', '--use-pid-file=no', '--exit-idle-time=-1', ...modules.flatMap((module) => ['-L', module])],
      { stdio: 'ignore', env: { ...process.env, HOME: folder, PULSE_RUNTIME_PATH: folder } },
    );
    let status: number | null | undefined;
    child.once('exit', (code) => (status = code));
    await until(
      'the loudspeaker',
      () => {
        if (status !== undefined) throw new Error(`pulseaudio ended with status ${String(status)}`);
        return existsSync(socket);
      },
      20_000,
    );
    return new VirtualSpeaker(`unix:${socket}`, child);
  }

  close(): void {
    this.#child.kill();
  }
}
