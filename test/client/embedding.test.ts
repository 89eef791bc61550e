import { describe, expect, it } from '@jest/globals';
import { COMMAND_NAMES, isCommandName } from '../../client/element/embedding/commandNames.ts';
import {
  NOTHING_KNOWN,
  type Participant,
  type RoomSummary,
} from '../../client/element/embedding/contract.ts';
import {
  commandIn,
  isButton,
  isGreeting,
  pageGreeting,
  parseFromFrame,
  parseFromPage,
} from '../../client/element/embedding/frameMessages.ts';
import { eventsBetween, summaryOf } from '../../client/element/embedding/summary.ts';
import { UNTOUCHED } from '../../client/element/stage/RoomArrangement.ts';
import type { Visit } from '../../client/element/Visit.ts';
import { limitedView } from '../../client/element/views.ts';
import type { ConnectOptions, RoomState } from '../../client/lib/publicTypes.ts';
import { RoomToken } from '../../client/lib/RoomToken.ts';
import { layersForTile } from '../../src/sfu/forwarding/tileLayers.ts';
import { forbidden, unauthorized } from '../../src/support/errors.ts';
import { accessToken } from '../support/signalingHarness.ts';

const setup = {
  room: 'standup',
  name: 'Ann',
  token: '',
  asksForTokens: true,
  autojoin: false,
  audio: '',
  video: '0',
  theme: 'dark',
  shortcuts: 'focus',
  devices: { camera: 'c1' },
  stage: { layout: 'speaker', hideSelf: true, mirrorSelf: false },
  noiseFilter: true,
  switches: { videoQuality: 360, stopCamera: false, captions: true },
  audioOnly: false,
  buttons: [{ key: 'a', text: 'A', icon: 'data:image/svg+xml,x' }],
  look: { '--parley-accent': 'red' },
};

describe('what page and frame say to each other', () => {
  it('is understood when it is in the schema', () => {
    for (const message of [
      { type: 'setUp', setup },
      // As the script of an older server says it.
      { type: 'setUp', setup: { ...setup, stage: undefined, noiseFilter: undefined } },
      { type: 'change', change: { theme: 'light' } },
      { type: 'command', id: 1, name: 'hangup', args: [] },
      { type: 'token', id: 1, token: 'a.b.c' },
      { type: 'noToken', id: 1, error: { code: 'forbidden', message: 'no' } },
    ]) {
      expect(parseFromPage(message)).toEqual(message);
    }
    for (const message of [
      { type: 'summary', summary: NOTHING_KNOWN },
      { type: 'event', name: 'joined', detail: { room: 'x' } },
      { type: 'done', id: 7 },
      { type: 'failed', id: 7, error: { code: 'forbidden', message: 'no' } },
      { type: 'tokenWanted', id: 7, room: 'x' },
    ]) {
      expect(parseFromFrame(message)).toEqual(message);
    }
  });

  it('is ignored when it is not', () => {
    const others = [undefined, null, 7, 'setUp', [], {}, { type: 'else' }, { type: 'toString' }];
    for (const message of [
      ...others,
      { type: 'setUp', setup: { ...setup, theme: 'pink' } },
      { type: 'setUp', setup: { ...setup, stage: { layout: 'mosaic', hideSelf: true, mirrorSelf: false } } },
      { type: 'setUp', setup: { ...setup, stage: 'grid' } },
      { type: 'setUp', setup: { ...setup, noiseFilter: '1' } },
      { type: 'setUp', setup: { ...setup, switches: { videoQuality: 'high' } } },
      { type: 'setUp', setup: { ...setup, audioOnly: 1 } },
      {
        type: 'setUp',
        setup: { ...setup, buttons: [{ key: 'a', text: 'A', icon: 'https://else.example/i.png' }] },
      },
      { type: 'change', change: { look: { '--parley-accent': 5 } } },
      { type: 'command', id: 'x', name: 'hangup', args: [] },
      { type: 'command', id: 1, name: 'hangup', args: 'x' },
      { type: 'token', id: 1, token: 5 },
    ]) {
      expect(parseFromPage(message)).toBeUndefined();
    }
    for (const message of [
      ...others,
      { type: 'done' },
      { type: 'failed', id: 1, error: 'no' },
      { type: 'event', name: 1 },
    ]) {
      expect(parseFromFrame(message)).toBeUndefined();
    }
  });

  it('begins with a greeting of this version', () => {
    expect(isGreeting(pageGreeting, 'page')).toBe(true);
    expect(isGreeting(pageGreeting, 'frame')).toBe(false);
    expect(isGreeting({ ...pageGreeting, version: 0 }, 'page')).toBe(false);
    expect(isGreeting('page', 'page')).toBe(false);
    const command = { type: 'command', id: 1, name: 'toggleShareScreen', args: [] };
    expect(commandIn({ ...pageGreeting, command })).toEqual(command);
    expect(commandIn({ ...pageGreeting, command: { type: 'token', id: 1, token: 'x' } })).toBeUndefined();
    expect(commandIn({ command })).toBeUndefined();
  });

  it('has buttons that bring their pictures along', () => {
    expect(isButton({ key: 'a', text: 'A' })).toBe(true);
    expect(isButton({ key: 'a' })).toBe(false);
    expect(isButton({ key: 'a', text: 'A', icon: 'javascript:alert(1)' })).toBe(false);
  });

  it('names its commands', () => {
    expect(COMMAND_NAMES.every(isCommandName)).toBe(true);
    for (const name of ['constructor', 'toString', '', undefined, 5]) expect(isCommandName(name)).toBe(false);
  });
});

