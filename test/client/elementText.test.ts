import { describe, expect, it } from '@jest/globals';
import { chatParts } from '../../client/element/chatText.ts';
import { captureProblems, errorCode, errorText } from '../../client/element/errorText.ts';
import { hueOf, initials } from '../../client/element/peerLook.ts';
import { text } from '../../client/element/text.ts';
import { MediaError, type MediaErrorReason } from '../../client/lib/MediaError.ts';
import { ERROR_CODES } from '../../src/protocol/errors.ts';
import { ParleyError } from '../../src/support/errors.ts';

describe('the catalogue of texts', () => {
  it('has no empty entry, and every function mentions what it is given', () => {
    for (const [name, entry] of Object.entries(text)) {
      const sentence =
        typeof entry === 'string' ? entry : (entry as (...values: unknown[]) => string)('Ada', ['x']);
      expect(`${name}: ${sentence}`).toMatch(/: \S/);
      expect(sentence).not.toMatch(/undefined|\[object/);
    }
  });
});

describe('an error in plain words', () => {
  it('exists for every code of the protocol; a room that closed meanwhile speaks for itself', () => {
    for (const code of ERROR_CODES) {
      const sentence = errorText(new ParleyError(code, 'raw'), 'room');
      if (code === 'invalidState') expect(sentence).toBeNull();
      else expect(sentence).toMatch(/\.$/);
      expect(sentence).not.toBe('raw');
    }
  });

  it('takes a limit for a full room only where one wants to come in', () => {
    const full = new ParleyError('limitExceeded', 'raw');
    expect(errorText(full, 'join')).toBe(text.errorRoomFull);
    for (const attempt of ['camera', 'microphone', 'screen', 'room'] as const)
      expect(errorText(full, attempt)).toBe(text.errorLimit);
  });

  it('names the device, and is silent when the person cancelled', () => {
    const reasons: MediaErrorReason[] = [
      'denied',
      'notFound',
      'inUse',
      'insecure',
      'unsupported',
      'overconstrained',
    ];
    for (const reason of reasons) {
      expect(errorText(new MediaError(reason, 'raw'), 'camera')).toMatch(/camera/i);
      expect(errorText(new MediaError(reason, 'raw'), 'microphone')).toMatch(/microphone/i);
      expect(errorText(new MediaError(reason, 'raw'), 'screen')).toMatch(/screen/i);
    }
    expect(errorText(new MediaError('cancelled', 'raw'), 'screen')).toBeNull();
  });

  it('is said once where camera and microphone have the same problem', () => {
    const denied = new MediaError('denied', 'raw');
    const missing = new MediaError('notFound', 'raw');
    expect(captureProblems(null, null)).toEqual([]);
    expect(captureProblems(denied, denied)).toEqual([text.bothDenied]);
    expect(captureProblems(missing, null)).toEqual([text.mediaMissing('camera')]);
    expect(captureProblems(missing, denied)).toEqual([
      text.mediaMissing('camera'),
      text.mediaDenied('microphone'),
    ]);
    expect(captureProblems(new MediaError('inUse', 'raw'), new MediaError('inUse', 'raw'))).toHaveLength(2);
  });

  it('exists for anything that is thrown', () => {
    for (const thrown of [undefined, null, 'text', 7, new Error('raw'), { code: 5 }]) {
      expect(errorText(thrown, 'room')).toBe(text.errorUnknown);
      expect(errorCode(thrown)).toBe('internal');
    }
    expect(errorCode(new ParleyError('limitExceeded', 'full'))).toBe('limitExceeded');
    expect(errorCode(new MediaError('denied', 'no'))).toBe('denied');
  });
});

describe('a chat message', () => {
  it('is split into text and links, and loses nothing', () => {
    expect(chatParts('see https://a.example/x?y=1, and http://b.example.')).toEqual([
      { text: 'see ' },
      { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
      { text: ', and ' },
      { text: 'http://b.example', href: 'http://b.example' },
      { text: '.' },
    ]);
    for (const message of ['', 'plain', 'https://', '(https://x.example)', 'a\nb https://x.example/ c']) {
      expect(
        chatParts(message)
          .map((part) => part.text)
          .join(''),
      ).toBe(message);
    }
  });

  it('links http and https only', () => {
    expect(chatParts('javascript:alert(1) data:text/html,x ftp://x').some((part) => part.href)).toBe(false);
  });
});

describe('an avatar', () => {
  it('shows the first letters of the first and the last word', () => {
    expect(initials('Ada Lovelace')).toBe('AL');
    expect(initials('Tim Berners-Lee')).toBe('TL');
    expect(initials('guest')).toBe('G');
    expect(initials('  élodie  ')).toBe('É');
    expect(initials('李 小龙')).toBe('李小');
    expect(initials('🎉')).toBe('?');
    expect(initials('')).toBe('?');
  });

  it('has a colour that is the same for an id every time, and differs between ids', () => {
    expect(hueOf('peer-1')).toBe(hueOf('peer-1'));
    const hues = new Set(Array.from({ length: 50 }, (_, index) => hueOf(`peer-${index}`)));
    expect(hues.size).toBeGreaterThan(30);
    for (const hue of hues) {
      expect(hue).toBeGreaterThanOrEqual(0);
      expect(hue).toBeLessThan(360);
    }
  });
});
