import { describe, expect, test } from '@jest/globals';
import { leastLoaded, loadScore, type WorkerLoad } from '../../src/workers/workerLoad.ts';

const idle: WorkerLoad = {
  cpu: 0,
  routers: 0,
  consumers: 0,
  bitrate: 0,
  unmeasuredRooms: 0,
  expectedConsumers: 0,
};
const worker = (load: Partial<WorkerLoad>) => ({ load: { ...idle, ...load } });

describe('loadScore', () => {
  test('an idle worker scores 0', () => {
    expect(loadScore(idle)).toBe(0);
  });

  test.each(['cpu', 'routers', 'consumers', 'bitrate', 'unmeasuredRooms', 'expectedConsumers'] as const)(
    'more %s scores higher',
    (figure) => {
      expect(loadScore({ ...idle, [figure]: 1 })).toBeGreaterThan(0);
    },
  );

  test('CPU, consumers and bitrate describe the same work, so the worst of them counts alone', () => {
    expect(loadScore({ ...idle, cpu: 0.5, consumers: 100, bitrate: 40_000_000 })).toBe(0.5);
    expect(loadScore({ ...idle, cpu: 0.1, consumers: 250, bitrate: 40_000_000 })).toBe(0.5);
    expect(loadScore({ ...idle, cpu: 0.1, consumers: 100, bitrate: 200_000_000 })).toBe(0.5);
  });
});

describe('leastLoaded', () => {
  test('takes the worker with the lowest score', () => {
    const quiet = worker({ cpu: 0.1 });
    expect(leastLoaded([worker({ cpu: 0.4 }), quiet, worker({ cpu: 0.2 })])).toBe(quiet);
  });

  test('takes the first of equals', () => {
    const first = worker({});
    expect(leastLoaded([first, worker({})])).toBe(first);
  });

  test('a room that was just placed outweighs the noise between idle workers', () => {
    const noisy = worker({ cpu: 0.01 });
    expect(leastLoaded([worker({ unmeasuredRooms: 1 }), noisy])).toBe(noisy);
  });

  test('quiet rooms spread by their number', () => {
    const fewer = worker({ routers: 1 });
    expect(leastLoaded([worker({ routers: 2 }), fewer])).toBe(fewer);
  });

  test('a busy worker is avoided even when the other one has many quiet rooms', () => {
    const quiet = worker({ routers: 20, cpu: 0.02 });
    expect(leastLoaded([worker({ routers: 1, cpu: 0.6 }), quiet])).toBe(quiet);
  });

  test('without candidates there is none', () => {
    const nobody = leastLoaded<{ load: WorkerLoad }>([]);
    expect(nobody).toBeUndefined();
  });
});
