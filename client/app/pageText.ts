import { chooseLanguage } from '../element/languages/languages.ts';
import { english, type PageCatalogue } from './languages/english.ts';

/** The catalogue of the pages in use. */
export let pageText: PageCatalogue = english;

const CATALOGUES: Partial<Record<string, () => Promise<PageCatalogue>>> = {
  de: async () => (await import('./languages/german.ts')).german,
  es: async () => (await import('./languages/spanish.ts')).spanish,
  fr: async () => (await import('./languages/french.ts')).french,
  ar: async () => (await import('./languages/arabic.ts')).arabic,
};

/**
 * Puts the page into the first of these languages that there is: the one named, then the person's own.
 *
 * Resolves when it is; where the catalogue does not come, the page stays as it is.
 *
 * @param wanted A tag (BCP 47), or nothing.
 */
export async function translatePage(wanted: string): Promise<void> {
  const { language } = chooseLanguage([...(wanted === '' ? [] : [wanted]), ...navigator.languages]);
  const load = CATALOGUES[language.tag];
  try {
    pageText = load ? await load() : english;
    document.documentElement.lang = language.tag;
    document.documentElement.dir = language.direction;
    for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) write(element);
  } catch {
    // English is understood by most.
  }
  document.documentElement.toggleAttribute('data-ready', true);
}

/** Where an element has a label, that is its text. */
function write(element: HTMLElement): void {
  const sentence = pageText[element.dataset['text'] as keyof PageCatalogue];
  if (typeof sentence !== 'string') return;
  if (!element.hasAttribute('aria-label')) {
    element.textContent = sentence;
    return;
  }
  element.setAttribute('aria-label', sentence);
  element.title = sentence;
}
