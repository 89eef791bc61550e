import { setPriority } from 'node:os';
import { ServerProcess } from '../test/support/serverProcess.ts';
import type { TestHost } from '../test/support/testNetwork.ts';

/** Higher than Chromium gives its own media threads when it runs as root. */
const PRIORITY = -15;

/**
 * A server that browsers beside it do not starve: in real life it has a machine of its own. Without the right to raise
 * priorities it has to share.
 */
export async function startServer(
  env: Record<string, string> = {},
  options: { host?: TestHost } = {},
): Promise<ServerProcess> {
  const server = await ServerProcess.start(env, options);
  // Workers that come later inherit it.
  prefer(server.pid, ...server.workers);
  return server;
}

/** What else is measured comes before everything else on this machine as well. */
export function prefer(...pids: number[]): void {
  try {
    for (const pid of pids) setPriority(pid, PRIORITY);
  } catch {
    console.log('what is measured shares the cores with everything else: raising its priority takes root');
  }
}
