import type { SeriesPoint } from '../results/runResult.ts';
import { usageOf } from '../servers/processUsage.ts';
import type { NamedProcess } from '../servers/ServerUnderTest.ts';

type Processes = NonNullable<SeriesPoint['serverProcesses']>;

/** Samples CPU and memory of a server's processes on this machine. */
export class ServerWatch {
  readonly #processes: () => NamedProcess[];
  #last = new Map<number, number>();
  #at = performance.now();
  /** Seconds of CPU since the watch began, also of processes that are gone. */
  #cpu = 0;
  #first: number | undefined;
  #highest = 0;
  #seen = 0;

  constructor(processes: () => NamedProcess[]) {
    this.#processes = processes;
    this.sample();
  }

  /** Seconds of CPU of all processes since the watch began. */
  get cpu(): number {
    return this.#cpu;
  }

  /** Resident bytes of all of them: at the first sample, and at their highest. */
  get memory(): { first: number; highest: number } {
    return { first: this.#first ?? 0, highest: this.#highest };
  }

  /** Whether there were processes and all are gone. */
  get isGone(): boolean {
    return this.#seen > 0 && this.#last.size === 0;
  }

  /** Cores since the sample before, and bytes, of each process. */
  sample(): Processes {
    const now = performance.now();
    const seconds = Math.max(now - this.#at, 1) / 1000;
    const used = new Map<number, number>();
    const processes = this.#processes().flatMap(({ name, pid }) => {
      const usage = usageOf(pid);
      if (!usage) return [];
      used.set(pid, usage.cpu);
      const before = this.#last.get(pid);
      const cpu = before === undefined ? 0 : usage.cpu - before;
      this.#cpu += cpu;
      return { name, pid, cpu: cpu / seconds, memory: usage.memory };
    });
    const memory = processes.reduce((sum, process) => sum + process.memory, 0);
    if (processes.length > 0) this.#first ??= memory;
    this.#highest = Math.max(this.#highest, memory);
    this.#seen = Math.max(this.#seen, processes.length);
    this.#last = used;
    this.#at = now;
    return processes;
  }
}
