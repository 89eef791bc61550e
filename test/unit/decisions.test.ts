import { describe, expect, it } from '@jest/globals';
import { ALL_LAYERS, type Decision } from '../../src/sfu/forwarding/decision.ts';
import { Decisions } from '../../src/sfu/forwarding/Decisions.ts';

const HEARD: Decision = { forward: 'send', layers: ALL_LAYERS, priority: 255, cause: 'fine' };
const MUTED: Decision = { ...HEARD, cause: 'mutedBySender' };
const layer = (spatialLayer: number): Decision => ({
  ...HEARD,
  layers: { spatialLayer, temporalLayer: 7 },
  priority: 100,
});
const map = (of: Record<string, Decision>): Map<string, Decision> => new Map(Object.entries(of));

describe('decisions', () => {
  const before = new Decisions(map({ ann: HEARD, bob: HEARD }), map({ screen: layer(2) }));

  it('are found by producer, whether it is heard or seen', () => {
    expect([before.get('ann'), before.get('screen'), before.get('nobody')]).toEqual([
      HEARD,
      layer(2),
      undefined,
    ]);
    expect([before.has('ann'), before.has('screen'), before.has('nobody')]).toEqual([true, true, false]);
    expect(Decisions.none.has('ann')).toBe(false);
  });

  it('stay the same object when the same is decided again', () => {
    expect(before.next(map({ bob: { ...HEARD }, ann: { ...HEARD } }), map({ screen: layer(2) }))).toBe(
      before,
    );
    expect(before.next(undefined, undefined)).toBe(before);
  });

  it('keep of sound and videos what is the same, and what was not decided anew', () => {
    const heard = before.next(map({ ann: MUTED, bob: HEARD }), map({ screen: layer(2) }));
    expect(heard.videos).toBe(before.videos);
    expect(before.next(undefined, map({ screen: layer(1) })).sounds).toBe(before.sounds);
  });

  it('differ where something changed, came or went', () => {
    const now = before.next(map({ ann: MUTED, cid: HEARD }), map({ screen: layer(2) }));
    expect(now.differences(before)).toEqual(['ann', 'cid', 'bob']);
    expect(before.differences(before)).toEqual([]);
    expect(before.differences(Decisions.none)).toEqual(['ann', 'bob', 'screen']);
    expect(Decisions.none.differences(before)).toEqual(['ann', 'bob', 'screen']);
  });

  it.each([
    ['what becomes of it', { forward: 'ready' as const }],
    ['the cause', { cause: 'tileIsSmall' as const }],
    ['the priority', { priority: 1 }],
    ['the size', { layers: { spatialLayer: 1, temporalLayer: 7 } }],
    ['the frame rate', { layers: { spatialLayer: 2, temporalLayer: 0 } }],
  ])('differ by %s', (_, change) => {
    const now = before.next(undefined, map({ screen: { ...layer(2), ...change } }));
    expect(now.differences(before)).toEqual(['screen']);
  });
});
