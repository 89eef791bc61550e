import { describe, expect, it } from '@jest/globals';
import { placePeers } from '../../client/element/placement.ts';
import {
  changedViews,
  placesOf,
  viewsOf,
  type ProducerView,
  type Sight,
  type VideoPlace,
} from '../../client/element/views.ts';
import type { PeerState, PublicationState } from '../../client/lib/publicTypes.ts';

const AREA = { width: 1280, height: 700 };

function publication(
  source: PublicationState['source'],
  of: string,
  paused = false,
  kind: PublicationState['kind'] = 'video',
): PublicationState {
  return { producerId: `${of}-${source}`, source, kind, paused, track: null, quality: null };
}

/** A peer whose tracks have not come, as is the case of whoever is not looked at. */
function peer(name: string, publications: PublicationState[], isLocal = false): PeerState {
  return {
    peerId: name,
    name,
    joinedAt: 0,
    isLocal,
    publications,
    level: -127,
    speaking: false,
    connectionQuality: null,
    role: 'speaker',
  };
}

const me = peer('me', [publication('camera', 'me')], true);
const withCamera = (name: string): PeerState => peer(name, [publication('camera', name)]);

function places(peers: PeerState[], dominantPeerId: string | null = null, area = AREA): VideoPlace[] {
  return placesOf(peers, dominantPeerId, placePeers({ peers, dominantPeerId, area }));
}
const placeOf = (all: readonly VideoPlace[], producerId: string): VideoPlace =>
  all.find((place) => place.producerId === producerId)!;

function sight(all: readonly VideoPlace[], changes: Partial<Sight> = {}): Sight {
  const inWindow = new Map(all.map(({ producerId }) => [producerId, true]));
  return { attended: true, inWindow, floating: null, pixelRatio: 1, ...changes };
}

const place: VideoPlace = {
  producerId: 'a',
  rect: { x: 10, y: 10, width: 320.4, height: 180 },
  fit: 'cover',
  importance: 'normal',
};

describe('the place of a video', () => {
  it('is there for every camera and screen of the others that is published, with a track or without', () => {
    const ann = peer('ann', [
      publication('microphone', 'ann', false, 'audio'),
      publication('camera', 'ann'),
      publication('screen', 'ann'),
    ]);
    const all = places([me, ann, withCamera('bob')]);
    expect(all.map(({ producerId }) => producerId)).toEqual(['ann-camera', 'ann-screen', 'bob-camera']);
    expect(all.filter(({ rect }) => rect === null)).toEqual([]);
  });

  it('is the stage for a screen that was announced and has no track yet', () => {
    const ann = peer('ann', [publication('camera', 'ann'), publication('screen', 'ann')]);
    const all = places([me, ann]);
    expect(placeOf(all, 'ann-screen')).toMatchObject({ importance: 'screen', fit: 'contain' });
    expect(placeOf(all, 'ann-screen').rect!.width).toBeGreaterThan(AREA.width / 2);
    expect(placeOf(all, 'ann-camera')).toMatchObject({ importance: 'filmstrip', fit: 'cover' });
  });

  it('is none for a screen that is paused, and none for a video that no tile shows', () => {
    const ann = peer('ann', [publication('screen', 'ann', true), publication('custom', 'ann')]);
    expect(places([me, ann]).map(({ rect }) => rect)).toEqual([null, null]);
  });

  it('is kept for a camera that is off, so that it has a picture as soon as it is on', () => {
    expect(places([me, peer('ann', [publication('camera', 'ann', true)])])[0]!.rect).not.toBeNull();
  });

  it('matters more for the speaker, also beside a stage', () => {
    const ann = peer('ann', [publication('camera', 'ann'), publication('screen', 'ann')]);
    const bob = withCamera('bob');
    expect(placeOf(places([me, bob], 'bob'), 'bob-camera').importance).toBe('speaker');
    expect(placeOf(places([me, bob]), 'bob-camera').importance).toBe('normal');
    expect(placeOf(places([me, ann, bob], 'bob'), 'bob-camera').importance).toBe('speaker');
    expect(placeOf(places([me, ann, bob], 'ann'), 'ann-screen').importance).toBe('screen');
  });

  it('is one in the strip for the screen that lost the stage to a newer one', () => {
    const sharing = (name: string): PeerState => peer(name, [publication('screen', name)]);
    const all = places([me, sharing('ann'), sharing('bob')]);
    expect(placeOf(all, 'bob-screen').importance).toBe('screen');
    expect(placeOf(all, 'ann-screen')).toMatchObject({ importance: 'filmstrip', fit: 'contain' });
  });
});

