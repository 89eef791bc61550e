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
  try {
    // Workers that come later inherit it.
    for (const pid of [server.pid, ...server.workers]) setPriority(pid, PRIORITY);
  } catch {
    console.log('the server shares the cores with the browsers: raising its priority takes root');
  }
  return server;
}
