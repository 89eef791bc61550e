import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { forwardAudio, KEPT_MICROPHONES, type AudioFacts } from '../../src/sfu/forwarding/audioPolicy.ts';
import { LoudestMicrophones } from '../../src/sfu/forwarding/LoudestMicrophones.ts';
import { PeerViews } from '../../src/sfu/forwarding/PeerViews.ts';
import { pictureOf } from '../../src/sfu/forwarding/picture.ts';
import { ProducerDemand } from '../../src/sfu/forwarding/ProducerDemand.ts';
import { layersForTile } from '../../src/sfu/forwarding/tileLayers.ts';
import { VideoOrder } from '../../src/sfu/forwarding/VideoOrder.ts';
import { forwardVideo, MAX_VIDEOS, type VideoFacts } from '../../src/sfu/forwarding/videoPolicy.ts';
import type { View } from '../../src/protocol/models.ts';

const everything = () => true;
const nothing = () => false;
const names = (count: number, prefix = 'm') => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

describe('the loudest microphones', () => {
  let chosen: LoudestMicrophones;
  let now: number;
  const levels = (of: Record<string, number>) => new Map(Object.entries(of));
  const measure = (of: Record<string, number>, ms = 83, dominant?: string) => {
    now += ms;
    chosen.update(levels(of), now, dominant);
  };

  beforeEach(() => {
    now = 10_000;
    chosen = new LoudestMicrophones(2);
    for (const id of ['a', 'b', 'c', 'd']) chosen.open(id, now);
  });

  it('are those with a place, and one to spare', () => {
    measure({ a: -50, b: -30, c: -40, d: -60 });
    expect(chosen.places).toEqual(['b', 'c']);
    expect(chosen.spare).toBe('a');
  });

  it('give way to somebody clearly louder with the next measurement', () => {
    measure({ a: -30, b: -30 });
    measure({ a: -30, b: -31, c: -20 });
    expect(chosen.places).toEqual(['a', 'c']);
    expect(chosen.spare).toBe('b');
  });

  it('do not give way to somebody a little louder', () => {
    measure({ a: -30, b: -30 });
    measure({ a: -30, b: -30, c: -26 });
    expect(chosen.places).toEqual(['a', 'b']);
  });

  it('keep their places between two words', () => {
    measure({ a: -20, b: -20 });
    measure({ a: -55, b: -20, c: -30 });
    expect(chosen.places).toEqual(['a', 'b']);
    for (let i = 0; i < 20; i++) measure({ a: -55, b: -20, c: -30 });
    expect(chosen.places).toEqual(['c', 'b']);
  });

  it('lose their places once they are silent', () => {
    measure({ a: -20, b: -20 });
    measure({ b: -20, c: -60 }, 900);
    expect(chosen.places).toEqual(['a', 'b']);
    measure({ b: -20, c: -60 }, 200);
    expect(chosen.places).toEqual(['c', 'b']);
  });

  it('never are without the dominant speaker', () => {
    measure({ a: -30, b: -20 });
    measure({ a: -50, b: -20, c: -20, d: -25 }, 83, 'a');
    for (let i = 0; i < 20; i++) measure({ a: -50, b: -20, c: -10, d: -10 }, 83, 'a');
    expect(chosen.places).toContain('a');
    measure({ a: -50, b: -20, c: -10, d: -60 }, 83, 'd');
    expect(chosen.places).toContain('d');
  });

  it('are none that were muted', () => {
    measure({ a: -20, b: -20, c: -20 });
    chosen.close('a');
    expect(chosen.places).toEqual(['b']);
    measure({ a: -20, b: -20, c: -20 });
    expect(chosen.places).toEqual(['b', 'c']);
  });

  it('do not swap places for noise that goes up and down', () => {
    measure({ a: -50, b: -50, c: -50, d: -50 });
    const before = [...chosen.places];
    for (let i = 0; i < 200; i++) {
      const noise = (phase: number) => -50 + 2.5 * Math.sin(i / 3 + phase);
      measure({ a: noise(0), b: noise(1), c: noise(2), d: noise(3) });
    }
    expect(chosen.places).toEqual(before);
  });

  it('are as many as was set last', () => {
    measure({ a: -20, b: -30, c: -40 });
    chosen.count = 1;
    measure({ a: -20, b: -30, c: -40 });
    expect(chosen.places).toEqual(['a']);
  });
});