describe('a view', () => {
  it('says that those without a place are not seen, and nothing else about them', () => {
    const crowd = Array.from({ length: 40 }, (_, index) => withCamera(`p${index}`));
    const all = places([me, ...crowd], 'p39', { width: 400, height: 400 });
    const views = viewsOf(all, sight(all));
    expect(views).toHaveLength(40);
    const hidden = views.filter(({ visible }) => !visible);
    expect(hidden.length).toBeGreaterThan(25);
    for (const view of hidden) expect(Object.keys(view).sort()).toEqual(['producerId', 'visible']);
    // The speaker has a place however many there are.
    expect(views.find(({ producerId }) => producerId === 'p39-camera')).toMatchObject({
      importance: 'speaker',
    });
  });

  it('has the size of its place in device pixels', () => {
    expect(viewsOf([place], sight([place], { pixelRatio: 1.5 }))).toEqual([
      { producerId: 'a', visible: true, width: 481, height: 270, importance: 'normal' },
    ]);
  });

  it('is smaller than a place that it does not fill', () => {
    const tall: VideoPlace = { ...place, fit: 'contain', rect: { x: 0, y: 0, width: 320, height: 600 } };
    const wide: VideoPlace = { ...place, fit: 'contain', rect: { x: 0, y: 0, width: 2000, height: 360 } };
    expect(viewsOf([tall], sight([tall]))).toMatchObject([{ width: 320, height: 180 }]);
    expect(viewsOf([wide], sight([wide]))).toMatchObject([{ width: 640, height: 360 }]);
  });

  it('never has the size 0, which asks for the largest, nor one that the protocol refuses', () => {
    const speck = { ...place, rect: { x: 0, y: 0, width: 0.2, height: 0.1 } };
    expect(viewsOf([speck], sight([speck]))).toMatchObject([{ width: 1, height: 1 }]);
    const wall = { ...place, rect: { x: 0, y: 0, width: 30_000, height: 20_000 } };
    expect(viewsOf([wall], sight([wall]))).toMatchObject([{ width: 16_384, height: 16_384 }]);
  });

  it('is none where the place is outside the window, or nobody looks at the page', () => {
    const outside = new Map([['a', false]]);
    const unseen = [{ producerId: 'a', visible: false }];
    expect(viewsOf([place], sight([place], { inWindow: outside }))).toEqual(unseen);
    expect(viewsOf([place], sight([place], { attended: false }))).toEqual(unseen);
    expect(viewsOf([place], sight([place], { attended: false, inWindow: new Map() }))).toEqual(unseen);
  });

  it('waits until the browser has said whether the place is in the window', () => {
    expect(viewsOf([place], sight([place], { inWindow: new Map() }))).toEqual([]);
  });

  it('goes on in a window of its own, whatever becomes of the page', () => {
    const floating = sight([place], { floating: 'a', attended: false, inWindow: new Map([['a', false]]) });
    expect(viewsOf([place], floating)).toMatchObject([{ visible: true, width: 320 }]);
    expect(viewsOf([{ ...place, rect: null }], floating)).toEqual([
      { producerId: 'a', visible: true, importance: 'normal' },
    ]);
  });
});

describe('what changed', () => {
  const seen: ProducerView = {
    producerId: 'a',
    visible: true,
    width: 320,
    height: 180,
    importance: 'normal',
  };
  const told = new Map([['a', seen]]);

  it('is nothing where all is as it was told', () => {
    expect(changedViews(told, [{ ...seen }])).toEqual({ urgent: [], resized: [] });
    const unseen = { producerId: 'a', visible: false };
    expect(changedViews(new Map([['a', unseen]]), [{ ...unseen }])).toEqual({ urgent: [], resized: [] });
  });

  it('is urgent where it is new, is no longer seen, or matters differently', () => {
    const news: ProducerView[] = [
      { ...seen, producerId: 'b' },
      { producerId: 'a', visible: false },
      { ...seen, importance: 'speaker' },
    ];
    for (const view of news) expect(changedViews(told, [view])).toEqual({ urgent: [view], resized: [] });
  });

  it('can wait where only the size is another one', () => {
    const wider = { ...seen, width: 330 };
    expect(changedViews(told, [wider])).toEqual({ urgent: [], resized: [wider] });
  });
});
