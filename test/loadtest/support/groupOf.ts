import type { Group } from '../../../loadtest/scenario/scenario.ts';

/** Two who talk always and show a small picture. */
export function groupOf(changes: Partial<Group> = {}): Group {
  return {
    name: 'people',
    count: 2,
    audio: 'always',
    video: { codec: 'vp8', layers: 1, height: 180, fps: 15 },
    screen: false,
    subscribe: { audio: 'all', video: 'all' },
    network: {},
    behaviour: {},
    ...changes,
  };
}
