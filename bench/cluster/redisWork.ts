import type { RedisServer } from '../../test/support/redisServer.ts';

/** What a Redis has done so far. */
export interface RedisWork {
  /** On the clock of `performance.now()`, ms. */
  at: number;
  /** Calls so far by command, those that scripts make included (`INFO commandstats`). */
  calls: ReadonlyMap<string, number>;
  /** s of CPU (`INFO cpu`). */
  cpu: number;
  /** Bytes (`used_memory`). */
  memory: number;
}

/** Its process id. */
export async function redisPid(redis: RedisServer): Promise<number> {
  return Number(/^process_id:(\d+)/m.exec(await redis.ask((client) => client.info('server')))?.[1]);
}

/** What nodes send: one round trip each. All others are made by their scripts. */
const SENT = new Set([
  'evalsha',
  'eval',
  'xread',
  'script|load',
  'hello',
  'auth',
  'select',
  'client|setname',
  'client|setinfo',
  'info',
]);

export async function redisWork(redis: RedisServer): Promise<RedisWork> {
  const text = await redis.ask(async (client) => {
    const parts = await Promise.all([client.info('commandstats'), client.info('cpu'), client.info('memory')]);
    return parts.join('\n');
  });
  const calls = new Map<string, number>();
  for (const [, command = '', count] of text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
    calls.set(command, Number(count));
  const field = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
  return {
    at: performance.now(),
    calls,
    cpu: field('used_cpu_user') + field('used_cpu_sys'),
    memory: field('used_memory'),
  };
}

/** Commands between two looks. */
export interface RedisCalls {
  seconds: number;
  /** Sent by nodes, one round trip each. */
  sent: number;
  /** Those, and what their scripts called. */
  all: number;
  /** Of each command that was called, the most frequent first. */
  byCommand: Record<string, number>;
  /** s of CPU. */
  cpu: number;
}

export function callsBetween(before: RedisWork, after: RedisWork): RedisCalls {
  const made = [...after.calls]
    .map(([command, count]) => [command, count - (before.calls.get(command) ?? 0)] as const)
    // The looks themselves.
    .filter(([command, count]) => count > 0 && command !== 'info')
    .sort(([, one], [, other]) => other - one);
  const sum = (counted: readonly (readonly [string, number])[]): number =>
    counted.reduce((total, [, count]) => total + count, 0);
  return {
    seconds: (after.at - before.at) / 1000,
    sent: sum(made.filter(([command]) => SENT.has(command))),
    all: sum(made),
    byCommand: Object.fromEntries(made),
    cpu: after.cpu - before.cpu,
  };
}
