import { describe, expect, it } from '@jest/globals';
import { cameraKey, placePeers, screenKey, type PlacementRequest } from '../../client/element/placement.ts';
import { qualityDetail, qualityText } from '../../client/element/qualityText.ts';
import { DEFAULT_STAGE, isStageChoice, toStageChoice } from '../../client/element/stage/stageChoice.ts';
import { tileDetails, tileLook, type TileSituation } from '../../client/element/stage/tileLook.ts';
import { text } from '../../client/element/text.ts';
import type { PeerState, PublicationState } from '../../client/lib/publicTypes.ts';
import { QUALITY_CAUSES, type QualityCause } from '../../src/protocol/models.ts';

type Source = PublicationState['source'];

function publication(of: string, source: Source, more: Partial<PublicationState> = {}): PublicationState {
  const kind = source === 'microphone' ? 'audio' : 'video';
  return { producerId: `${of}-${source}`, source, kind, paused: false, track: null, quality: null, ...more };
}

function peer(
  name: string,
  sources: readonly Source[] = ['camera'],
  more: Partial<PeerState> = {},
): PeerState {
  return {
    peerId: name,
    name,
    joinedAt: 0,
    isLocal: name === 'me',
    publications: sources.map((source) => publication(name, source)),
    level: -127,
    speaking: false,
    connectionQuality: null,
    role: 'speaker',
    ...more,
  };
}

const me = peer('me');
const [ann, bob, cyd] = [peer('ann'), peer('bob'), peer('cyd')];
const sharing = peer('ann', ['camera', 'screen']);

function staged(peers: PeerState[], more: Partial<PlacementRequest> = {}): readonly string[] {
  const area = { width: 1280, height: 700 };
  return placePeers({ peers, dominantPeerId: null, area, ...more }).stageKeys;
}

describe('the stage', () => {
  it('is nobody’s in a grid of its own accord, and a shared screen’s as soon as there is one', () => {
    expect(staged([me, ann, bob])).toEqual([]);
    expect(staged([me, sharing, bob])).toEqual([screenKey(ann)]);
    expect(staged([peer('me', ['camera', 'screen']), ann])).toEqual([]);
  });

  it('is the speaker’s where that was chosen, and the first other’s until somebody speaks', () => {
    expect(staged([me, ann, bob], { layout: 'speaker', speaker: 'bob' })).toEqual([cameraKey(bob)]);
    expect(staged([me, ann, bob], { layout: 'speaker' })).toEqual([cameraKey(ann)]);
    expect(staged([me, ann, bob], { layout: 'speaker', speaker: 'gone' })).toEqual([cameraKey(ann)]);
    expect(staged([me, sharing, bob], { layout: 'speaker', speaker: 'bob' })).toEqual([screenKey(ann)]);
    expect(staged([me], { layout: 'speaker' })).toEqual([]);
  });

  it('is for the spotlight before any screen, in the order of the hosts', () => {
    const spotlight = ['cyd', 'gone', 'bob'];
    expect(staged([me, sharing, bob, cyd], { spotlight })).toEqual([cameraKey(cyd), cameraKey(bob)]);
    expect(staged([me, sharing, bob], { spotlight: ['ann'] })).toEqual([screenKey(ann)]);
  });

  it('is for what the person pinned before everything else', () => {
    const all = [me, sharing, bob, cyd];
    const spotlight = ['cyd'];
    expect(staged(all, { pinned: { peerId: 'bob' }, spotlight })).toEqual([cameraKey(bob)]);
    expect(staged(all, { pinned: { peerId: 'ann' }, layout: 'grid' })).toEqual([screenKey(ann)]);
    expect(staged(all, { pinned: { peerId: 'ann', source: 'camera' } })).toEqual([cameraKey(ann)]);
    expect(staged([me, ann], { pinned: { peerId: 'ann', source: 'screen' } })).toEqual([cameraKey(ann)]);
    expect(staged(all, { pinned: { peerId: 'gone' }, spotlight })).toEqual([cameraKey(cyd)]);
  });

  it('is nobody’s where all shall be alike, whoever is in the spotlight', () => {
    expect(staged([me, sharing, bob], { layout: 'grid', spotlight: ['bob'] })).toEqual([]);
  });
});

describe('the own tile', () => {
  const area = { width: 1280, height: 700 };
  const shows = (peers: PeerState[], hideSelf: boolean): boolean =>
    placePeers({ peers, dominantPeerId: null, area, hideSelf }).rects.has(cameraKey(me));

  it('is hidden where the person wants it, unless there is nothing else', () => {
    expect([shows([me, ann], false), shows([me, ann], true), shows([me], true)]).toEqual([true, false, true]);
  });

  it('is there when it is pinned all the same', () => {
    const pinned = { peerId: 'me' };
    const { rects } = placePeers({ peers: [me, ann], dominantPeerId: null, area, hideSelf: true, pinned });
    expect(rects.has(cameraKey(me))).toBe(true);
  });
});

describe('pages', () => {
  const crowd = [me, ...Array.from({ length: 30 }, (_, index) => peer(`p${index}`))];
  const area = { width: 390, height: 600 };
  const page = (number: number, dominantPeerId: string | null = null) =>
    placePeers({ peers: crowd, dominantPeerId, area, page: number });

  it('have everybody once, whoever speaks', () => {
    for (const speaker of [null, 'p29', 'p0']) {
      const { pages } = page(0, speaker);
      const all = Array.from({ length: pages }, (_, index) => [...page(index, speaker).rects.keys()]).flat();
      expect(new Set(all).size).toBe(31);
      expect(all).toHaveLength(31);
    }
  });

  it('have the speaker on the first one', () => {
    expect(page(0).rects.has('p29/camera')).toBe(false);
    expect(page(0, 'p29').rects.has('p29/camera')).toBe(true);
    expect(page(0, 'p29').rects.size).toBe(page(0).rects.size);
  });
});

