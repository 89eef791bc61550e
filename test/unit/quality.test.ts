import { describe, expect, it } from '@jest/globals';
import { QUALITY_CAUSES, type QualityCause, type SenderLimit } from '../../src/protocol/models.ts';
import { announcedBitrates } from '../../src/sfu/forwarding/announcedBitrates.ts';
import { AudioOnly } from '../../src/sfu/forwarding/AudioOnly.ts';
import { connectionScore } from '../../src/sfu/forwarding/connectionScore.ts';
import { PeerReports } from '../../src/sfu/forwarding/PeerReports.ts';
import {
  qualityOf,
  type LayerFacts,
  type Quality,
  type TrackFacts,
} from '../../src/sfu/forwarding/quality.ts';
import { pictureScore, soundScore } from '../../src/sfu/forwarding/qualityScore.ts';
import { settle } from '../../src/sfu/forwarding/steadyQuality.ts';

const layers = (change: Partial<LayerFacts> = {}): LayerFacts => ({
  wanted: 2,
  current: 2,
  sent: 2,
  isTop: true,
  scale: 1,
  framesLacking: 0,
  ...change,
});

const facts = (change: Partial<TrackFacts> = {}): TrackFacts => ({
  kind: 'video',
  policy: 'fine',
  isConnecting: false,
  isMuted: false,
  isOverloaded: false,
  isSent: true,
  layers: layers(),
  limitedBy: 'none',
  senderLoss: 0,
  relayLoss: 0,
  receiverLoss: 0,
  isLinkShort: true,
  isLinkLossy: false,
  isReceiverCpuLimited: false,
  isFallbackCodec: false,
  delay: 20,
  ...change,
});

/** Facts that have each cause, the first cause of the order first. */
const CASES: readonly (readonly [QualityCause, Partial<TrackFacts>])[] = [
  ['connecting', { isConnecting: true }],
  ['mutedBySender', { isMuted: true }],
  ['notVisible', { policy: 'notVisible' }],
  ['notInLastN', { policy: 'notInLastN' }],
  ['notAmongLoudest', { policy: 'notAmongLoudest' }],
  ['serverOverload', { isOverloaded: true }],
  ['receiverBandwidth', { layers: layers({ current: 0, scale: 4 }) }],
  ['senderCpu', { limitedBy: 'cpu' }],
  ['senderBandwidth', { limitedBy: 'bandwidth' }],
  ['layerNotSent', { layers: layers({ current: 1, sent: 1, scale: 2 }) }],
  ['senderLoss', { senderLoss: 0.1 }],
  ['relayLoss', { relayLoss: 0.1 }],
  ['receiverLoss', { receiverLoss: 0.1 }],
  ['receiverCpu', { isReceiverCpuLimited: true }],
  ['codecFallback', { isFallbackCodec: true }],
  ['tileIsSmall', { policy: 'tileIsSmall' }],
  ['fine', {}],
];