describe('what a listener hears', () => {
  const facts = (change: Partial<AudioFacts> = {}): AudioFacts => ({
    all: false,
    places: ['m1', 'm2'],
    spare: 'm3',
    microphones: names(40),
    others: ['music'],
    isMuted: nothing,
    isSending: everything,
    ...change,
  });
  const flowing = (decisions: ReturnType<typeof forwardAudio>) =>
    [...decisions].filter(([, { forward }]) => forward === 'send').map(([id]) => id);
  const listener = { isWanted: everything, pinned: new Set<string>(), own: undefined };

  it('is the loudest, and the sound of screens', () => {
    expect(flowing(forwardAudio(facts(), listener))).toEqual(['music', 'm1', 'm2']);
  });

  it('is another instead of itself', () => {
    const isWanted = (id: string) => id !== 'm1';
    expect(flowing(forwardAudio(facts(), { ...listener, isWanted, own: 'm1' }))).toEqual([
      'music',
      'm2',
      'm3',
    ]);
  });

  it('is silent microphones too, so that the first syllable is there', () => {
    const isSending = (id: string) => ['m1', 'm2', 'm9'].includes(id);
    const decisions = forwardAudio(facts({ isSending }), listener);
    expect(flowing(decisions)).toContain('m8');
    expect(decisions.get('m9')).toMatchObject({ forward: 'ready', cause: 'notAmongLoudest' });
  });

  it('takes a bounded number of consumers', () => {
    expect(forwardAudio(facts(), listener).size).toBeLessThanOrEqual(KEPT_MICROPHONES + 1);
  });

  it('is whom it pinned, however soft', () => {
    const pinned = new Set(['m40']);
    expect(flowing(forwardAudio(facts(), { ...listener, pinned }))).toContain('m40');
  });

  it('is everybody when that is what the room is set to', () => {
    expect(flowing(forwardAudio(facts({ all: true }), listener))).toHaveLength(41);
  });

  it('knows who is muted', () => {
    expect(forwardAudio(facts({ isMuted: everything }), listener).get('m1')).toMatchObject({
      cause: 'mutedBySender',
    });
  });
});

describe('the layers for a tile', () => {
  const hd = { width: 1280, height: 720, scales: [4, 2, 1] };

  it.each([
    [{ width: 256, height: 144 }, 0],
    [{ width: 320, height: 180 }, 0],
    [{ width: 321, height: 180 }, 1],
    [{ width: 640, height: 360 }, 1],
    [{ width: 641, height: 300 }, 2],
    [{ width: 4000, height: 3000 }, 2],
    [{ width: 0, height: 0 }, 2],
  ])('are the smallest that fill it: %j', (tile, spatialLayer) => {
    expect(layersForTile(hd, tile).spatialLayer).toBe(spatialLayer);
  });

  it('do not swing when the tile is about as large as a layer', () => {
    expect(layersForTile(hd, { width: 316, height: 178 }, 1).spatialLayer).toBe(1);
    expect(layersForTile(hd, { width: 280, height: 157 }, 1).spatialLayer).toBe(0);
  });

  it('have half the frames where nobody would see the others', () => {
    expect(layersForTile(hd, { width: 160, height: 90 }).temporalLayer).toBe(1);
    expect(layersForTile(hd, { width: 320, height: 180 }).temporalLayer).toBe(7);
  });

  it('fill a tile that crops a picture taken upright', () => {
    const upright = { width: 720, height: 1280, scales: [4, 2, 1] };
    expect(layersForTile(upright, { width: 256, height: 144 }).spatialLayer).toBe(1);
  });
});

describe('the layers of a picture', () => {
  const codecs = [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }];

  it('are told by the encodings', () => {
    const encodings = [{ scaleResolutionDownBy: 3 }, { scaleResolutionDownBy: 1 }];
    expect(pictureOf({ codecs, encodings }, { width: 1920, height: 1080 })).toEqual({
      width: 1920,
      height: 1080,
      scales: [3, 1],
    });
  });

  it('are halves where nothing is told', () => {
    expect(pictureOf({ codecs, encodings: [{}, {}, {}] }, {})).toEqual({
      width: 1280,
      height: 720,
      scales: [4, 2, 1],
    });
  });

  it.each([
    ['L3T3_KEY', [4, 2, 1]],
    ['L2T1h', [1.5, 1]],
    ['L1T3', [1]],
    ['nonsense', [1]],
  ])('are read from the scalability mode %s', (scalabilityMode, scales) => {
    expect(pictureOf({ codecs, encodings: [{ scalabilityMode }] }, {}).scales).toEqual(scales);
  });
});

