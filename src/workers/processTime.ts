import { readFileSync } from 'node:fs';

const NS_PER_MS = 1e6;

/**
 * What a process's main thread did so far, ms: `worked` on a core, and `waited` for one that others had; NaN where
 * the kernel does not say.
 *
 * See Documentation/scheduler/sched-stats.rst of Linux. A kernel that does not count says 0.
 */
export function processTime(pid: number): { worked: number; waited: number } {
  const [worked = NaN, waited = NaN] = read(`/proc/${pid}/schedstat`).split(' ').map(Number);
  return { worked: (worked || NaN) / NS_PER_MS, waited: waited / NS_PER_MS };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
