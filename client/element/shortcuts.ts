import type { Request } from './requests.ts';

const KEYS: Partial<Record<string, Request>> = {
  m: { type: 'toggleAudio' },
  v: { type: 'toggleVideo' },
  s: { type: 'toggleScreen' },
  c: { type: 'togglePanel', panel: 'chat' },
  p: { type: 'togglePanel', panel: 'people' },
  ArrowLeft: { type: 'turnPage', by: -1 },
  ArrowRight: { type: 'turnPage', by: 1 },
  h: { type: 'conduct', act: { do: 'toggleHand' } },
  Escape: { type: 'closePanel' },
};

/** What a key asks for during a call; undefined while something is being typed or with Ctrl, Alt or Meta. */
export function requestOf(event: KeyboardEvent): Request | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return undefined;
  if (event.key !== 'Escape' && event.composedPath().some(takesText)) return undefined;
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

function takesText(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
