/** How captions travel over data messages, as JSON. */
export const CAPTION_TOPIC = 'parley.caption';

/** Characters of a caption; of what is longer the end counts, which is what is being said. */
export const LONGEST = 240;

export interface Caption {
  /** Which of the speaker's utterances it is, from 1: a later one with the same number replaces it. */
  id: number;
  text: string;
  /** It stays as it is. */
  final: boolean;
  /** BCP 47; empty where it is not known. */
  language: string;
}

/** Undefined for what is none. */
export function readCaption(payload: unknown): Caption | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { id, text, final, language } = payload as Record<string, unknown>;
  if (!Number.isSafeInteger(id) || (id as number) < 0 || typeof text !== 'string') return undefined;
  const shown = captionText(text);
  if (shown === '' || typeof final !== 'boolean') return undefined;
  const isTag = typeof language === 'string' && /^[\w-]{1,35}$/.test(language);
  return { id: id as number, text: shown, final, language: isTag ? language : '' };
}

/** What a person may see of a text: no signs that control anything, nor such as turn the text around them. */
export function captionText(text: string): string {
  const plain = text
    .slice(-4 * LONGEST)
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const signs = Array.from(plain);
  return signs.length <= LONGEST ? plain : `…${signs.slice(1 - LONGEST).join('')}`;
}
