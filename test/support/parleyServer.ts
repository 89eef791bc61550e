import { tmpdir } from 'node:os';
import { loadConfig, type Config } from '../../src/config.ts';
import { ParleyServer } from '../../src/server.ts';
import { silentLogger, type Logger } from '../../src/support/logger.ts';
import { API_KEY, API_SECRET } from './signalingHarness.ts';

/** Open to everybody, on free ports of the loopback interface. */
export function serverConfig(env: Record<string, string> = {}): Config {
  const invocation = loadConfig({
    argv: [],
    env: {
      NODE_ENV: 'development',
      PARLEY_PORT: '0',
      PARLEY_HOST: '127.0.0.1',
      PARLEY_RTC_PORT: '0',
      PARLEY_WORKERS: '2',
      PARLEY_ANNOUNCED_ADDRESS: '127.0.0.1',
      PARLEY_METRICS_PORT: '0',
      PARLEY_API_KEY: API_KEY,
      PARLEY_API_SECRET: API_SECRET,
      PARLEY_OPEN: 'true',
      PARLEY_EMPTY_ROOM_GRACE: '0',
      ...env,
    },
    makeCredentials: () => ({ apiKey: API_KEY, apiSecret: API_SECRET }),
  });
  if (invocation.show !== undefined) throw new Error('there is no configuration');
  return invocation.config;
}

/** The whole server in this process, without pages. */
export function startServer(
  env: Record<string, string> = {},
  logger: Logger = silentLogger,
): Promise<ParleyServer> {
  return ParleyServer.start({ config: serverConfig(env), staticDir: tmpdir(), logger });
}
