/**
 * How the person wants the participants shown.
 *
 * - `auto`: a grid, and a stage as soon as there is something for it: a shared screen, somebody in the spotlight
 * - `grid`: all alike, whatever happens
 * - `speaker`: the stage for whoever speaks, unless a screen or the spotlight has it
 */
export type LayoutChoice = 'auto' | 'grid' | 'speaker';

export const LAYOUTS: readonly LayoutChoice[] = ['auto', 'grid', 'speaker'];

/** What of the stage a person chooses, and finds again the next time. */
export interface StageChoice {
  layout: LayoutChoice;
  /** The own camera has no tile as long as others are there. */
  hideSelf: boolean;
  /** The own camera is shown as in a mirror, as only the person sees it. */
  mirrorSelf: boolean;
}

export const DEFAULT_STAGE: StageChoice = { layout: 'auto', hideSelf: false, mirrorSelf: true };

export function isStageChoice(value: unknown): value is StageChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { layout, hideSelf, mirrorSelf } = value as Partial<Record<keyof StageChoice, unknown>>;
  const isLayout = LAYOUTS.some((known) => known === layout);
  return isLayout && typeof hideSelf === 'boolean' && typeof mirrorSelf === 'boolean';
}

/** What of a stored value is a choice; defaults for the rest. */
export function toStageChoice(stored: unknown): StageChoice {
  if (typeof stored !== 'object' || stored === null) return DEFAULT_STAGE;
  const { layout, hideSelf, mirrorSelf } = stored as Partial<Record<keyof StageChoice, unknown>>;
  return {
    layout: LAYOUTS.find((known) => known === layout) ?? DEFAULT_STAGE.layout,
    hideSelf: hideSelf === true,
    mirrorSelf: mirrorSelf !== false,
  };
}

/** What a person gave the stage to: a peer, or one of its pictures. */
export interface Pin {
  peerId: string;
  /** Absent: the screen where one is shared, or else the camera. */
  source?: 'camera' | 'screen';
}