describe('the cause of a quality', () => {
  it.each(CASES)('is %s when nothing else holds', (cause, change) => {
    expect(qualityOf(facts(change)).cause).toBe(cause);
  });

  it('has a case for each that there is', () => {
    expect(CASES.map(([cause]) => cause).sort()).toEqual([...QUALITY_CAUSES].sort());
  });

  it('is the first of the order where several hold', () => {
    for (const [place, [cause, change]] of CASES.entries()) {
      for (const [, later] of CASES.slice(place + 1)) {
        expect(qualityOf(facts({ ...later, ...change })).cause).toBe(cause);
      }
    }
  });

  it('of a layer that is missing is the publisher’s when it does not arrive, and the downlink’s when it does', () => {
    const missing = (sent: number, limitedBy: TrackFacts['limitedBy'] = 'none') =>
      qualityOf(facts({ limitedBy, layers: layers({ current: 1, sent, scale: 2 }) })).cause;
    expect(missing(1)).toBe('layerNotSent');
    expect(missing(1, 'cpu')).toBe('senderCpu');
    expect(missing(1, 'bandwidth')).toBe('senderBandwidth');
    expect(missing(1, 'other')).toBe('layerNotSent');
    expect(missing(2)).toBe('receiverBandwidth');
    expect(missing(2, 'cpu')).toBe('receiverBandwidth');
  });

  it('is not the downlink’s where that has room for all that is wanted', () => {
    const held = (limitedBy: SenderLimit): QualityCause =>
      qualityOf(facts({ isLinkShort: false, limitedBy, layers: layers({ current: 0, sent: 1, scale: 4 }) }))
        .cause;
    expect(held('bandwidth')).toBe('senderBandwidth');
    expect(held('cpu')).toBe('senderCpu');
    expect(held('none')).toBe('layerNotSent');
    const coming = layers({ current: 1, scale: 2 });
    expect(qualityOf(facts({ isLinkShort: false, layers: coming })).cause).toBe('layerNotSent');
    const slower = layers({ framesLacking: 1 });
    expect(qualityOf(facts({ isLinkShort: false, layers: slower })).cause).toBe('fine');
  });

  it('is the loss where a link is held back that loses packets all the time', () => {
    const held = { layers: layers({ current: 0, scale: 4 }), isLinkLossy: true };
    expect(qualityOf(facts({ ...held, receiverLoss: 0.07 })).cause).toBe('receiverLoss');
    expect(qualityOf(facts({ ...held, receiverLoss: 0 })).cause).toBe('receiverBandwidth');
    expect(qualityOf(facts({ ...held, receiverLoss: 0.07, isLinkLossy: false })).cause).toBe(
      'receiverBandwidth',
    );
  });

  it('is the downlink’s when frames are left out that others get', () => {
    expect(qualityOf(facts({ layers: layers({ framesLacking: 1 }) })).cause).toBe('receiverBandwidth');
  });

  it('is not a limit of the encoder in a small tile, which does not show it', () => {
    const small = layers({ wanted: 0, current: 0, sent: 0, isTop: false });
    expect(qualityOf(facts({ limitedBy: 'cpu', policy: 'tileIsSmall', layers: small })).cause).toBe(
      'tileIsSmall',
    );
  });

  it('is that nothing is sent when no stream arrives', () => {
    const silent = facts({ kind: 'audio', layers: undefined, isSent: false });
    expect(qualityOf(silent)).toEqual({ cause: 'layerNotSent', score: 0 });
  });
});

describe('the score', () => {
  it('is nothing where nothing arrives, and five where all does', () => {
    expect(qualityOf(facts({ isMuted: true })).score).toBe(0);
    expect(qualityOf(facts({ policy: 'notVisible' })).score).toBe(0);
    expect(qualityOf(facts({ layers: layers({ current: -1, scale: Infinity }) })).score).toBe(0);
    expect(qualityOf(facts()).score).toBe(5);
    expect(qualityOf(facts({ kind: 'audio', layers: undefined, delay: 0 })).score).toBe(5);
  });

  it('of sound falls with loss and delay, and never leaves its range', () => {
    const falling = [soundScore(0, 0), soundScore(0.03, 0), soundScore(0.1, 0), soundScore(0.3, 0)];
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
    expect(soundScore(0, 400)).toBeLessThan(soundScore(0, 100));
    expect(soundScore(1, 5000)).toBe(0);
  });

  it('of a picture falls with its size, its frames and loss', () => {
    expect(pictureScore(1, 0, 0)).toBe(5);
    expect(pictureScore(2, 0, 0)).toBe(3.5);
    expect(pictureScore(4, 0, 0)).toBe(2);
    expect(pictureScore(1, 1, 0)).toBe(4.5);
    expect(pictureScore(1, 0, 0.05)).toBeLessThan(4);
    expect(pictureScore(Infinity, 0, 0)).toBe(0);
    expect(pictureScore(64, 2, 0)).toBeGreaterThan(0);
  });

  it('of a tile that gets all that it shows is five', () => {
    const small = layers({ wanted: 0, current: 0, sent: 0, isTop: false });
    expect(qualityOf(facts({ policy: 'tileIsSmall', layers: small }))).toEqual({
      cause: 'tileIsSmall',
      score: 5,
    });
  });
});