describe('a moderator', () => {
  const isModerator = (role: RoomState['role'], roomAdmin: boolean): boolean => {
    const state = { role, peers: [], recording: null, permissions: { roomAdmin } };
    const visit = {
      status: 'connected',
      name: 'Ann',
      local: {},
      session: { state },
      switches: { choice: {}, audioOnly: false },
    };
    return summaryOf(visit as unknown as Visit, 'standup', UNTOUCHED, 0).moderator;
  };

  it('is whoever is a host, by the token or made one in the call', () => {
    expect(isModerator('host', true)).toBe(true);
    expect(isModerator('host', false)).toBe(true);
    expect(isModerator('speaker', false)).toBe(false);
    expect(summaryOf(null, 'standup', UNTOUCHED, 0).moderator).toBe(false);
  });
});

describe('what happened between two summaries', () => {
  const one = (participantId: string, more: Partial<Participant> = {}): Participant => ({
    ...{ participantId, displayName: participantId.toUpperCase(), local: false, audioMuted: false },
    ...{ videoMuted: false, sharingScreen: false, handRaised: 0 },
    ...more,
  });
  const self = one('me', { local: true });
  const inRoom: RoomSummary = {
    ...NOTHING_KNOWN,
    ...{ status: 'connected', room: 'standup', participantId: 'me', displayName: 'ME', participants: [self] },
  };

  it('is a join with everybody who is there, and a departure that may be closed', () => {
    expect(eventsBetween(NOTHING_KNOWN, { ...inRoom, participants: [one('ann'), self] })).toEqual([
      ['videoConferenceJoined', { roomName: 'standup', id: 'me', displayName: 'ME' }],
      ['participantJoined', { id: 'ann', displayName: 'ANN' }],
    ]);
    expect(eventsBetween(inRoom, { ...NOTHING_KNOWN, status: 'closed', room: 'standup' })).toEqual([
      ['videoConferenceLeft', { roomName: 'standup' }],
      ['readyToClose', {}],
    ]);
  });

  it('is a change of rooms where somebody was sent to another one', () => {
    const elsewhere = { ...inRoom, room: 'lobby', participants: [one('cid'), self] };
    expect(eventsBetween({ ...inRoom, participants: [one('ann'), self] }, elsewhere)).toEqual([
      ['videoConferenceLeft', { roomName: 'standup' }],
      ['videoConferenceJoined', { roomName: 'lobby', id: 'me', displayName: 'ME' }],
      ['participantJoined', { id: 'cid', displayName: 'CID' }],
    ]);
  });

  it('is who came, went, and has another name', () => {
    const before = { ...inRoom, participants: [self, one('ann'), one('bob')] };
    const after = { ...inRoom, participants: [self, one('bob', { displayName: 'Robert' }), one('cid')] };
    expect(eventsBetween(before, after)).toEqual([
      ['displayNameChange', { id: 'bob', displayname: 'Robert' }],
      ['participantJoined', { id: 'cid', displayName: 'CID' }],
      ['participantLeft', { id: 'ann' }],
    ]);
  });

  it('is who raises a hand, oneself too, and who has it up already', () => {
    const raised = { ...inRoom, participants: [{ ...self, handRaised: 7 }, one('ann', { handRaised: 5 })] };
    expect(eventsBetween(inRoom, raised)).toEqual([
      ['raiseHandUpdated', { id: 'me', handRaised: 7 }],
      ['participantJoined', { id: 'ann', displayName: 'ANN' }],
      ['raiseHandUpdated', { id: 'ann', handRaised: 5 }],
    ]);
    const lowered = { ...inRoom, participants: [self, one('ann')] };
    expect(eventsBetween(raised, lowered)).toEqual([
      ['raiseHandUpdated', { id: 'me', handRaised: 0 }],
      ['raiseHandUpdated', { id: 'ann', handRaised: 0 }],
    ]);
  });

  it('is nothing while a connection comes back', () => {
    expect(eventsBetween(inRoom, { ...inRoom, status: 'reconnecting' })).toEqual([]);
  });

  it.each([
    ['audioMuted', false, 'audioMuteStatusChanged', { muted: false }],
    ['videoMuted', false, 'videoMuteStatusChanged', { muted: false }],
    ['sharingScreen', true, 'screenSharingStatusChanged', { on: true }],
    ['recording', true, 'recordingStatusChanged', { on: true }],
    ['tileView', true, 'tileViewChanged', { enabled: true }],
    ['chatOpen', true, 'chatUpdated', { isOpen: true, unreadCount: 0 }],
    ['audioOnly', true, 'audioOnlyChanged', { audioOnlyChanged: true }],
    ['videoQuality', 360, 'videoQualityChanged', { videoQuality: 360 }],
    ['dominantSpeaker', 'ann', 'dominantSpeakerChanged', { id: 'ann' }],
  ])('tells that %s is %s', (key, value, name, detail) => {
    expect(eventsBetween(inRoom, { ...inRoom, [key]: value })).toEqual([[name, detail]]);
  });
});

