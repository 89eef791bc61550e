import type { RoomSetup, ToolbarButton } from '../element/embedding/contract.ts';
import { isButton } from '../element/embedding/frameMessages.ts';
import { CUSTOM_PROPERTIES } from '../element/embedding/look.ts';

/** What an element looks at when it changes. */
export const OBSERVED_ATTRIBUTES = [
  'url',
  'room',
  'mode',
  'theme',
  'shortcuts',
  'lang',
  'sounds',
  'buttons',
  'style',
  'class',
];

/** Properties that are their attributes. */
export const MIRRORED = {
  url: 'url',
  room: 'room',
  name: 'name',
  tokenUrl: 'token-url',
  tokenMethod: 'token-method',
  mode: 'mode',
  audio: 'audio',
  video: 'video',
  theme: 'theme',
  shortcuts: 'shortcuts',
  sounds: 'sounds',
} as const;

/** The others that a page can set. */
export const UNMIRRORED = [
  ...['token', 'autojoin', 'audioOnly', 'buttons', 'devices', 'stage', 'noiseFilter', 'switches'],
] as const;

/** The custom properties that the page has set on this element or around it. */
export function lookOf(element: HTMLElement): RoomSetup['look'] {
  const style = getComputedStyle(element);
  const look: Record<string, string> = {};
  for (const name of CUSTOM_PROPERTIES) {
    const value = style.getPropertyValue(name).trim();
    if (value !== '') look[name] = value;
  }
  return look;
}

export function themeOf(value: string | null): RoomSetup['theme'] {
  return value === 'light' || value === 'dark' ? value : 'auto';
}

export function shortcutsOf(value: string | null): RoomSetup['shortcuts'] {
  return value === 'page' || value === 'off' ? value : 'focus';
}

/** The attribute's JSON list; what is no button is left out. */
export function buttonsOf(value: string | null): ToolbarButton[] {
  if (value === null) return [];
  try {
    return buttonsIn(JSON.parse(value));
  } catch {
    return [];
  }
}

export function buttonsIn(list: unknown): ToolbarButton[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).filter(isButton).map((button) => {
    const { key, text, icon } = button as ToolbarButton;
    return { key, text, ...(icon === undefined ? {} : { icon }) };
  });
}
