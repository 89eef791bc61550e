import {
  destination as pinoDestination,
  pino,
  stdSerializers,
  type DestinationStream,
  type LevelWithSilent,
  type Logger as PinoLogger,
} from 'pino';
import { logContext } from './logContext.ts';
import { secretsRedactor } from './redactSecrets.ts';

/** What Parley's classes log to; bind room and peer once with `child()`. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(bindings: Record<string, unknown>): Logger;
};

export type LogLevel = LevelWithSilent;

/** Properties that are never shown. A Redis URL may hold a password. */
const SECRETS = [
  'token',
  'sessionToken',
  'ticket',
  'apiSecret',
  'secret',
  'password',
  'credential',
  'authorization',
  'cookie',
  'redisUrl',
  'iceServers',
];

/**
 * JSON lines on stderr, so that stdout holds what a person is meant to read.
 *
 * Each has the session and the request that it came of. Secrets are taken out of properties by their names, and out of the whole
 * line by their form.
 */
export function createLogger(options: {
  level: LogLevel;
  /** What must not be in any line. */
  secrets?: readonly string[];
  destination?: DestinationStream;
}): Logger {
  const redact = secretsRedactor(options.secrets);
  const destination = options.destination ?? pinoDestination({ dest: 2, sync: true });
  return pino(
    {
      level: options.level,
      base: undefined,
      redact: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      serializers: { error: stdSerializers.err },
      // pino adds the line's own properties to it.
      mixin: () => ({ ...logContext() }),
    },
    { write: (line) => destination.write(redact(line)) },
  );
}

/** For tests and embedding code that wants silence. */
export const silentLogger: Logger = createLogger({ level: 'silent' });
