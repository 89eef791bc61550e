import { readFileSync } from 'node:fs';
import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import process from 'node:process';
import type { Health } from './messages.ts';

/** ms; what a timer is late by that is due every so many ms is its delay. */
const BEAT = 10;

/** Measures whether this process keeps up: its CPU, its event loop, and what its sockets lost. */
export class HealthMeter {
  // Not monitorEventLoopDelay: its reset() forgets a delay that is not over, which the reading after a standstill is in.
  readonly #beat = setInterval(() => this.#beats(), BEAT);
  #beatAt = performance.now();
  #delay = 0;
  readonly #sendingCpu: () => number;
  #cpu = process.cpuUsage();
  #sent = 0;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #at = performance.now();
  /** By inode, so that a port that is taken anew starts from zero. */
  #drops = new Map<string, number>();

  /** @param sendingCpu s of CPU spent on sending so far. */
  constructor(sendingCpu: () => number) {
    this.#sendingCpu = sendingCpu;
  }

  /** Everything since the last call. */
  read(bots: number, ports: ReadonlySet<number>): Health {
    const now = performance.now();
    // A beat that is overdue may come after this reading.
    const delay = Math.max(0, this.#delay, now - this.#beatAt - BEAT);
    this.#delay = 0;
    const cpu = process.cpuUsage(this.#cpu);
    const loop = performance.eventLoopUtilization(this.#loop);
    const sent = this.#sendingCpu();
    const health: Health = {
      pid: process.pid,
      bots,
      seconds: (now - this.#at) / 1000,
      cpu: (cpu.user + cpu.system) / 1e6,
      sendingCpu: sent - this.#sent,
      loop: loop.utilization,
      delay,
      socketDrops: this.#newDrops(ports),
    };
    this.#at = now;
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#sent = sent;
    return health;
  }

  close(): void {
    clearInterval(this.#beat);
  }

  #beats(): void {
    const now = performance.now();
    this.#delay = Math.max(this.#delay, now - this.#beatAt - BEAT);
    this.#beatAt = now;
  }

  #newDrops(ports: ReadonlySet<number>): number {
    let fresh = 0;
    const known = this.#drops;
    this.#drops = new Map();
    for (const { port, inode, drops } of udpSockets()) {
      if (!ports.has(port)) continue;
      fresh += drops - (known.get(inode) ?? 0);
      this.#drops.set(inode, drops);
    }
    return fresh;
  }
}

/** This network namespace's UDP sockets; none where there is no /proc. */
function udpSockets(): { port: number; inode: string; drops: number }[] {
  let table: string;
  try {
    table = readFileSync('/proc/net/udp', 'utf8');
  } catch {
    return [];
  }
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const port = parseInt(fields[1]?.split(':')[1] ?? '', 16);
      const drops = Number(fields[12]);
      return Number.isNaN(port) || Number.isNaN(drops) ? [] : { port, inode: fields[9] ?? '', drops };
    });
}
