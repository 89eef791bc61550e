import type { TargetKind } from '../scenario/scenario.ts';
import { tokenOf, type Access } from './accessToken.ts';
import { JanusTarget } from './JanusTarget.ts';
import { MediasoupTarget } from './MediasoupTarget.ts';
import { ParleyTarget } from './ParleyTarget.ts';
import type { Target } from './Target.ts';

export type { Access } from './accessToken.ts';

/** The bots' side of a kind of server. */
export function createTarget(kind: TargetKind, access: Access = {}): Target {
  switch (kind) {
    case 'parley':
      return new ParleyTarget({ token: (room, name) => tokenOf(access, room, name) });
    case 'mediasoup':
      return new MediasoupTarget();
    case 'janus':
      return new JanusTarget();
  }
}
