import { english, type Catalogue } from './english.ts';

/** A language that the element speaks. */
export interface Language {
  /** BCP 47, without a region: `de`. */
  tag: string;
  /** In itself, so that whoever speaks it finds it. */
  name: string;
  direction: 'ltr' | 'rtl';
  /** The catalogue; all but English come over the network. */
  load: () => Catalogue | Promise<Catalogue>;
}

export const ENGLISH: Language = { tag: 'en', name: 'English', direction: 'ltr', load: () => english };

/** In the order in which they are offered: by their names. */
export const LANGUAGES: readonly Language[] = [
  {
    tag: 'de',
    name: 'Deutsch',
    direction: 'ltr',
    load: async () => (await import('./german.ts')).german,
  },
  ENGLISH,
  {
    tag: 'es',
    name: 'Español',
    direction: 'ltr',
    load: async () => (await import('./spanish.ts')).spanish,
  },
  {
    tag: 'fr',
    name: 'Français',
    direction: 'ltr',
    load: async () => (await import('./french.ts')).french,
  },
  {
    tag: 'ar',
    name: 'العربية',
    direction: 'rtl',
    load: async () => (await import('./arabic.ts')).arabic,
  },
];

/** A language, and the tag by which dates and numbers are written: that of the person's region where there is one. */
export interface LanguageChoice {
  language: Language;
  locale: string;
}

/** The first of these tags (BCP 47) that the element speaks; English where it speaks none of them. */
export function chooseLanguage(wanted: readonly string[]): LanguageChoice {
  for (const tag of wanted) {
    const language = languageOf(tag);
    if (language) return { language, locale: tag };
  }
  return { language: ENGLISH, locale: ENGLISH.tag };
}

/** The tag of the language that is spoken for this one; empty where none is. */
export function spokenBy(tag: string): string {
  return languageOf(tag)?.tag ?? '';
}

function languageOf(tag: string): Language | undefined {
  try {
    const primary = new Intl.Locale(tag).language;
    return LANGUAGES.find((language) => language.tag === primary);
  } catch {
    // What is not a tag is nobody's language.
    return undefined;
  }
}