describe('what is told of it', () => {
  const fine = { cause: 'fine', score: 5 } as const;
  const lossy = { cause: 'receiverLoss', score: 3 } as const;
  const muted = { cause: 'mutedBySender', score: 0 } as const;
  const slow = { cause: 'receiverBandwidth', score: 2 } as const;

  it('is at once what was decided, and what is fine at first', () => {
    expect(settle(undefined, muted, 0).told).toEqual(muted);
    expect(settle(undefined, fine, 0).told).toEqual(fine);
    expect(settle(settle(undefined, fine, 0), muted, 1).told).toEqual(muted);
    expect(settle(settle(undefined, muted, 0), fine, 1).told).toEqual(fine);
  });

  it('is a measured cause once it held for half a second', () => {
    let state = settle(settle(undefined, fine, 0), lossy, 100);
    expect(state.told).toEqual(fine);
    state = settle(state, lossy, 599);
    expect(state.told).toEqual(fine);
    state = settle(state, lossy, 600);
    expect(state.told).toEqual(lossy);
    state = settle(state, fine, 700);
    expect(state.told).toEqual(lossy);
    expect(settle(state, fine, 1200).told).toEqual(fine);
  });

  it('does not flicker', () => {
    let state = settle(undefined, fine, 0);
    for (let now = 0; now < 3000; now += 400) {
      state = settle(state, lossy, now);
      expect(state.told).toEqual(fine);
      state = settle(state, fine, now + 200);
    }
  });

  it('waits for a keyframe before a layer is missed', () => {
    let state = settle(settle(undefined, fine, 0), slow, 0);
    state = settle(state, slow, 999);
    expect(state.told).toEqual(fine);
    expect(settle(state, slow, 1000).told).toEqual(slow);
  });

  it('is that it connects while it is not known yet what is wrong', () => {
    expect(settle(undefined, slow, 0).told.cause).toBe('connecting');
    const unmuted = settle(settle(undefined, muted, 0), slow, 10);
    expect(unmuted.told.cause).toBe('connecting');
    expect(settle(unmuted, fine, 20).told).toEqual(fine);
    expect(settle(unmuted, lossy, 20).told.cause).toBe('connecting');
    const sent = settle(unmuted, lossy, 20);
    expect(settle(sent, lossy, 520).told).toEqual(lossy);
  });

  it('blames no link that only begins to carry more', () => {
    const small: Quality = { cause: 'tileIsSmall', score: 5 };
    const upload: Quality = { cause: 'senderBandwidth', score: 3 };
    for (const limited of [slow, upload]) {
      let state = settle(settle(undefined, small, 0), limited, 0);
      state = settle(state, limited, 999);
      expect(state.told).toEqual(small);
      state = settle(state, limited, 1000);
      expect(state.told).toEqual({ cause: 'layerNotSent', score: limited.score });
      expect(settle(state, fine, 2000).next).toBe('fine');
      state = settle(state, limited, 3999);
      expect(state.told.cause).toBe('layerNotSent');
      expect(settle(state, limited, 4000).told).toEqual(limited);
    }
    const freed = settle(settle(settle(undefined, fine, 0), upload, 0), upload, 500);
    expect(freed.told).toEqual(upload);
    expect(settle(settle(freed, slow, 600), slow, 1600).told.cause).toBe('layerNotSent');
    const again = settle(settle(undefined, muted, 0), slow, 0);
    expect(settle(again, slow, 1000).told.cause).toBe('layerNotSent');
    expect(settle(settle(again, slow, 1000), slow, 4000).told).toEqual(slow);
  });

  it('has another score for a step of half a point, or at an end', () => {
    const state = settle(undefined, { cause: 'fine', score: 4.9 }, 0);
    expect(settle(state, { cause: 'fine', score: 4.6 }, 1)).toBe(state);
    expect(settle(state, { cause: 'fine', score: 4.3 }, 1).told.score).toBe(4.3);
    expect(settle(state, { cause: 'fine', score: 5 }, 1).told.score).toBe(5);
  });
});

