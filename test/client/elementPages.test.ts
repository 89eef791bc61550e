import { describe, expect, it } from '@jest/globals';
import { readPageParameters } from '../../client/app/pageParameters.ts';
import { loadPreferences, savePreferences } from '../../client/app/preferences.ts';
import { forgetRoom, recentRooms, rememberRoom } from '../../client/app/recentRooms.ts';
import { suggestRoomName } from '../../client/app/roomNames.ts';
import { isRoomName } from '../../src/protocol/roomName.ts';
import { roomNameSchema } from '../../src/protocol/requests.ts';
import { DEFAULT_SWITCHES } from '../../client/element/switches/switchChoice.ts';
import { DEFAULT_STAGE } from '../../client/element/stage/stageChoice.ts';

const read = (path: string) => readPageParameters(new URL(path, 'https://meet.example'));

describe('the address of a room page', () => {
  it('gives the room, and defaults where it says nothing else', () => {
    expect(read('/r/standup')).toEqual({
      room: 'standup',
      name: null,
      token: '',
      lang: '',
      autojoin: false,
      audio: null,
      video: null,
    });
  });

  it('gives name, token and switches', () => {
    expect(read('/r/standup/?name=%20Ada%20L.&token=a.b.c&autojoin=1&audio=0&video=1&lang=fr-CA')).toEqual({
      room: 'standup',
      name: 'Ada L.',
      token: 'a.b.c',
      lang: 'fr-CA',
      autojoin: true,
      audio: false,
      video: true,
    });
    expect(read('/r/x?autojoin').autojoin).toBe(true);
    expect(read('/r/x?autojoin=false').autojoin).toBe(false);
  });

  it('is read even when it is wrong', () => {
    expect(read('/r/%E0%A4%A').room).toBe('%E0%A4%A');
    expect(read('/r/a%2Fb').room).toBe('a/b');
    expect(read('/somewhere').room).toBe('');
    expect(read(`/r/x?name=${'n'.repeat(200)}`).name).toHaveLength(64);
  });
});

describe('a room’s name', () => {
  it('is valid exactly where the protocol takes it', () => {
    const names = [
      'a',
      'a.b_c~d-e',
      'x'.repeat(64),
      'x'.repeat(65),
      '',
      '.',
      '..',
      '...',
      'a b',
      'ä',
      'a/b',
      'a\n',
    ];
    for (const name of names)
      expect([name, isRoomName(name)]).toEqual([name, roomNameSchema.safeParse(name).success]);
  });

  it('is suggested in a valid form, and differently each time', () => {
    const suggestions = Array.from({ length: 50 }, () => suggestRoomName());
    expect(suggestions.filter((name) => !isRoomName(name))).toEqual([]);
    expect(new Set(suggestions).size).toBeGreaterThan(45);
    expect(suggestRoomName(() => 0.9999999)).toMatch(/^[a-z]+-[a-z]+-\d{4}$/);
  });
});

describe('what a browser remembers', () => {
  function storage(initial?: string): () => Storage {
    const items = new Map(initial === undefined ? [] : [['parley.preferences', initial]]);
    const stub = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    };
    return () => stub as unknown as Storage;
  }

  it('comes back as it was', () => {
    const preferences = {
      name: 'Ada',
      devices: { camera: 'c1', speaker: 's1' },
      audio: false,
      video: true,
      shortcuts: false,
      stage: { layout: 'speaker' as const, hideSelf: true, mirrorSelf: false },
      sounds: false,
      language: 'de',
      noiseFilter: true,
      switches: { videoQuality: 1080, stopCamera: true, captions: true },
    };
    const place = storage();
    savePreferences(preferences, place);
    expect(loadPreferences(place)).toEqual(preferences);
  });

  it('is nothing where there is nothing, nonsense, or no storage at all', () => {
    const nothing = {
      name: '',
      devices: {},
      audio: true,
      video: true,
      shortcuts: true,
      stage: DEFAULT_STAGE,
      sounds: true,
      language: '',
      noiseFilter: false,
      switches: DEFAULT_SWITCHES,
    };
    const refused = (): Storage => {
      throw new Error('SecurityError');
    };
    for (const place of [
      storage(),
      storage('{'),
      storage('7'),
      storage('{"name":5,"devices":"x","stage":{"layout":"mosaic"}}'),
      refused,
    ]) {
      expect(loadPreferences(place)).toEqual(nothing);
    }
    expect(loadPreferences(storage('{"devices":{"camera":5,"evil":"x","microphone":"m"}}')).devices).toEqual({
      microphone: 'm',
    });
    expect(() => savePreferences(nothing, refused)).not.toThrow();
  });
});

describe('the rooms that a browser was in', () => {
  function storage(initial?: string): () => Storage {
    let stored = initial ?? null;
    const stub = { getItem: () => stored, setItem: (_: string, value: string) => void (stored = value) };
    return () => stub as unknown as Storage;
  }

  it('are there newest first, each once, and only the last eight', () => {
    const place = storage();
    for (let number = 0; number < 10; number += 1) rememberRoom(`room-${number}`, number, place);
    rememberRoom('room-5', 99, place);
    expect(recentRooms(place).map(({ room }) => room)).toEqual(
      ['5', '9', '8', '7', '6', '4', '3', '2'].map((number) => `room-${number}`),
    );
    expect(recentRooms(place)[0]).toEqual({ room: 'room-5', joinedAt: 99 });
  });

  it('are forgotten one by one', () => {
    const place = storage();
    rememberRoom('a', 1, place);
    rememberRoom('b', 2, place);
    forgetRoom('b', place);
    forgetRoom('never-there', place);
    expect(recentRooms(place)).toEqual([{ room: 'a', joinedAt: 1 }]);
  });

  it('are none where there is nothing, nonsense, or no storage at all', () => {
    const refused = (): Storage => {
      throw new Error('SecurityError');
    };
    for (const place of [storage(), storage('{'), storage('{}'), storage('[1,null,{"room":"a b"}]'), refused])
      expect(recentRooms(place)).toEqual([]);
    expect(recentRooms(storage('[{"room":"a/../b","joinedAt":1},{"room":"ok","joinedAt":1}]'))).toHaveLength(
      1,
    );
    expect(() => rememberRoom('a', 1, refused)).not.toThrow();
  });
});