describe('what a viewer sees', () => {
  const facts = (change: Partial<VideoFacts> = {}): VideoFacts => ({
    videos: ['screen', ...names(30, 'v')],
    lastN: 25,
    picture: () => ({ width: 1280, height: 720, scales: [4, 2, 1] }),
    isScreen: (id) => id === 'screen',
    isPaused: nothing,
    ...change,
  });
  const viewer = { isWanted: everything, views: undefined, isTold: nothing, currentLayer: () => undefined };
  const view = (producerId: string, change: Partial<View> = {}): [string, View] => [
    producerId,
    { producerId, visible: true, width: 320, height: 180, importance: 'normal', ...change },
  ];

  it('is the last N where it does not say what it looks at', () => {
    const decisions = forwardVideo(facts(), viewer);
    expect([...decisions.keys()]).toEqual(['screen', ...names(24, 'v')]);
  });

  it('is everything when that is what the room is set to', () => {
    expect(forwardVideo(facts({ lastN: 0 }), viewer).size).toBe(31);
  });

  it('is what it looks at, as large as it shows it', () => {
    const views = new Map([
      view('v30'),
      view('v2', { width: 1280, height: 720 }),
      view('v3', { visible: false }),
    ]);
    const decisions = forwardVideo(facts({ videos: [...views.keys()] }), {
      ...viewer,
      views,
      isTold: (id) => views.has(id),
    });
    expect([...decisions.keys()]).toEqual(['v30', 'v2']);
    expect(decisions.get('v30')).toMatchObject({ layers: { spatialLayer: 0 }, cause: 'tileIsSmall' });
    expect(decisions.get('v2')).toMatchObject({ layers: { spatialLayer: 2 }, cause: 'fine' });
  });

  it('is, small, a few of which it has not said yet whether it sees them', () => {
    const videos = names(30, 'v');
    const some = new Map(names(5, 'v').map((id) => view(id, { visible: id !== 'v1' })));
    const decisions = forwardVideo(facts({ videos }), {
      ...viewer,
      views: some,
      isTold: (id) => some.has(id),
    });
    expect([...decisions.keys()]).toEqual(['v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'v10']);
    expect(decisions.get('v10')).toMatchObject({ forward: 'send', layers: { spatialLayer: 0 } });
    const many = new Map(names(12, 'v').map((id) => view(id)));
    expect([
      ...forwardVideo(facts({ videos }), { ...viewer, views: many, isTold: (id) => many.has(id) }).keys(),
    ]).toEqual(names(12, 'v'));
  });

  it('shares the downlink by importance', () => {
    const views = new Map([
      view('v1', { importance: 'filmstrip' }),
      view('v2', { importance: 'speaker' }),
      view('screen', { importance: 'screen' }),
      view('v3', { importance: 'pinned' }),
    ]);
    const decisions = forwardVideo(facts({ videos: [...views.keys()] }), {
      ...viewer,
      views,
      isTold: (id) => views.has(id),
    });
    const order = [...decisions].sort(([, a], [, b]) => b.priority - a.priority).map(([id]) => id);
    expect(order).toEqual(['v3', 'screen', 'v2', 'v1']);
  });

  it('is bounded, however much it claims to see', () => {
    const videos = names(500, 'v');
    const views = new Map(videos.map((id) => view(id)));
    expect(forwardVideo(facts({ videos }), { ...viewer, views, isTold: (id) => views.has(id) }).size).toBe(
      MAX_VIDEOS,
    );
  });

  it('is nothing that it does not subscribe to', () => {
    expect(forwardVideo(facts(), { ...viewer, isWanted: nothing }).size).toBe(0);
    expect(forwardVideo(facts(), { ...viewer, isWanted: nothing, views: new Map([view('v1')]) }).size).toBe(
      0,
    );
  });
});

describe('the order of videos', () => {
  it('has screens first, then who spoke last', () => {
    const order = new VideoOrder();
    for (const [index, id] of names(4, 'v').entries()) order.add(id, `p${index + 1}`, id === 'v4');
    expect(order.all).toEqual(['v4', 'v1', 'v2', 'v3']);
    expect(order.spoke('p3')).toBe(true);
    expect(order.all).toEqual(['v4', 'v3', 'v1', 'v2']);
    expect(order.spoke('p3')).toBe(false);
    expect(order.spoke(null)).toBe(false);
    order.remove('v4');
    order.peerLeft('p3');
    expect(order.all).toEqual(['v1', 'v2', 'v3']);
  });
});

describe('what a peer looks at', () => {
  const view = (producerId: string): View => ({
    producerId,
    visible: true,
    width: 10,
    height: 10,
    importance: 'normal',
  });

  it('is unknown until it says something about a picture', () => {
    const views = new PeerViews();
    views.set([view('sound')], () => 'audio');
    expect(views.visible).toBeUndefined();
    views.set([], nothing as never);
    expect(views.visible?.size).toBe(1);
  });

  it('leaves out what there is not, and stays bounded', () => {
    const views = new PeerViews();
    views.set([view('gone')], () => undefined);
    expect(views.visible).toBeUndefined();
    for (let i = 0; i < 5000; i++) views.set([view(`v${i}`)], () => 'video');
    expect(views.visible?.size).toBe(1024);
  });
});

describe('what a publisher is asked for', () => {
  const told: (number | null)[] = [];
  let demand: ProducerDemand;

  beforeEach(() => {
    jest.useFakeTimers();
    told.length = 0;
    demand = new ProducerDemand(2, (layer) => told.push(layer));
  });
  afterEach(() => {
    demand.close();
    jest.useRealTimers();
  });

  it('is less only when that lasts', () => {
    demand.want(0);
    jest.advanceTimersByTime(900);
    demand.want(2);
    jest.advanceTimersByTime(5000);
    expect(told).toEqual([]);
    demand.want(0);
    demand.want(-1);
    demand.want(1);
    jest.advanceTimersByTime(1000);
    expect(told).toEqual([1]);
  });

  it('is nothing when nobody is left, and more at once', () => {
    demand.want(-1);
    jest.advanceTimersByTime(1000);
    demand.want(1);
    demand.want(7);
    expect(told).toEqual([null, 1, 2]);
    expect(demand.told).toBe(2);
  });

  it('is not told any more once the producer is gone', () => {
    demand.want(-1);
    demand.close();
    jest.advanceTimersByTime(5000);
    expect(told).toEqual([]);
  });
});