describe('a choice that was stored', () => {
  it('counts as far as it is one', () => {
    expect(toStageChoice({ layout: 'speaker', hideSelf: true, mirrorSelf: false })).toEqual({
      layout: 'speaker',
      hideSelf: true,
      mirrorSelf: false,
    });
    for (const stored of [undefined, null, 'grid', {}, { layout: 'mosaic', hideSelf: 1 }]) {
      expect(toStageChoice(stored)).toEqual(DEFAULT_STAGE);
    }
  });

  it('is one when it is complete and nothing else', () => {
    expect(isStageChoice(DEFAULT_STAGE)).toBe(true);
    for (const other of [
      undefined,
      null,
      'grid',
      {},
      { layout: 'grid' },
      { ...DEFAULT_STAGE, hideSelf: 1 },
    ]) {
      expect(isStageChoice(other)).toBe(false);
    }
  });
});

describe('why a picture looks as it does', () => {
  const ON_TILE: Partial<Record<QualityCause, string>> = {
    layerNotSent: 'A sharper picture is on its way',
    senderCpu: 'Their device is overloaded: sending 360p',
    senderBandwidth: 'Their upload is limited: sending 360p',
    senderLoss: 'Their connection loses packets: sending 360p',
    receiverBandwidth: 'Your download is limited: showing 360p',
    receiverLoss: 'Your connection loses packets: showing 360p',
    receiverCpu: 'Your device is overloaded: showing 360p',
    relayLoss: 'The connection between the servers loses packets: showing 360p',
    serverOverload: 'The server is overloaded: showing 360p',
    codecFallback: 'Shown in a format that everybody here can play',
  };

  it.each(QUALITY_CAUSES)('says of %s what a person should know, and nothing else', (cause) => {
    expect(qualityText(cause, 360)).toBe(ON_TILE[cause] ?? null);
  });

  it('leaves out a height that nobody knows', () => {
    expect(qualityText('senderBandwidth')).toBe('Their upload is limited');
  });

  it('says all of it to whoever asks', () => {
    for (const cause of QUALITY_CAUSES) expect(qualityDetail(cause, 180)).toMatch(/\S/);
    expect(qualityDetail('tileIsSmall', 180)).toBe(`180p, ${text.detailTileIsSmall}`);
    // What the picture had when it came last is not what it has.
    expect(qualityDetail('notVisible', 360)).toBe(text.detailNotVisible);
    expect(qualityDetail('senderBandwidth', 360)).toBe(ON_TILE.senderBandwidth);
  });
});

describe('a tile', () => {
  const calm: TileSituation = {
    noPictures: null,
    handPlace: 0,
    pinned: false,
    spotlit: false,
    linesOf: (producerId) => (producerId.endsWith('microphone') ? 0 : 360),
  };
  const withCause = (source: Source, cause: QualityCause): PeerState =>
    peer('ann', [], {
      publications: [
        publication('ann', 'microphone'),
        publication('ann', source, { quality: { cause, score: 3 } }),
      ],
    });

  it('says nothing of somebody who is only quiet', () => {
    const quiet = peer('ann', [], {
      publications: [
        publication('ann', 'microphone', { quality: { cause: 'notAmongLoudest', score: 5 } }),
        publication('ann', 'camera', { quality: { cause: 'fine', score: 5 } }),
      ],
    });
    expect(tileLook(quiet, calm)).toMatchObject({ sentence: null, notes: [], weak: false });
    expect(tileDetails(quiet, calm)).toContainEqual({
      what: text.microphone,
      how: text.detailNotAmongLoudest,
    });
  });

  it.each(['notVisible', 'mutedBySender', 'tileIsSmall', 'notInLastN'] as const)(
    'keeps %s for the details',
    (cause) => {
      expect(tileLook(withCause('camera', cause), calm).sentence).toBeNull();
      expect(tileDetails(withCause('camera', cause), calm)[0]!.how).toBe(qualityDetail(cause, 360));
    },
  );

  it('tells those who do not see it of role, hand, sound, picture, pin and connection', () => {
    const ready = peer('ann', ['microphone', 'camera'], {
      role: 'host',
      speaking: true,
      connectionQuality: 2,
    });
    const look = tileLook(ready, { ...calm, handPlace: 2, pinned: true, spotlit: true });
    expect(look.notes).toEqual([
      text.host,
      text.handNote,
      text.speaking,
      text.pinnedNote,
      text.spotlit,
      text.weakConnection,
    ]);
    expect(tileLook(peer('bob', []), calm).notes).toEqual([text.muted, text.cameraIsOff]);
  });

  it('puts a cause before a weak connection, and says whose connection it is', () => {
    const limited = { ...withCause('camera', 'senderBandwidth'), connectionQuality: 1 };
    expect(tileLook(limited, calm)).toMatchObject({
      weak: true,
      sentence: 'Their upload is limited: sending 360p',
    });
    expect(tileLook(peer('me', [], { connectionQuality: 1 }), calm).sentence).toBe(text.ownWeakConnection);
  });

  it('gives the download as the reason while no pictures come', () => {
    const slow = { ...calm, noPictures: 'tooSlow' as const };
    expect(tileLook(withCause('camera', 'fine'), slow).sentence).toBe(text.causeReceiverBandwidth);
    expect(tileDetails(withCause('camera', 'fine'), slow)[0]!.how).toBe(text.causeReceiverBandwidth);
  });
});
