import { describe, expect, it } from '@jest/globals';
import { isRoomName } from '../../src/protocol/roomName.ts';
import { finishScenario } from '../../loadtest/scenario/compileScenario.ts';
import { expectedPackets, partitionBots, planBots, type BotPlan } from '../../loadtest/scenario/planBots.ts';
import { readScenario } from '../../loadtest/scenario/readScenario.ts';
import type { Scenario } from '../../loadtest/scenario/scenario.ts';

const scenario = (text: string): Scenario => finishScenario(readScenario(text, 'test.yaml'));
const two =
  'rooms: 2\ngroups: [{name: speakers, count: 1}, {name: viewers, count: 2, audio: off, video: off}]\n';
const names = (bots: readonly BotPlan[]): string[] => bots.map(({ name }) => name);
const tally = (bots: readonly BotPlan[], by: 'room' | 'group'): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const bot of bots) counts[bot[by]] = (counts[bot[by]] ?? 0) + 1;
  return counts;
};

describe('the plan of the bots', () => {
  it('fills one room after the other', () => {
    const bots = planBots(scenario(`${two}ramp: {order: rooms}`), 'x1');
    expect(names(bots)).toEqual([
      'speakers-1-1',
      'viewers-1-1',
      'viewers-1-2',
      'speakers-2-1',
      'viewers-2-1',
      'viewers-2-2',
    ]);
    expect(bots.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bots.map(({ room }) => room)).toEqual([1, 1, 1, 2, 2, 2].map((room) => `load-x1-${room}`));
    expect(bots.every(({ room }) => isRoomName(room))).toBe(true);
  });

  it('fills all rooms together', () =>
    expect(names(planBots(scenario(`${two}ramp: {order: participants}`), 'x1'))).toEqual([
      'speakers-1-1',
      'speakers-2-1',
      'viewers-1-1',
      'viewers-2-1',
      'viewers-1-2',
      'viewers-2-2',
    ]));

  it('spaces joins by the rate, or leaves it to the concurrency', () => {
    const joinAt = (ramp: string): number[] =>
      planBots(scenario(`${two}ramp: ${ramp}`), 'x').map((bot) => bot.joinAt);
    expect(joinAt('4/s')).toEqual([0, 250, 500, 750, 1000, 1250]);
    expect(joinAt('all')).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('gives each bot a seed of its own, the same in each run and ramp', () => {
    const seeds = (text: string, run: string): Record<string, number> =>
      Object.fromEntries(planBots(scenario(text), run).map(({ name, seed }) => [name, seed]));
    const first = seeds(two, 'a');
    expect(new Set(Object.values(first)).size).toBe(6);
    expect(seeds(`${two}ramp: {order: participants}`, 'b')).toEqual(first);
    expect(seeds(`${two}seed: 2`, 'a')).not.toEqual(first);
    expect(Object.values(first).every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(
      true,
    );
  });
});

describe('the partition of the bots', () => {
  it('deals every bot once and keeps their order', () => {
    const plan = scenario('extends: webinar\nrooms: 3');
    const bots = planBots(plan, 'x');
    const parts = partitionBots(bots, plan, 4);
    expect(parts.flat().sort((a, b) => a.index - b.index)).toEqual(bots);
    for (const part of parts) {
      expect(part.map(({ index }) => index)).toEqual(part.map(({ index }) => index).sort((a, b) => a - b));
    }
  });

  it('spreads publishers and viewers', () => {
    const plan = scenario(
      'extends: webinar\ngroups: [{name: publishers, count: 4}, {name: viewers, count: 40}]',
    );
    const parts = partitionBots(planBots(plan, 'x'), plan, 4);
    expect(parts.map((part) => tally(part, 'group'))).toEqual(
      Array.from({ length: 4 }, () => ({ publishers: 1, viewers: 10 })),
    );
  });

  it('spreads the rooms', () => {
    const plan = scenario('rooms: 3\nparticipants: 4');
    for (const part of partitionBots(planBots(plan, 'x'), plan, 2)) {
      expect(tally(part, 'room')).toEqual({ 'load-x-1': 2, 'load-x-2': 2, 'load-x-3': 2 });
    }
  });

  it('gives a process with a heavy bot fewer of the others', () => {
    const plan = scenario(
      'groups: [{name: heavy, count: 1, screen: true, audio: always}, {name: light, count: 9, video: off, audio: off, subscribe: {audio: all, video: none}}]',
    );
    const [first, second] = partitionBots(planBots(plan, 'x'), plan, 2);
    expect(tally(first!, 'group')).toEqual({ heavy: 1 });
    expect(tally(second!, 'group')).toEqual({ light: 9 });
  });

  it('leaves processes empty when there are fewer bots', () => {
    const plan = scenario('participants: 2');
    expect(partitionBots(planBots(plan, 'x'), plan, 3).map((part) => part.length)).toEqual([1, 1, 0]);
  });

  it('expects what a bot sends and receives', () => {
    const rates = expectedPackets(
      scenario(
        'groups: [{name: a, count: 2, audio: always, video: "vp8:180p30x1"}, {name: b, count: 1, audio: off, video: off, subscribe: {video: 1}}]',
      ),
    );
    expect(rates.get('a')).toBe(50 + 30 + 50 + 30);
    expect(rates.get('b')).toBe(2 * 50 + 30);
  });
});
