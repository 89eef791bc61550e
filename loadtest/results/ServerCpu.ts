import type { SeriesPoint } from './runResult.ts';

/** What each of a server's processes uses over some time, in cores on average. */
export class ServerCpu {
  /** Core-ms by the name of the process, under which another one may have followed. */
  readonly #used = new Map<string, number>();
  #ms = 0;

  /** Adds so many ms, with what the processes used in them. */
  add(ms: number, processes: SeriesPoint['serverProcesses'] = []): void {
    this.#ms += ms;
    for (const { name, cpu } of processes) this.#used.set(name, (this.#used.get(name) ?? 0) + cpu * ms);
  }

  /** The control plane; null: not measured. */
  get control(): number | null {
    const used = this.#used.get('control');
    return used === undefined ? null : used / this.#ms;
  }

  /** Every other process. */
  get workers(): number[] {
    return [...this.#used].filter(([name]) => name !== 'control').map(([, used]) => used / this.#ms);
  }

  /** All of them; null: not measured. */
  get total(): number | null {
    if (this.#used.size === 0) return null;
    return this.workers.reduce((sum, used) => sum + used, this.control ?? 0);
  }
}
