import type { Scenario } from '../scenario/scenario.ts';
import { tokenOf, type Access } from './accessToken.ts';
import { JanusTarget } from './JanusTarget.ts';
import { MediasoupTarget } from './MediasoupTarget.ts';
import { ParleyTarget } from './ParleyTarget.ts';
import type { Target } from './Target.ts';
import { WhipTarget } from './WhipTarget.ts';

export type { Access } from './accessToken.ts';

/** The bots' side of the kind of server that a scenario is for. */
export function createTarget(
  { target, whepUrl }: Pick<Scenario, 'target' | 'whepUrl'>,
  access: Access = {},
): Target {
  const token = (room: string, name: string): Promise<string | undefined> => tokenOf(access, room, name);
  switch (target) {
    case 'parley':
      return new ParleyTarget({ token });
    case 'mediasoup':
      return new MediasoupTarget();
    case 'janus':
      return new JanusTarget();
    case 'whip':
      return new WhipTarget({ url: 'whip', token, ...(whepUrl === undefined ? {} : { whepUrl }) });
    case 'whep':
      return new WhipTarget({ url: 'whep', token });
  }
}
