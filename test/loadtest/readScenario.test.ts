import { describe, expect, it } from '@jest/globals';
import { ParleyError } from '../../src/support/errors.ts';
import { builtinNames, builtinText } from '../../loadtest/scenario/builtins.ts';
import { finishScenario, participantsOf } from '../../loadtest/scenario/compileScenario.ts';
import { readBuiltin, readScenario } from '../../loadtest/scenario/readScenario.ts';
import type { Group, Scenario } from '../../loadtest/scenario/scenario.ts';

const compiled = (text: string, file = 'mine.yaml'): Scenario => finishScenario(readScenario(text, file));

const problems = (text: string, file = 'conference.yaml'): readonly string[] => {
  try {
    readScenario(text, file);
  } catch (error) {
    if (error instanceof ParleyError) return error.details ?? [];
    throw error;
  }
  return [];
};

const participants: Group = {
  name: 'participants',
  count: 4,
  audio: 'turns',
  video: { codec: 'vp8', layers: 3, height: 720, fps: 30 },
  screen: false,
  subscribe: { audio: 'all', video: 'all' },
  network: {},
  behaviour: {},
};

describe('a scenario file', () => {
  it('that is empty is a conference of four for half a minute', () =>
    expect(compiled('', 'dir/mine.yaml')).toEqual({
      name: 'mine',
      description: '',
      target: 'parley',
      url: null,
      rooms: 1,
      groups: [participants],
      ramp: { concurrency: 8, order: 'rooms' },
      duration: 30_000,
      thresholds: [],
      incidents: [],
      seed: 1,
    }));

  it('is read with human units', () =>
    expect(
      compiled(`
name: office
description: A Monday.
target: janus
url: http://localhost:8088
rooms: 3
participants: 6
audio: always
video: { codec: h264, height: 360, fps: 15 }
subscribe: { video: 4, maxSpatialLayer: 1 }
network: { downlink: 2.5Mbps, loss: 2%, uplinkLoss: 0.01 }
behaviour: { mute: 500ms, rejoin: 1h30m, dropNetwork: 2m }
ramp: { rate: 20/s, concurrency: 5, order: participants }
duration: 2m
thresholds: [ join.p95 < 800ms ]
incidents: [ { at: 10s, do: dropAllNetworks, for: 3s } ]
seed: 7
`),
    ).toEqual({
      name: 'office',
      description: 'A Monday.',
      target: 'janus',
      url: 'http://localhost:8088',
      rooms: 3,
      groups: [
        {
          ...participants,
          count: 6,
          audio: 'always',
          video: { codec: 'h264', layers: 2, height: 360, fps: 15 },
          subscribe: { audio: 'all', video: 4, maxSpatialLayer: 1 },
          network: { downlink: 2_500_000, loss: 0.02, uplinkLoss: 0.01 },
          behaviour: { mute: 500, rejoin: 5_400_000, dropNetwork: 120_000, dropFor: 5000 },
        },
      ],
      ramp: { rate: 20, concurrency: 5, order: 'participants' },
      duration: 120_000,
      thresholds: ['join.p95 < 800ms'],
      incidents: [{ at: 10_000, do: 'dropAllNetworks', for: 3000 }],
      seed: 7,
    }));

  it('may be JSON, with tabs', () =>
    expect(
      compiled('{\n\t"rooms": 2,\n\t"video": "vp9:360p",\n\t"participants": 3\n}', 'a.json'),
    ).toMatchObject({
      name: 'a',
      rooms: 2,
      groups: [{ count: 3, video: { codec: 'vp9', layers: 1, height: 360, fps: 30 } }],
    }));

  it.each([
    ['off', null],
    ['false', null],
    ['true', participants.video],
    ['h264', { codec: 'h264', layers: 3, height: 720, fps: 30 }],
    ['vp9', { codec: 'vp9', layers: 1, height: 720, fps: 30 }],
    ['vp8:180p', { codec: 'vp8', layers: 1, height: 180, fps: 30 }],
    ['vp8:720p15x2', { codec: 'vp8', layers: 2, height: 720, fps: 15 }],
    ['vp8:x1', { codec: 'vp8', layers: 1, height: 720, fps: 30 }],
  ])('knows the video %s', (text, video) =>
    expect(compiled(`video: ${text}`).groups[0]?.video).toEqual(video),
  );

  it('at its top speaks for all of its groups that do not', () =>
    expect(
      compiled(
        'audio: always\nvideo: off\ngroups:\n  - {name: a, count: 1}\n  - {name: b, count: 2, audio: off}',
      ).groups,
    ).toEqual([
      { ...participants, name: 'a', count: 1, audio: 'always', video: null },
      { ...participants, name: 'b', count: 2, audio: 'off', video: null },
    ]));

  it('that extends another changes what it says, and groups by their name', () => {
    const scenario = compiled(
      'extends: webinar\nrooms: 2\nvideo: h264\ngroups:\n  - {name: viewers, count: 9}\n  - {name: guests, count: 1}',
    );
    expect(scenario).toMatchObject({ name: 'mine', rooms: 2, duration: 60_000, ramp: { rate: 10 } });
    expect(
      scenario.groups.map(({ name, count, audio, video }) => [name, count, audio, video?.codec]),
    ).toEqual([
      ['publishers', 2, 'turns', 'h264'],
      ['viewers', 9, 'off', undefined],
      ['guests', 1, 'turns', 'h264'],
    ]);
  });

  it('drops a group of its base with a count of 0, and what a base does with off', () => {
    expect(compiled('extends: webinar\ngroups: [{name: viewers, count: 0}]').groups).toHaveLength(1);
    const groups = compiled('extends: soak\nbehaviour: {chat: off}\nramp: {rate: off}').groups;
    expect(groups[0]?.behaviour).toEqual({ mute: 30_000, cameraOff: 120_000, switchTile: 20_000 });
  });

  it('lets the largest group take what is more', () =>
    expect(compiled('extends: webinar\nparticipants: 12').groups.map(({ count }) => count)).toEqual([2, 10]));

  it('counts everybody for a ramp of all at the same time', () =>
    expect(compiled('rooms: 3\nparticipants: 5\nramp: all').ramp).toEqual({
      concurrency: 15,
      order: 'rooms',
    }));

  it('does not inherit thresholds of media that are gone', () => {
    const { thresholds } = compiled('extends: conference\nvideo: off');
    expect(thresholds).toContain('audio.loss<1%');
    expect(thresholds).not.toContain('video.loss<1%');
  });
});

