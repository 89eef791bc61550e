import { commandLine, descendants } from '../../test/support/processes.ts';

/** ms of one turn of running and standing still: well below the interval of two frames. */
const PERIOD = 40;

/** The processes of a browser in which its pages encode. */
export function renderersOf(browser: readonly number[]): number[] {
  // Chromium writes the words of its children anew, as one.
  const renderers = browser.filter((pid) => commandLine(pid).join(' ').includes(' --type=renderer '));
  if (renderers.length === 0) throw new Error('this browser has no process in which its pages encode');
  return renderers;
}

/** Processes that begin while something is done, with what they started since. */
export async function startedBy<T>(work: () => Promise<T>): Promise<{ result: T; pids: () => number[] }> {
  const before = new Set(descendants(process.pid));
  const result = await work();
  const roots = descendants(process.pid).filter((pid) => !before.has(pid));
  return {
    result,
    pids: () => [...new Set(roots.flatMap((pid) => [pid, ...descendants(pid)]))],
  };
}

/**
 * Leaves processes only a share of the time, as a machine does that has too much else to do: they stand still for the rest
 * of each turn (SIGSTOP and SIGCONT), whatever priorities their threads have.
 *
 * @param share 0 to 1. @returns a function that lets them run again; idempotent.
 */
export function limitProcessor(pids: readonly number[], share: number): () => void {
  const send = (signal: NodeJS.Signals): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const running = PERIOD * share;
  let resume: NodeJS.Timeout | undefined;
  const turns = setInterval(() => {
    send('SIGSTOP');
    resume = setTimeout(() => send('SIGCONT'), PERIOD - running);
  }, PERIOD);
  return () => {
    clearInterval(turns);
    clearTimeout(resume);
    send('SIGCONT');
  };
}
