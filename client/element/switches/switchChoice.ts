import type { CaptionLine } from '../captions/CaptionBoard.ts';
import { isVideoQuality } from './videoQuality.ts';

/** What of the switches a person finds again the next time. */
export interface SwitchChoice {
  /** Lines that a picture has at most, the own camera's and the others'; 0: no limit, and a camera of 720. */
  videoQuality: number;
  /** With audio only, the own camera is off as well. */
  stopCamera: boolean;
  /** What is said is shown, as far as whoever says it has it written down. */
  captions: boolean;
}

export const DEFAULT_SWITCHES: SwitchChoice = { videoQuality: 0, stopCamera: false, captions: false };

export function isSwitchChoice(value: unknown): value is SwitchChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { videoQuality, stopCamera, captions } = value as Partial<Record<keyof SwitchChoice, unknown>>;
  return isVideoQuality(videoQuality) && typeof stopCamera === 'boolean' && typeof captions === 'boolean';
}

/** What of a stored value is a choice; defaults for the rest. */
export function toSwitchChoice(stored: unknown): SwitchChoice {
  if (typeof stored !== 'object' || stored === null) return DEFAULT_SWITCHES;
  const { videoQuality, stopCamera, captions } = stored as Partial<Record<keyof SwitchChoice, unknown>>;
  return {
    videoQuality: isVideoQuality(videoQuality) ? videoQuality : DEFAULT_SWITCHES.videoQuality,
    stopCamera: stopCamera === true,
    captions: captions === true,
  };
}

/** What a person, or the page around, switches; what is absent stays. */
export interface SwitchChange extends Partial<SwitchChoice> {
  /** The others' pictures do not come. */
  audioOnly?: boolean;
  /** What this person says is written down for the others. */
  captionMe?: boolean;
}

/** The switches as they are, for the parts that show them; another object after every change. */
export interface SwitchView extends Required<SwitchChange> {
  /** This browser can write down what is said. */
  canCaption: boolean;
  /** What is on the screen of what is being said. */
  lines: readonly CaptionLine[];
  /** What was said to the end, for those who hear the page: the last of it. */
  said: readonly CaptionLine[];
}

/** Why audio only is offered. */
export type AudioOnlyOffer = 'noPictures' | 'poor' | null;
