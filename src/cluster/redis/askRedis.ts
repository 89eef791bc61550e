import { Redis } from 'ioredis';
import { CONNECT_TIMEOUT } from './times.ts';

/** What a Redis says of itself. */
export interface RedisAnswer {
  version: string;
  /** ms since 1970 by its clock, and by ours in the middle of the question. */
  time: number;
  askedAt: number;
}

/**
 * Asks once what Redis this is and what time it is there, over a connection of its own.
 *
 * @throws Error which says why there is no answer; never with the password.
 */
export async function askRedis(url: string): Promise<RedisAnswer> {
  const redis = new Redis(url, {
    protocol: 2,
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_TIMEOUT * 4,
    commandTimeout: CONNECT_TIMEOUT * 4,
    maxRetriesPerRequest: 0,
  });
  let reason: string | undefined;
  redis.on('error', ({ message }: Error) => (reason = message));
  try {
    await redis.connect();
    const info = await redis.info('server');
    const before = Date.now();
    const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
    return {
      version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? '',
      time: seconds * 1000 + Math.floor(microseconds / 1000),
      askedAt: (before + Date.now()) / 2,
    };
  } catch (error) {
    // eslint-disable-next-line preserve-caught-error -- its other properties may have the password: they are the failed command's
    throw new Error(reason ?? (error as Error).message);
  } finally {
    redis.disconnect();
  }
}
