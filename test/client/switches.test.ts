import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LocalDevices } from '../../client/element/LocalDevices.ts';
import type { RoomSession } from '../../client/element/RoomSession.ts';
import { SeenViews, type Wanted } from '../../client/element/SeenViews.ts';
import { noPictures } from '../../client/element/switches/noPictures.ts';
import { PoorLink } from '../../client/element/switches/PoorLink.ts';
import { RoomSwitches } from '../../client/element/switches/RoomSwitches.ts';
import {
  DEFAULT_SWITCHES,
  isSwitchChoice,
  toSwitchChoice,
  type SwitchChoice,
} from '../../client/element/switches/switchChoice.ts';
import { cameraFor, isVideoQuality, LINES, stepOf } from '../../client/element/switches/videoQuality.ts';
import { limitedView } from '../../client/element/views.ts';
import { initialRoom } from '../../client/lib/initialRoom.ts';
import type { PeerState, RoomState, ViewOptions } from '../../client/lib/publicTypes.ts';

const room = initialRoom('standup').view;
const me = (connectionQuality: number | null): PeerState => ({
  peerId: 'me',
  name: 'Me',
  role: 'speaker',
  joinedAt: 0,
  isLocal: true,
  level: -127,
  speaking: false,
  connectionQuality,
  publications: [],
});
const bob: PeerState = {
  ...me(5),
  peerId: 'bob',
  isLocal: false,
  publications: [
    { producerId: 'p', source: 'camera', kind: 'video', paused: false, track: null, quality: null },
  ],
};
const connected = (quality: number | null, more: Partial<RoomState> = {}): RoomState => ({
  ...room,
  status: 'connected',
  peers: [me(quality), bob],
  ...more,
});

describe('the quality of pictures', () => {
  it('is one of three steps, whatever number of lines a page asks for', () => {
    expect([0, 90, 180, 360, 361, 720, 1079, 1080, 2160].map(stepOf)).toEqual([
      ...(['standard', 'low', 'low', 'low'] as const),
      ...(['standard', 'standard', 'standard', 'high', 'high'] as const),
    ]);
    for (const [step, lines] of Object.entries(LINES)) expect(stepOf(lines)).toBe(step);
    expect([0, 1, 4320].every(isVideoQuality)).toBe(true);
    expect([-1, 1.5, 4321, '360', null, NaN].some(isVideoQuality)).toBe(false);
  });

  it('is what the camera is asked for, as a wish', () => {
    expect([360, 0, 1080].map((lines) => cameraFor(lines).height)).toEqual([
      { ideal: 360 },
      { ideal: 720 },
      { ideal: 1080 },
    ]);
  });

  it('leaves a screen on the stage readable', () => {
    const screen = {
      producerId: 's',
      visible: true,
      width: 1920,
      height: 1080,
      importance: 'screen' as const,
    };
    expect(limitedView(screen, 360)).toBe(screen);
    expect(limitedView({ ...screen, importance: 'filmstrip' }, 360).height).toBeLessThanOrEqual(360);
  });
});

describe('a choice of switches', () => {
  it('is what is stored, as far as that makes sense', () => {
    const choice = { videoQuality: 1080, stopCamera: true, captions: true };
    expect(toSwitchChoice({ ...choice, captionMe: true })).toEqual(choice);
    expect(toSwitchChoice({ videoQuality: 'high', stopCamera: 1, captions: 'yes' })).toEqual(
      DEFAULT_SWITCHES,
    );
    for (const nothing of [undefined, null, 'x', 7])
      expect(toSwitchChoice(nothing)).toEqual(DEFAULT_SWITCHES);
    expect(isSwitchChoice(choice)).toBe(true);
    expect(isSwitchChoice({ ...choice, videoQuality: -1 })).toBe(false);
    expect(isSwitchChoice(null)).toBe(false);
  });
});

describe('what is asked for of the pictures', () => {
  it('is smaller, nothing, and in the end what the person sees', () => {
    let wanted: Wanted = { maxHeight: 0, pictures: true };
    const asked = new Map<string, ViewOptions>();
    const views = new SeenViews(
      (id, view) => asked.set(id, view),
      () => wanted,
    );
    const seen = { visible: true, width: 1280, height: 720 };
    const present = new Set(['p']);
    views.report([
      { producerId: 'p', ...seen },
      { producerId: 'gone', ...seen },
    ]);
    expect(asked.get('p')).toEqual(seen);
    wanted = { maxHeight: 360, pictures: false };
    views.askAgain(present);
    expect(asked.get('p')).toEqual({ visible: false });
    views.report([{ producerId: 'new', ...seen }]);
    expect(asked.get('new')).toEqual({ visible: false });
    wanted = { maxHeight: 360, pictures: true };
    views.askAgain(present);
    const limited = limitedView({ producerId: 'p', ...seen }, 360);
    expect({ producerId: 'p', ...asked.get('p') }).toEqual(limited);
    expect(asked.get('gone')).toEqual(seen);
  });

  it('is nothing for one of two reasons', () => {
    expect(noPictures({ audioOnly: false }, false)).toBeNull();
    expect(noPictures({ audioOnly: true }, false)).toBe('tooSlow');
    expect(noPictures({ audioOnly: true }, true)).toBe('chosen');
  });
});

