import { z } from 'zod';
import { setting } from './setting.ts';
import { list, text, whole } from './settingValues.ts';
import { isNetwork } from './webhooks/AddressGuard.ts';

/** Receivers at most: each has connections of its own. */
const MAX_RECEIVERS = 16;

const receivers = list
  .refine((urls) => urls.length <= MAX_RECEIVERS, { error: `must be at most ${MAX_RECEIVERS}` })
  .refine((urls) => urls.every(isReceiver), {
    error: 'must be such as https://example.org/webhooks, without user and password',
  })
  .transform((urls) => [...new Set(urls)]);

function isReceiver(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

const networks = z
  .union([z.boolean(), list], { error: 'must be true, false, or a comma separated list of networks' })
  .transform((value) => {
    const [first = '', ...rest] = typeof value === 'boolean' ? [String(value)] : value;
    return rest.length === 0 && (first === 'true' || first === 'false') ? first === 'true' : value;
  })
  .refine((value) => typeof value === 'boolean' || value.every(isNetwork), {
    error: 'must be true, false, or networks such as 10.1.2.0/24; comma separated',
  });

/** What survives a restart, and who is told of events. */
export const storeSettings = {
  dataDir: setting({
    env: 'PARLEY_DATA_DIR',
    schema: text,
    default: 'data',
    defaultText: '`data` in the working directory',
    description:
      'directory of what survives a restart, which one process at a time has; with `PARLEY_REDIS_URL` that is in Redis',
  }),
  eventsKept: setting({
    env: 'PARLEY_EVENTS_KEPT',
    schema: whole(100, 1_000_000),
    default: 10_000,
    defaultText: '10000',
    description: 'events that are kept for `/api/events` and for receivers of webhooks that are away',
  }),
  webhookUrls: setting({
    env: 'PARLEY_WEBHOOK_URLS',
    schema: receivers,
    default: [],
    defaultText: 'none',
    description: 'addresses to which events are posted, signed with the API key; comma separated',
    // Many have a secret in path or query.
    secret: true,
  }),
  webhookAllowPrivate: setting({
    env: 'PARLEY_WEBHOOK_ALLOW_PRIVATE',
    schema: networks,
    default: false,
    defaultText: 'false',
    description:
      'let webhooks go to addresses that are not public: `true`, or networks such as `10.1.2.0/24`; comma separated',
  }),
} as const;