describe('what bots publish and look at', () => {
  it.each<[string, object]>([
    ['9', { count: 9, width: 426, height: 240 }],
    ['1', { count: 1, width: 1280, height: 720 }],
    ['9@320x180', { count: 9, width: 320, height: 180 }],
    ['{ count: 4, width: 320 }', { count: 4, width: 320, height: 180 }],
    ['{ count: 4, height: 180 }', { count: 4, width: 320, height: 180 }],
    ['{ count: 4 }', { count: 4, width: 640, height: 360 }],
  ])('has tiles: %s', (written, tiles) =>
    expect(readScenario(`subscribe: { tiles: ${written} }`, 'tiles.yaml').groups).toMatchObject([
      { subscribe: { audio: 'all', video: 'all', tiles } },
    ]),
  );

  it('is taken over from what it extends, and taken away', () => {
    const base = 'subscribe: { tiles: 9 }\npublish: { loudness: noise }\ngroups: [{ name: all, count: 2 }, ';
    const { groups } = readScenario(
      `${base}{ name: few, count: 1, subscribe: { tiles: off }, publish: { dynacast: false } }]`,
      'tiles.yaml',
    );
    expect(groups).toMatchObject([
      { subscribe: { tiles: { count: 9 } }, publish: { loudness: 'noise' } },
      { publish: { loudness: 'noise', dynacast: false } },
    ]);
    expect(groups[1]!.subscribe).not.toHaveProperty('tiles');
  });

  it.each([
    ['subscribe: { tiles: many }', '1:21 subscribe.tiles: must be a number of tiles'],
    [
      'subscribe: { tiles: { count: 0 } }',
      '1:30 subscribe.tiles.count: must be a whole number from 1 to 1000',
    ],
    ['subscribe: { tiles: { width: 5 } }', 'subscribe.tiles.count: is missing'],
    ['publish: { loudness: loud }', '1:22 publish.loudness: must be one of constant, noise'],
  ])('explain %p', (text, line) => expect(problems(text)[0]).toContain(line));
});

