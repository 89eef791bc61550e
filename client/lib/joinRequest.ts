import type { RequestPayload } from '../../src/protocol/requests.ts';
import type { ConnectOptions } from './publicTypes.ts';

/** What of a client's options the server is told in `join`. */
export function joinRequest({ room, name, token, metadata, data }: ConnectOptions): RequestPayload<'join'> {
  return {
    room,
    ...(name === undefined ? {} : { name }),
    ...(token === undefined ? {} : { token }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(data === undefined ? {} : { data }),
  };
}
