/** Runs `action` while no other process of this machine does so for the same directory, and waits for its turn. */
export function withBuildLock<T>(
  directory: string,
  action: () => Promise<T>,
  options?: { signal?: AbortSignal; onWait?: () => void },
): Promise<T>;
