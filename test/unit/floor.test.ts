import { describe, expect, test } from '@jest/globals';
import { Floor } from '../../src/sfu/Floor.ts';

const levels =
  (of: Record<string, number>) =>
  (peerId: string): number | undefined =>
    of[peerId];
const silence = levels({});

describe('the floor of a room on one router', () => {
  test('is held by whom the router says, at once', () => {
    const floor = new Floor<string>();
    expect(floor.claim('a', 'ann', silence, 0)).toBe(true);
    expect(floor.claim('a', 'bob', levels({ ann: -10, bob: -50 }), 1)).toBe(true);
    expect(floor.claim('a', 'bob', silence, 2)).toBe(false);
    expect(floor.hear(levels({ ann: -10 }), 5000)).toBe(false);
    expect(floor.holder).toBe('bob');
  });
});

describe('the floor of a room on several routers', () => {
  function shared(): Floor<string> {
    const floor = new Floor<string>();
    floor.claim('a', 'ann', silence, 0);
    floor.claim('b', 'bob', levels({ ann: -30 }), 0);
    return floor;
  }

  test('stays with its holder while another is not clearly louder', () => {
    const floor = shared();
    expect(floor.hear(levels({ ann: -30, bob: -25 }), 5000)).toBe(false);
    expect(floor.holder).toBe('ann');
    expect(floor.hear(levels({ ann: -30, bob: -24 }), 5000)).toBe(true);
    expect(floor.holder).toBe('bob');
  });

  test('does not go back and forth between two who speak at a time', () => {
    const floor = shared();
    floor.hear(levels({ ann: -40, bob: -20 }), 5000);
    expect(floor.hear(levels({ ann: -20, bob: -40 }), 5500)).toBe(false);
    expect(floor.hear(levels({ ann: -20, bob: -40 }), 6000)).toBe(true);
  });

  test('goes to whoever begins to speak when its holder fell silent, heard yet or not', () => {
    const floor = shared();
    expect(floor.claim('b', 'cid', levels({}), 100)).toBe(true);
    expect(floor.holder).toBe('cid');
  });

  test('goes on from a holder that its own router gave up', () => {
    const floor = shared();
    expect(floor.claim('a', 'dan', levels({ ann: -30, dan: -28 }), 100)).toBe(true);
    expect(floor.holder).toBe('dan');
  });

  test('does not stay with somebody who left, nor go to a router that is gone', () => {
    const floor = shared();
    floor.peerLeft('ann');
    expect(floor.holder).toBeNull();
    floor.routerGone('b');
    expect(floor.hear(levels({ bob: -10 }), 5000)).toBe(false);
    expect(floor.holder).toBeNull();
  });
});
