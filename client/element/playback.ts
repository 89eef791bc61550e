import { tell } from './requests.ts';

/** Whether this browser can play on a speaker of the user's choice (Audio Output Devices API). */
export const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

/** Not to be asked about again before the click came. */
const waiting = new WeakSet<HTMLMediaElement>();

/** Plays an element on a speaker; asks for the user's click where the browser wants one first. */
export function playWhenAllowed(element: HTMLMediaElement, sinkId: string, from: HTMLElement): void {
  if (canChooseSpeaker && element instanceof HTMLAudioElement && element.sinkId !== sinkId) {
    // A speaker that is gone: the system's choice goes on playing.
    element.setSinkId(sinkId).catch(() => undefined);
  }
  if (!element.paused || !element.srcObject || waiting.has(element)) return;
  element.play().catch((error: unknown) => {
    const blocked = error instanceof DOMException && error.name === 'NotAllowedError';
    // Anything else is an element that got another stream or left the page meanwhile.
    if (!blocked || !element.isConnected) return;
    waiting.add(element);
    tell(from, {
      type: 'audioBlocked',
      play: () => {
        waiting.delete(element);
        element.play().catch(() => undefined);
      },
    });
  });
}
