import { setting } from './setting.ts';
import { origins } from './settingValues.ts';

/** The settings of rooms in other people's pages. */
export const embedSettings = {
  embedOrigins: setting({
    env: 'PARLEY_EMBED_ORIGINS',
    schema: origins.optional(),
    defaultText: 'as `PARLEY_ALLOWED_ORIGINS` if that is set, else `*`',
    description:
      'origins of pages that may have a room in a frame (`<parley-room>`) besides the server’s own, or `*`; comma separated',
  }),
} as const;
