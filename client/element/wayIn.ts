import type { ConnectOptions } from '../lib/publicTypes.ts';
import type { VisitOptions } from './visitTypes.ts';

/** What the SDK is told of the room and of the person; what is empty is left out. */
export function wayIn(options: VisitOptions, name: string, password?: string): ConnectOptions {
  const { url, room, token, tokenSource } = options;
  return {
    url,
    room,
    ...(name === '' ? {} : { name }),
    ...(token === '' ? {} : { token }),
    ...(tokenSource ? { tokenSource } : {}),
    ...(password ? { password } : {}),
  };
}
