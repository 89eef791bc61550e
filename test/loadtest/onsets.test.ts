import { beforeEach, describe, expect, it } from '@jest/globals';
import { Onsets } from '../../loadtest/bots/Onsets.ts';
import { isTurn, nextTurn, talkersOf, TURN, turnOf } from '../../loadtest/bots/turns.ts';
import type { InboundTrack } from '../../loadtest/bots/InboundTrack.ts';
import { Collector, type Tally } from '../../loadtest/results/Collector.ts';
import { unixTime } from '../../loadtest/rtp/ntp.ts';
import { planBots } from '../../loadtest/scenario/planBots.ts';
import type { RemoteTrack } from '../../loadtest/targets/Target.ts';
import { groupOf, scenarioOf } from './support/loadRun.ts';

const TALKERS = ['ann', 'bob', 'cyd'];
/** Unix ms: the beginning of a turn of ann. */
const START = Math.ceil(unixTime(0) / TURN / 3) * TURN * 3;

const microphoneOf = (name: string): RemoteTrack => ({
  trackId: `track of ${name}`,
  participantId: name,
  name,
  kind: 'audio',
  source: 'microphone',
  paused: false,
});
const trackOf = (name: string): InboundTrack =>
  ({ kind: 'audio', track: microphoneOf(name), speaksAt: Infinity }) as unknown as InboundTrack;

let collector: Collector;
let onsets: Onsets;
beforeEach(() => {
  collector = new Collector();
  onsets = new Onsets(TALKERS, collector);
});

/** A packet that was sent at one time after the start and arrived at another, if somebody waits for it. */
function packet(track: InboundTrack, sent: number, arrived: number): void {
  const now = START + arrived - unixTime(0);
  if (now >= track.speaksAt) onsets.heard(track, now, arrived - sent);
}

function tickUntil(ms: number, find: (name: string) => RemoteTrack | undefined = microphoneOf): void {
  for (let at = 0; at <= ms; at += 40) onsets.tick(find, START + at);
}

const outcome = ({ histograms, counters }: Tally): [number, number, number] => [
  histograms['audio.onset']?.count ?? 0,
  Math.round(histograms['audio.onset']?.max ?? 0),
  counters.onsetsMissed ?? 0,
];

describe('the onset of speech', () => {
  it('is the way of the first packet where all arrive', () => {
    const ann = trackOf('ann');
    onsets.watch(ann, START - 1000);
    onsets.tick(microphoneOf, START);
    packet(ann, -5, 1);
    packet(ann, 15, 17);
    packet(ann, 35, 37);
    expect(outcome(collector.flush())).toEqual([1, 2, 0]);
  });

  it('counts from the first packet that was sent, although a later one arrives first', () => {
    const ann = trackOf('ann');
    onsets.watch(ann, START - 1000);
    // The bot learns of the turn a little late.
    packet(ann, 15 + 6 * 20, 140);
    onsets.tick(microphoneOf, START + 145);
    packet(ann, 15 + 7 * 20, 160);
    expect(outcome(collector.flush())).toEqual([1, 125, 0]);
  });

  it('is missed when nothing arrives in the whole turn, or shortly after', () => {
    tickUntil(TURN + 400);
    expect(outcome(collector.flush())).toEqual([0, 0, 0]);
    onsets.tick(microphoneOf, START + TURN + 520);
    expect(outcome(collector.flush())).toEqual([0, 0, 1]);
  });

  it('is not missed of whom there is no microphone, or none any more', () => {
    tickUntil(TURN + 600, () => undefined);
    onsets = new Onsets(TALKERS, collector);
    for (let at = 0; at <= TURN + 600; at += 40)
      onsets.tick(at < TURN ? microphoneOf : () => undefined, START + at);
    expect(outcome(collector.flush())).toEqual([0, 0, 0]);
  });

  it('is not judged by who comes in the middle of a turn', () => {
    for (let at = 1000; at <= TURN + 600; at += 40) onsets.tick(microphoneOf, START + at);
    expect(outcome(collector.flush())).toEqual([0, 0, 0]);
  });

  it('is awaited again at the next turn, and never of those who take none', () => {
    const [ann, other] = [trackOf('ann'), trackOf('other')];
    onsets.watch(ann, START + 10);
    onsets.watch(other, START + 10);
    onsets.tick(microphoneOf, START + 10);
    packet(ann, 15, 16);
    expect(Math.round(ann.speaksAt + unixTime(0))).toBe(START + 3 * TURN);
    expect(other.speaksAt).toBe(Infinity);
  });
});

describe('turns to speak', () => {
  const scenario = scenarioOf({
    rooms: 2,
    groups: [
      groupOf({ name: 'hosts', count: 1, audio: 'turns' }),
      groupOf({ name: 'viewers', count: 2, audio: 'off' }),
      groupOf({ name: 'panel-1', count: 2, audio: 'turns' }),
    ],
  });

  it('are taken by the members of a room one after the other, as all of them know', () => {
    for (const plan of planBots(scenario, 'x')) {
      const room = plan.room.slice(-1);
      const talkers = [`hosts-${room}-1`, `panel-1-${room}-1`, `panel-1-${room}-2`];
      expect(talkersOf(plan, scenario)).toEqual(talkers);
      expect(turnOf(plan, scenario)?.position ?? -1).toBe(talkers.indexOf(plan.name));
    }
  });

  it.each([0, 1, 2])('begin again after all others, in position %d', (position) => {
    const turn = { position, of: 3 };
    const begin = nextTurn(turn, START + 100);
    expect(begin).toBe(START + (position === 0 ? 3 : position) * TURN);
    expect([isTurn(turn, begin - 1), isTurn(turn, begin), isTurn(turn, begin + TURN)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(nextTurn(turn, begin)).toBe(begin + 3 * TURN);
  });
});
