import { pino, type DestinationStream, type LevelWithSilent, type Logger as PinoLogger } from 'pino';

/** What Parley's classes log to; bind room and peer once with `child()`. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(bindings: Record<string, unknown>): Logger;
};

export type LogLevel = LevelWithSilent;

/** Properties that are never shown. A Redis URL may hold a password. */
const SECRETS = ['token', 'sessionToken', 'apiSecret', 'redisUrl'];

/** JSON lines on stderr, so that stdout holds what a person is meant to read. */
export function createLogger(options: { level: LogLevel; destination?: DestinationStream }): Logger {
  return pino(
    {
      level: options.level,
      base: undefined,
      redact: SECRETS.flatMap((name) => [name, `*.${name}`]),
      serializers: { error: pino.stdSerializers.err },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** For tests and embedding code that wants silence. */
export const silentLogger: Logger = createLogger({ level: 'silent' });
