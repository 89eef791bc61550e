import { english, type Catalogue } from './languages/english.ts';

export type { Catalogue } from './languages/english.ts';

/** The catalogue in use; parts read it at every rendering. */
export const text: Catalogue = english;