describe('what a layer takes at most', () => {
  const announced = (encoding: object): ((layer: number) => number) =>
    announcedBitrates({ rtpParameters: { codecs: [], encodings: [encoding] } }).of;

  it('is half of the next one’s, from what its publisher announced', () => {
    const of = announced({ maxBitrate: 1_500_000, scalabilityMode: 'S3T3' });
    expect([2, 1, 0].map(of)).toEqual([1_500_000, 750_000, 375_000]);
    expect(of(7)).toBe(1_500_000);
  });

  it('is not known where nothing was', () => {
    expect(announced({})(0)).toBe(Infinity);
    expect(announcedBitrates({ rtpParameters: { codecs: [] } }).of(0)).toBe(Infinity);
  });
});

describe('a connection', () => {
  const good = {
    up: 0,
    down: 0,
    roundTrip: 10,
    available: undefined,
    isDisconnected: false,
    isUpLimited: false,
    isDownLimited: false,
    isAudioOnly: false,
  };

  it('is as good as the worse of its directions', () => {
    expect(connectionScore(good)).toBeGreaterThan(4.9);
    expect(connectionScore({ ...good, up: 0.1 })).toBe(connectionScore({ ...good, down: 0.1 }));
    expect(connectionScore({ ...good, up: 0.1, down: 0.01 })).toBe(connectionScore({ ...good, up: 0.1 }));
    expect(connectionScore({ ...good, isDownLimited: true })).toBe(3);
    expect(connectionScore({ ...good, isUpLimited: true })).toBe(3);
    expect(connectionScore({ ...good, isAudioOnly: true })).toBe(1);
    expect(connectionScore({ ...good, isDisconnected: true })).toBe(0);
  });
});

describe('audio only', () => {
  it('is told after two seconds without any picture, and taken back after two with one', () => {
    const audioOnly = new AudioOnly();
    expect(audioOnly.update(3, 0, 0)).toBe(false);
    expect(audioOnly.update(3, 0, 1999)).toBe(false);
    expect(audioOnly.update(3, 0, 2000)).toBe(true);
    expect(audioOnly.holds).toBe(true);
    expect(audioOnly.update(3, 1, 3000)).toBe(false);
    expect(audioOnly.update(3, 1, 5000)).toBe(true);
    expect(audioOnly.holds).toBe(false);
  });

  it('is not for who gets some, or should get none', () => {
    const audioOnly = new AudioOnly();
    for (let now = 0; now < 10_000; now += 1000) {
      expect(audioOnly.update(3, 1, now)).toBe(false);
      expect(audioOnly.update(0, 0, now)).toBe(false);
    }
  });

  it('begins to count again with every picture', () => {
    const audioOnly = new AudioOnly();
    audioOnly.update(1, 0, 0);
    audioOnly.update(1, 1, 1500);
    expect(audioOnly.update(1, 0, 2000)).toBe(false);
    expect(audioOnly.update(1, 0, 3999)).toBe(false);
    expect(audioOnly.update(1, 0, 4000)).toBe(true);
  });
});

describe('the reports of a peer', () => {
  it('say what is news, and are forgotten with the producer', () => {
    const reports = new PeerReports();
    expect(reports.setLimit('a', 'none')).toBe(false);
    expect(reports.setLimit('a', 'cpu')).toBe(true);
    expect(reports.setLimit('a', 'cpu')).toBe(false);
    reports.setCpuLimited('b', true);
    expect(reports.limitedBy('a')).toBe('cpu');
    expect(reports.isCpuLimited('b')).toBe(true);
    reports.forget('a');
    reports.forget('b');
    expect(reports.limitedBy('a')).toBe('none');
    expect(reports.isCpuLimited('b')).toBe(false);
  });
});
