import { describe, expect, test } from '@jest/globals';
import { chooseWorker, defaultPlacement, type PlacementSettings } from '../../src/sfu/placement.ts';
import type { WorkerLoad } from '../../src/workers/workerLoad.ts';

const idle: WorkerLoad = {
  cpu: 0,
  routers: 0,
  consumers: 0,
  bitrate: 0,
  unmeasuredRooms: 0,
  expectedConsumers: 0,
};

interface Fake {
  name: string;
  load: WorkerLoad;
  /** Of the room; undefined where it has no router. */
  peers: number | undefined;
}

const worker = (name: string, peers: number | undefined, load: Partial<WorkerLoad> = {}): Fake => ({
  name,
  peers,
  load: { ...idle, ...load },
});

const chosen = (workers: Fake[], settings: Partial<PlacementSettings> = {}): string | undefined =>
  chooseWorker(workers, ({ peers }) => peers, { ...defaultPlacement, ...settings })?.name;

describe('the worker for the next peer of a room', () => {
  test('is the room’s own while that has capacity, although others are idle', () => {
    expect(chosen([worker('idle', undefined), worker('own', 9, { cpu: 0.6, consumers: 300 })])).toBe('own');
  });

  test.each([
    ['CPU', { cpu: 0.7 }],
    ['consumers', { consumers: 400 }],
    ['consumers of those who are on their way', { consumers: 380, expectedConsumers: 20 }],
  ])('is another one once the room’s own has no capacity for more %s', (_, load) => {
    expect(chosen([worker('own', 9, load), worker('idle', undefined)])).toBe('idle');
  });

  test('is the room’s other one before a further one', () => {
    const workers = [
      worker('full', 20, { cpu: 0.9 }),
      worker('idle', undefined),
      worker('other', 2, { cpu: 0.3 }),
    ];
    expect(chosen(workers)).toBe('other');
  });

  test('is the least loaded of all when none has capacity', () => {
    expect(chosen([worker('own', 9, { cpu: 0.95 }), worker('busy', undefined, { cpu: 0.8 })])).toBe('busy');
    expect(chosen([worker('own', 9, { cpu: 0.8 }), worker('busy', undefined, { cpu: 0.95 })])).toBe('own');
  });

  test('is that with the fewest peers of the room when rooms are spread, whatever the load', () => {
    const workers = [worker('two', 2), worker('busy', 1, { cpu: 0.9 }), worker('other', 1, { cpu: 0.95 })];
    expect(chosen(workers, { spreadRooms: true })).toBe('busy');
    expect(chosen([...workers, worker('none', undefined)], { spreadRooms: true })).toBe('none');
  });

  test('is one where the room has a router already, of those without peers', () => {
    expect(chosen([worker('none', undefined), worker('own', 0, { routers: 1 })], { spreadRooms: true })).toBe(
      'own',
    );
  });

  test('is none without workers', () => {
    expect(chosen([])).toBeUndefined();
    expect(chosen([], { spreadRooms: true })).toBeUndefined();
  });
});