describe('a view of few lines', () => {
  const view = { producerId: 'p', visible: true, width: 1280, height: 720 };

  it('is smaller in the same shape, never larger, and has a size where none was known', () => {
    const { width = 0, height = 0, ...rest } = limitedView(view, 360);
    expect(rest).toEqual({ producerId: 'p', visible: true });
    expect(height).toBeLessThanOrEqual(360);
    expect(width / height).toBeCloseTo(16 / 9, 1);
    expect(limitedView(view, 1080)).toEqual(view);
    expect(limitedView(view, 0)).toBe(view);
    const unknown = limitedView({ producerId: 'p', visible: true }, 180);
    expect((unknown.width ?? 0) / (unknown.height ?? 0)).toBeCloseTo(16 / 9, 1);
    expect(limitedView({ producerId: 'p', visible: false }, 180)).toEqual({
      producerId: 'p',
      visible: false,
    });
  });

  it.each([180, 360, 720])('makes the server let go of more than %d lines, whatever the shape', (lines) => {
    const picture = { width: 2560, height: 1440, scales: [8, 4, 2, 1] };
    for (const [width, height] of [
      [2560, 1440],
      [1280, 1440],
      [2560, 1400],
    ] as const) {
      const asked = limitedView({ ...view, width, height }, lines);
      const tile = { width: asked.width ?? 0, height: asked.height ?? 0 };
      const { spatialLayer } = layersForTile(picture, tile, 3);
      expect(picture.height / (picture.scales[spatialLayer] ?? 1)).toBe(lines);
    }
  });
});

describe('a token from a source', () => {
  const entrance = {
    join: ({ token }: ConnectOptions): Promise<string | undefined> => Promise.resolve(token),
  };

  it('is asked for on the way in, and again when it is about to expire', async () => {
    const tokens = [await accessToken({}, { expires: '20s' }), await accessToken({ sub: 'later' })];
    const asked: string[] = [];
    const tokenSource = (room: string): Promise<string> => {
      asked.push(room);
      return Promise.resolve(tokens[asked.length - 1] ?? 'none');
    };
    const token = new RoomToken();
    expect(await token.use({ room: 'a', tokenSource }, entrance)).toBe(tokens[0]);
    expect(await token.use({ room: 'a', tokenSource }, entrance)).toBe(tokens[1]);
    expect(await token.use({ room: 'a', tokenSource }, entrance)).toBe(tokens[1]);
    expect(asked).toEqual(['a', 'a']);
    await token.use({ room: 'b', tokenSource }, entrance);
    expect(asked).toEqual(['a', 'a', 'b']);
  });

  it('gives way to the one that the server renewed, until that is refused', async () => {
    const renewed = await accessToken({ sub: 'renewed' });
    const fresh = await accessToken({ sub: 'fresh' });
    const options = { room: 'a', token: renewed, tokenSource: () => Promise.resolve(fresh) };
    const token = new RoomToken();
    expect(await token.use(options, entrance)).toBe(renewed);
    const tried: (string | undefined)[] = [];
    const strict = ({ token: one }: ConnectOptions): Promise<void> => {
      tried.push(one);
      return one === fresh ? Promise.resolve() : Promise.reject(unauthorized('the token has expired'));
    };
    await token.use(options, { join: strict });
    expect(tried).toEqual([renewed, fresh]);
  });

  it('is not asked for again where it is not the token’s fault', async () => {
    const renewed = await accessToken();
    const source = { room: 'a', token: renewed, tokenSource: () => Promise.resolve('other') };
    const tried: (string | undefined)[] = [];
    const full = ({ token: one }: ConnectOptions): Promise<void> => {
      tried.push(one);
      return Promise.reject(forbidden('not here'));
    };
    await expect(new RoomToken().use(source, { join: full })).rejects.toMatchObject({ code: 'forbidden' });
    expect(tried).toEqual([renewed]);
    const failing = { room: 'a', tokenSource: () => Promise.reject(forbidden('not you')) };
    await expect(new RoomToken().use(failing, entrance)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is not needed where there is none', async () => {
    expect(await new RoomToken().use({ room: 'a' }, entrance)).toBeUndefined();
    expect(await new RoomToken().use({ room: 'a', token: 'x' }, entrance)).toBe('x');
  });
});
