import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { isRedisUrl } from './cluster/redis/redisUrl.ts';
import { VIDEO_CODECS } from './protocol/models.ts';

/*
 * What the values of settings may be. A variable's value is text; a file's has the type that it has there.
 */

export const text = z.string({ error: 'must be text' }).trim().min(1, 'must not be empty');
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])], { error: 'must be true or false' })
  .transform((value) => value === true || value === 'true' || value === '1');

export function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  // Not coerced, because Number() makes a number of blanks, lists and truth values too.
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^-?\d{1,15}$/)
          .transform(Number),
      ],
      { error: message },
    )
    .pipe(z.number({ error: message }).int(message).min(min, message).max(max, message));
}

/** bps, or 0 for no limit; less than mediasoup takes would let nobody receive anything. */
export const bitrateCeiling = whole(0, 1_000_000_000).refine((bps) => bps === 0 || bps >= 50_000, {
  error: 'must be 0, or a whole number from 50000 to 1000000000',
});

/** A list in a file, or comma separated in a variable. */
export const list = z
  .union([z.array(text), text.transform((value) => value.split(',').map((part) => part.trim()))], {
    error: 'must be a comma separated list',
  })
  .transform((values) => values.filter((value) => value !== ''));

/** As browsers send them (RFC 6454 section 6.2): anything else would never match. */
const ORIGIN = /^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@A-Z]+)$/;
export const origins = list.refine((values) => values.every((value) => ORIGIN.test(value)), {
  error: 'must be origins such as https://www.example.com, in small letters and without a path, or *',
});

/** As in a browser's address bar, without a path. */
export const httpOrigin = text.refine(isHttpOrigin, {
  error: 'must be such as https://north.example.org, without a path',
});

function isHttpOrigin(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === value;
}

export const videoCodecs = list.pipe(
  z
    .array(z.enum(VIDEO_CODECS, { error: `must be of ${VIDEO_CODECS.join(', ')}` }))
    .min(1, 'must not be empty'),
);

export const redisUrl = text.refine(isRedisUrl, {
  error: 'must be such as redis://user:password@redis.example.org:6379/0, or rediss:// for TLS',
});

/** Part of keys in Redis, of logs and of addresses. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const label = text.refine((value) => LABEL.test(value), {
  error: 'must be 1 to 64 letters, digits, dots, dashes and underscores',
});

/** This host's name, as far as it makes a label. */
export function hostLabel(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9._-]/g, '')
    .slice(0, 64);
  return LABEL.test(name) ? name : 'node';
}

/** An address that others can reach; not a wildcard. */
export const ipAddress = text.refine(
  (value) => isIP(value) !== 0 && value !== '0.0.0.0' && !/^[0:]+$/.test(value),
  { error: 'must be an IP address that other machines reach' },
);

/** First and last port, such as 49152-65535. */
export const portRange = z
  .string({ error: 'must be a range of ports such as 49152-65535' })
  .trim()
  .regex(/^\d{1,5}-\d{1,5}$/, 'must be a range of ports such as 49152-65535')
  .transform((value) => {
    const [min = 0, max = 0] = value.split('-').map(Number);
    return { min, max };
  })
  .refine(({ min, max }) => min >= 1 && min <= max && max <= 65_535, {
    error: 'must go from a port to one that is not lower, 1 to 65535',
  });

const ICE_SERVERS = 'must be a JSON list of RTCIceServer objects';
/** RFC 7064 and RFC 7065; browsers refuse the whole list because of one that they cannot read. */
const ICE_URL = /^(stun|stuns|turn|turns):[^\s/]+$/;
const iceServer = z
  .strictObject(
    {
      urls: z.union([z.string(), z.array(z.string()).min(1)], { error: 'urls must be text or a list of it' }),
      username: z.string('username must be text').optional(),
      credential: z.string('credential must be text').optional(),
    },
    { error: ICE_SERVERS },
  )
  .refine(({ urls }) => [urls].flat().every((url) => ICE_URL.test(url)), {
    error: 'urls must be such as stun:example.org:3478 or turn:example.org?transport=tcp',
  })
  .refine(
    ({ urls, username, credential }) =>
      (username !== undefined && credential !== undefined) ||
      [urls].flat().every((url) => !url.startsWith('turn')),
    { error: 'a TURN server needs username and credential' },
  );

/** A list in a file, or JSON in a variable. */
export const iceServers = z.preprocess(
  (value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  },
  z.array(iceServer, { error: ICE_SERVERS }),
);
