import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LayerRaises } from '../../src/sfu/forwarding/LayerRaises.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A viewer that starts now, and has its first picture so many ms later. */
function viewer(raises: LayerRaises, raised: string[], name: string, after = 100): void {
  raises.started();
  setTimeout(() => raises.wait(() => raised.push(name)), after);
}

describe('the viewers of one video', () => {
  it('go on to larger layers half a second after the first picture', () => {
    const raised: string[] = [];
    viewer(new LayerRaises(), raised, 'ann');
    jest.advanceTimersByTime(599);
    expect(raised).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(raised).toEqual(['ann']);
  });

  it('wait for those that come after them, and go on together', () => {
    const raised: string[] = [];
    const raises = new LayerRaises();
    viewer(raises, raised, 'ann');
    jest.advanceTimersByTime(400);
    viewer(raises, raised, 'bob');
    jest.advanceTimersByTime(999);
    expect(raised).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(raised).toEqual(['ann', 'bob']);
  });

  it('do not wait for ever where others come all the time', () => {
    const raised: string[] = [];
    const raises = new LayerRaises();
    viewer(raises, raised, 'ann');
    for (let other = 0; other < 10 && raised.length === 0; other++) {
      jest.advanceTimersByTime(500);
      viewer(raises, raised, 'other');
    }
    expect(raised).toContain('ann');
  });

  it('are not missed when they go', () => {
    const raised: string[] = [];
    const raises = new LayerRaises();
    raises.started();
    const endWait = raises.wait(() => raised.push('ann'));
    endWait();
    viewer(raises, raised, 'bob');
    jest.advanceTimersByTime(2000);
    expect(raised).toEqual(['bob']);
  });
});
