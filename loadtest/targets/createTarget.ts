import type { TargetKind } from '../scenario/scenario.ts';
import { badRequest } from '../../src/support/errors.ts';
import { makeToken } from './accessToken.ts';
import { JanusTarget } from './JanusTarget.ts';
import { MediasoupTarget } from './MediasoupTarget.ts';
import { ParleyTarget } from './ParleyTarget.ts';
import type { Target } from './Target.ts';

/** How bots of a run get in. */
export interface Access {
  token?: string;
  apiKey?: string;
  apiSecret?: string;
}

/** The bots' side of a kind of server. */
export function createTarget(kind: TargetKind, access: Access = {}): Target {
  const { token, apiKey, apiSecret } = access;
  switch (kind) {
    case 'parley':
      if (token !== undefined) return new ParleyTarget({ token: () => Promise.resolve(token) });
      if (apiKey !== undefined && apiSecret !== undefined)
        return new ParleyTarget({ token: (room, name) => makeToken(apiKey, apiSecret, room, name) });
      return new ParleyTarget();
    case 'mediasoup':
      return new MediasoupTarget();
    case 'janus':
      return new JanusTarget();
    case 'whip':
      throw badRequest('bots cannot join a WHIP server yet');
  }
}