describe('a poor link', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is one that was too poor for speech for a while, and until it is better', () => {
    let changes = 0;
    const link = new PoorLink(() => (changes += 1));
    link.look(connected(2.5));
    jest.advanceTimersByTime(11_000);
    link.look(connected(3));
    link.look(connected(1));
    jest.advanceTimersByTime(11_000);
    expect(link.offers).toBe(false);
    link.look(connected(2));
    jest.advanceTimersByTime(1000);
    expect([link.offers, changes]).toEqual([true, 1]);
    link.look(connected(4));
    expect(link.offers).toBe(false);
  });

  it('is none without pictures, outside the room, or once it was declined', () => {
    const link = new PoorLink(() => undefined);
    for (const state of [
      connected(1, { peers: [me(1)] }),
      connected(1, { status: 'reconnecting' }),
      connected(null),
      null,
    ]) {
      link.look(state);
      expect(jest.getTimerCount()).toBe(0);
    }
    link.decline();
    link.look(connected(1));
    jest.advanceTimersByTime(60_000);
    expect(link.offers).toBe(false);
    link.close();
  });
});

describe('the switches of a room', () => {
  /** A stay whose camera can be switched, as the session does it. */
  function visit(choice: Partial<SwitchChoice> = {}, audioOnly = false) {
    const done: string[] = [];
    let camera = true;
    const session = {
      client: { on: () => () => undefined, state: connected(5) },
      state: connected(5),
      isOn: () => camera,
      settled: () => Promise.resolve(),
      askAgain: () => done.push('asked'),
      resizeCamera: () => Promise.resolve(done.push('resized')),
      toggleVideo: () => {
        camera = !camera;
        done.push(camera ? 'camera on' : 'camera off');
        return Promise.resolve();
      },
    };
    const devices = new LocalDevices(() => undefined);
    const switches = new RoomSwitches({
      choice: { ...DEFAULT_SWITCHES, ...choice },
      audioOnly,
      devices,
      changed: () => undefined,
      chose: () => done.push('chose'),
      told: () => undefined,
      complain: () => undefined,
      said: () => undefined,
    });
    switches.look(session as unknown as RoomSession);
    return { switches, session, devices, done, setCamera: (on: boolean) => (camera = on) };
  }

  it('ask for another size of the camera and of the others, and remember it', async () => {
    const { switches, devices, done } = visit();
    expect(devices.camera).toMatchObject({ height: { ideal: 720 } });
    expect(await switches.answer({ type: 'switch', change: { videoQuality: 1080 } })).toBe(true);
    expect(devices.camera).toMatchObject({ height: { ideal: 1080 } });
    expect(switches.wanted).toEqual({ maxHeight: 1080, pictures: true });
    expect(done).toEqual(['asked', 'chose', 'resized']);
    expect(await switches.answer({ type: 'toggleHelp' })).toBe(false);
  });

  it('leave the camera as it is with audio only, unless it is to stop as well', async () => {
    const { switches, done } = visit();
    await switches.change({ audioOnly: true });
    expect(switches.wanted.pictures).toBe(false);
    await switches.change({ stopCamera: true });
    await switches.change({ audioOnly: false });
    expect(done.filter((act) => act.startsWith('camera'))).toEqual(['camera off', 'camera on']);
  });

  it('do not start a camera that was off before, or that the person has had since', async () => {
    const { switches, session, done, setCamera } = visit({ stopCamera: true });
    setCamera(false);
    await switches.change({ audioOnly: true });
    await switches.change({ audioOnly: false });
    expect(done).not.toContain('camera on');
    setCamera(true);
    await switches.change({ audioOnly: true });
    // On and off again by the person.
    setCamera(true);
    switches.look(session as unknown as RoomSession);
    setCamera(false);
    await switches.change({ audioOnly: false });
    expect(done.filter((act) => act.startsWith('camera'))).toEqual(['camera off']);
  });

  it('offer audio only, once where it is declined, and not to those who have it', async () => {
    const { switches, session } = visit();
    expect(switches.offer).toBeNull();
    session.state = connected(1, { audioOnly: true });
    expect(switches.offer).toBe('noPictures');
    await switches.change({ audioOnly: true });
    expect(switches.offer).toBeNull();
    switches.look(null);
    expect(switches.view).toMatchObject({ audioOnly: true, captionMe: false, lines: [] });
  });

  it('do not write down what is said where the browser cannot', async () => {
    const { switches } = visit();
    await switches.change({ captionMe: true });
    expect(switches.view).toMatchObject({ captionMe: false, canCaption: false });
  });
});
