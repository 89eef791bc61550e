import { chooseLanguage, ENGLISH, type LanguageChoice } from './languages/languages.ts';
import { english, type Catalogue } from './languages/english.ts';

export type { Catalogue } from './languages/english.ts';

/** The catalogue in use, one for the page; parts read it at every rendering. */
export let text: Catalogue = english;

/** The language of `text`, and how its dates and numbers are written. */
export let speech: LanguageChoice = { language: ENGLISH, locale: 'en' };

const listeners = new Set<() => void>();
let asked = 0;

/**
 * Speaks the first of these languages that there is: those named, then the person's own.
 *
 * Resolves once it is in use; where its catalogue does not come, the language in use stays, and where a later call
 * overtakes this one, that one counts.
 *
 * @param wanted A tag (BCP 47), or nothing.
 */
export async function useLanguage(wanted: string): Promise<void> {
  const turn = (asked += 1);
  const choice = chooseLanguage([...(wanted === '' ? [] : [wanted]), ...navigator.languages]);
  if (choice.language.tag === speech.language.tag && choice.locale === speech.locale) return;
  try {
    const catalogue = await choice.language.load();
    if (turn !== asked) return;
    text = catalogue;
    speech = choice;
  } catch {
    return;
  }
  for (const listener of listeners) listener();
}

/** Tells when another language is in use. @returns a function that ends it. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