describe('errors of a scenario file', () => {
  it('name file, line, column and field, all at once and in order', () =>
    expect(
      problems(`rooms: none
particpants: 4
groups:
  - name: a
    count: 2
    video:
      codec: av1
      fps: 60
  - count: 1
    network: { loss: 200%, downlnk: 2Mbps }
    behaviour:
      mute: 30
ramp: fast
thresholds:
  - join.p95<800ms
  - join.p96<800ms
`),
    ).toEqual([
      'conference.yaml:1:8 rooms: must be a whole number from 1 to 10000',
      'conference.yaml:2:14 particpants: is unknown (did you mean "participants"?)',
      'conference.yaml:7:14 groups[0].video.codec: must be one of vp8, h264, vp9',
      'conference.yaml:8:12 groups[0].video.fps: must be a whole number from 5 to 30',
      'conference.yaml:9:5 groups[1].name: is missing',
      'conference.yaml:10:22 groups[1].network.loss: must be a share such as 2% or 0.02',
      'conference.yaml:10:37 groups[1].network.downlnk: is unknown (did you mean "downlink"?)',
      'conference.yaml:12:13 groups[1].behaviour.mute: must be a duration such as 500ms, 60s, 2m or 1h30m, or off',
      'conference.yaml:13:7 ramp: must be all, or a number of joins a second such as 20/s',
      'conference.yaml:16:5 thresholds[1]: threshold "join.p96<800ms": join has no p96: p50, p90, p95, p99, avg, min, max, count',
    ]));

  it.each([
    ['duration: 60', '1:11 duration: must be a duration such as 500ms, 60s, 2m or 1h30m'],
    ['video: mp4', '1:8 video: must be off, a codec (vp8, h264, vp9) or a form such as vp8:720p30x3'],
    ['video: vp8:720p60', '1:8 video: must be off, a codec (vp8, h264, vp9) or a form such as vp8:720p30x3'],
    ['video:', '1:7 video: must be off, a codec (vp8, h264, vp9) or a form such as vp8:720p30x3'],
    ['video: vp9:720p30x3', '1:8 video.layers: must be 1: VP9 is sent without simulcast'],
    ['video: {height: 360, layers: 3}', '1:30 video.layers: must be 1 to 2: 360p has 2 at most'],
    [
      'subscribe: some',
      '1:12 subscribe: must be all, none, or a mapping with audio, video, maxSpatialLayer and tiles',
    ],
    ['network: 2Mbps', '1:10 network: must be a mapping of fields'],
    ['groups: 3', '1:9 groups: must be a list'],
    ['groups: []', '1:9 groups: must not be empty'],
    ['groups: [{name: a}]', '1:10 groups[0].count: is missing'],
    ['groups: [{name: a, count: 0}]', '1:9 groups: have no participants'],
    [
      'groups: [{name: a, count: 1}, {name: a, count: 1}]',
      '1:38 groups[1].name: is the name of another group too',
    ],
    ['extends: confrence', '1:10 extends: there is no scenario confrence (did you mean "conference"?)'],
    [
      'extends: webinar\nparticipants: 2',
      '2:15 participants: must be more than 2 (2 publishers and the viewers)',
    ],
    ['incidents: [{do: explode}]', '1:13 incidents[0].at: is missing'],
    ['- rooms', '1:1 must be a mapping of fields'],
    ['rooms: 1\nrooms: 2', '2:1 map keys must be unique'],
    ['rooms: *many', '1:8 nothing before it is called &many'],
  ])('explain %p', (text, line) => expect(problems(text)[0]).toContain(`conference.yaml:${line}`));

  it('follow aliases to where the mistake is', () =>
    expect(problems('groups:\n  - &a\n    name: a\n    count: many\n  - *a\n')).toEqual([
      'conference.yaml:4:12 groups[0].count: must be a whole number from 0 to 10000',
      'conference.yaml:4:12 groups[1].count: must be a whole number from 0 to 10000',
    ]));
});

describe('built-in scenarios', () => {
  it('are all there', () =>
    expect(builtinNames()).toEqual([
      'chaos',
      'churn',
      'conference',
      'multi-room',
      'reconnect-storm',
      'screen-share',
      'smoke',
      'soak',
      'thundering-join',
      'town-hall',
      'webinar',
    ]));

  it.each(builtinNames())('%s compiles, says what it does and has thresholds', (name) => {
    const scenario = finishScenario(readBuiltin(name));
    expect(scenario).toMatchObject({ name, url: null, target: 'parley' });
    expect(scenario.description).toMatch(/\.$/);
    expect(scenario.thresholds.length).toBeGreaterThan(2);
    expect(participantsOf(scenario)).toBeGreaterThan(1);
    expect(scenario.duration).toBeGreaterThanOrEqual(10_000);
    expect(builtinText(name)).toContain('description:');
  });

  it('that kill workers or cut networks ask for the recovery', () => {
    for (const name of ['chaos', 'reconnect-storm']) {
      expect(readBuiltin(name).thresholds).toContain('recovery.p95<10s');
    }
  });

  it('name a near one', () =>
    expect(() => builtinText('webniar')).toThrow('there is no scenario webniar (did you mean "webinar"?)'));
});
