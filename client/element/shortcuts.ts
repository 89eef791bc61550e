import type { Request } from './requests.ts';
import { text } from './text.ts';

/** A key, what it does in words, and what it asks for. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has it, letters small. */
  key: string;
  /** How the key is called where that is not its letter. */
  shown?: () => string;
  does: () => string;
  request: Request;
}

/** In the order in which the help shows them. */
export const SHORTCUTS: readonly Shortcut[] = [
  { key: 'm', does: () => text.keyMicrophone, request: { type: 'toggleAudio' } },
  { key: 'v', does: () => text.keyCamera, request: { type: 'toggleVideo' } },
  { key: 's', does: () => text.keyScreen, request: { type: 'toggleScreen' } },
  { key: 'c', does: () => text.keyChat, request: { type: 'togglePanel', panel: 'chat' } },
  { key: 'p', does: () => text.keyPeople, request: { type: 'togglePanel', panel: 'people' } },
  { key: 'h', does: () => text.keyHand, request: { type: 'conduct', act: { do: 'toggleHand' } } },
  {
    key: 'ArrowLeft',
    shown: () => '←',
    does: () => text.previousPage,
    request: { type: 'turnPage', by: -1 },
  },
  {
    key: 'ArrowRight',
    shown: () => '→',
    does: () => text.nextPage,
    request: { type: 'turnPage', by: 1 },
  },
  { key: '?', does: () => text.keyHelp, request: { type: 'toggleHelp' } },
  {
    key: 'Escape',
    shown: () => text.escapeKey,
    does: () => text.keyClose,
    request: { type: 'closePanel' },
  },
];

/** What a key asks for during a call; undefined while something is being typed or with Ctrl, Alt or Meta. */
export function requestOf(event: KeyboardEvent): Request | undefined {
  if (isModified(event) || event.repeat || event.isComposing) return undefined;
  if (event.key !== 'Escape' && event.composedPath().some(takesText)) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.request;
}

/** Whether a key is the one that is held to talk, and is not for a button or a field. */
export function isTalkKey(event: KeyboardEvent): boolean {
  return event.code === 'Space' && !isModified(event) && !event.composedPath().some(takesSpace);
}

function isModified({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || altKey || metaKey;
}

function takesText(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}

function takesSpace(target: EventTarget): boolean {
  return (
    takesText(target) ||
    (target instanceof HTMLElement &&
      target.matches(
        'button, a, summary, video[controls], dialog, [role="log"], [role="menuitem"], [role="slider"]',
      ))
  );
}
