import { setting } from './setting.ts';
import { origins } from './settingValues.ts';

/** The settings of the server API. */
export const apiSettings = {
  apiOrigins: setting({
    env: 'PARLEY_API_ORIGINS',
    schema: origins,
    default: [],
    defaultText: 'none',
    description:
      'origins of pages that may call the server API (`/api`, `/twirp`) besides the server’s own, or `*`; comma separated',
  }),
} as const;
