import { setting } from './setting.ts';
import { whole } from './settingValues.ts';
import { defaultLimits } from './sfu/limits.ts';

/** The settings of who is let into rooms, and who runs them. */
export const conductSettings = {
  maxWaiting: setting({
    env: 'PARLEY_MAX_WAITING',
    schema: whole(0, 1000),
    default: defaultLimits.maxWaiting,
    description: 'peers that may wait to be let into a room',
  }),
  waitingTimeout: setting({
    env: 'PARLEY_WAITING_TIMEOUT',
    schema: whole(1000, 86_400_000),
    default: defaultLimits.waitingTimeout,
    description: 'ms for which somebody waits whom no host lets in',
  }),
  hostGrace: setting({
    env: 'PARLEY_HOST_GRACE',
    schema: whole(0, 86_400_000),
    default: defaultLimits.hostGrace,
    description: 'ms after which a room of an open server that has no host any more gets one',
  }),
} as const;
