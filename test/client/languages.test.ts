import { describe, expect, it } from '@jest/globals';
import { english as pageEnglish, type PageCatalogue } from '../../client/app/languages/english.ts';
import { arabic as pageArabic } from '../../client/app/languages/arabic.ts';
import { french as pageFrench } from '../../client/app/languages/french.ts';
import { german as pageGerman } from '../../client/app/languages/german.ts';
import { spanish as pageSpanish } from '../../client/app/languages/spanish.ts';
import { english, type Catalogue } from '../../client/element/languages/english.ts';
import { englishCallTest } from '../../client/element/languages/englishCallTest.ts';
import { englishConduct } from '../../client/element/languages/englishConduct.ts';
import { englishStage } from '../../client/element/languages/englishStage.ts';
import { englishSwitches } from '../../client/element/languages/englishSwitches.ts';
import { chooseLanguage, LANGUAGES, spokenBy } from '../../client/element/languages/languages.ts';
import { pluralsOf } from '../../client/element/languages/plural.ts';

type Entry = string | ((...values: never[]) => string);
type Entries = Record<string, Entry>;

/** Of each page language: the catalogue, by the tag of its language. */
const PAGES: Record<string, PageCatalogue> = {
  ar: pageArabic,
  de: pageGerman,
  en: pageEnglish,
  es: pageSpanish,
  fr: pageFrench,
};

/** Entries that are the same in English for good reason: signs, names, and words that the languages share. */
const SAME: Record<string, readonly string[]> = {
  // Nothing but what it is given, and signs.
  all: ['unnamedDevice', 'withKey', 'tile', 'title', 'titleUnread', 'pageShort'],
  ar: ['escapeKey'],
  de: [
    'chat',
    'chatTitle',
    'escapeKey',
    'detailLines',
    'plotBitrate',
    'plotJitter',
    'plotNow',
    'codec',
    'webinar',
  ],
  es: ['chat', 'chatTitle', 'escapeKey', 'detailLines', 'plotNow', 'callHours'],
  fr: ['participants', 'detailLines', 'codec'],
};

/** What a function is given to see whether it mentions it: names and notes, a number and a name, a device. */
const SAMPLES: Record<string, readonly (readonly unknown[])[]> = {
  tile: [['Ada', ['Bob']]],
  device: [['camera'], ['microphone']],
  other: [
    ['Ada', 'Bob'],
    [7, 'Bob'],
  ],
};

const samplesOf = (name: string): readonly (readonly unknown[])[] =>
  SAMPLES[/^media[A-Z]/.test(name) ? 'device' : name] ?? SAMPLES['other']!;

function say(entry: Entry, sample: readonly unknown[]): string {
  return typeof entry === 'string' ? entry : (entry as (...values: readonly unknown[]) => string)(...sample);
}

describe.each(LANGUAGES.map((language) => [language.name, language] as const))('%s', (_name, language) => {
  const both = async (): Promise<[Entries, Entries][]> => [
    [english, await language.load()],
    [pageEnglish, PAGES[language.tag] as unknown as Entries],
  ];

  it('has every entry, of the same kind and with the same arguments', async () => {
    for (const [original, translated] of await both()) {
      expect(Object.keys(translated)).toEqual(Object.keys(original));
      for (const [name, entry] of Object.entries(original)) {
        const other = translated[name];
        expect(`${name}: ${typeof other}`).toBe(`${name}: ${typeof entry}`);
        // One that says the same whatever it is given may leave the argument out.
        if (typeof entry === 'function')
          expect((other as () => string).length).toBeLessThanOrEqual(entry.length);
      }
    }
  });

  it('has no empty entry, and mentions whatever the English mentions', async () => {
    for (const [original, translated] of await both()) {
      for (const [name, entry] of Object.entries(original)) {
        for (const sample of samplesOf(name)) {
          const en = say(entry, sample);
          const its = say(translated[name]!, sample);
          expect(`${name}: ${its}`).toMatch(/: \S/);
          expect(its).not.toMatch(/undefined|\[object|NaN/);
          for (const value of ['Ada', 'Bob', '7']) {
            if (en.includes(value)) expect(`${name}: ${its}`).toContain(value);
          }
        }
      }
    }
  });

  it('leaves nothing in English but what is the same in both', async () => {
    if (language.tag === 'en') return;
    const same = (await both()).flatMap(([original, translated]) =>
      Object.entries(original).flatMap(([name, entry]) => {
        const equal = samplesOf(name).every(
          (sample) => say(entry, sample) === say(translated[name]!, sample),
        );
        return equal ? [name] : [];
      }),
    );
    const allowed = [...SAME['all']!, ...(SAME[language.tag] ?? [])];
    expect(same.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it('counts as its grammar does', async () => {
    const { chatUnread, peopleCount } = await language.load();
    const counts = [1, 2, 3, 11, 100];
    for (const count of counts) {
      // In words where a language has a form of its own for it.
      const digits = language.tag !== 'ar' || count > 2;
      if (digits) expect(chatUnread(count)).toContain(String(count));
      if (digits) expect(peopleCount(count)).toContain(String(count));
    }
    expect(chatUnread(0)).not.toMatch(/\d/);
    const forms = new Set(counts.map((count) => chatUnread(count).replace(/\d+/, '#')));
    expect(forms.size).toBe({ ar: 4, de: 1, en: 1, es: 2, fr: 2 }[language.tag]);
  });
});

describe('the parts of a catalogue', () => {
  it('have no entry of the same name, of which the latter alone would count', () => {
    const parts = [englishStage, englishConduct, englishSwitches, englishCallTest];
    const names = parts.flatMap((part) => Object.keys(part));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    for (const part of parts) expect(english).toMatchObject(part);
  });
});

describe('a plural', () => {
  it('has the form of the count, and the general one where the language has no other', () => {
    const french = pluralsOf('fr');
    expect([0, 1, 2].map((count) => french(count, { one: 'jour', other: 'jours' }))).toEqual([
      'jour',
      'jour',
      'jours',
    ]);
    expect(pluralsOf('ar')(2, { other: 'general' })).toBe('general');
  });
});

describe('the choice of a language', () => {
  const chosen = (...wanted: string[]): [string, string] => {
    const { language, locale } = chooseLanguage(wanted);
    return [language.tag, locale];
  };

  it('is the first that is spoken, with the person’s region for dates and numbers', () => {
    expect(chosen('it-IT', 'de-AT', 'en')).toEqual(['de', 'de-AT']);
    expect(chosen('ar-EG')).toEqual(['ar', 'ar-EG']);
    expect(chosen('EN-gb')).toEqual(['en', 'EN-gb']);
  });

  it('is English where none is, and survives what is no tag at all', () => {
    expect(chosen()).toEqual(['en', 'en']);
    expect(chosen('it', 'ja')).toEqual(['en', 'en']);
    expect(chosen('', '_', 'de_DE', '<b>')).toEqual(['en', 'en']);
  });

  it('shows in the settings as what it comes to', () => {
    expect(spokenBy('fr-CA')).toBe('fr');
    expect(spokenBy('it')).toBe('');
    expect(spokenBy('')).toBe('');
  });

  it('has right-to-left where it is written so', () => {
    expect(LANGUAGES.filter(({ direction }) => direction === 'rtl').map(({ tag }) => tag)).toEqual(['ar']);
  });
});

// A catalogue with an entry too many or too few does not compile; this line is the proof that the types say so.
// @ts-expect-error an entry is missing
export const lacking: Catalogue = { ...english, guest: undefined };
