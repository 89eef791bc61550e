/** In CSS pixels; less is a tap that slipped. */
const LEAST = 48;

/** Tells swipes to the left (1) and to the right (-1) over an element; returns what ends it. */
export function onSwipe(element: HTMLElement, swiped: (by: 1 | -1) => void): () => void {
  const unlisten = new AbortController();
  const { signal } = unlisten;
  let start: { id: number; x: number; y: number } | null = null;
  element.addEventListener(
    'pointerdown',
    ({ pointerType, isPrimary, pointerId, clientX, clientY }) => {
      start = pointerType === 'touch' && isPrimary ? { id: pointerId, x: clientX, y: clientY } : null;
    },
    { signal },
  );
  element.addEventListener(
    'pointerup',
    ({ pointerId, clientX, clientY }) => {
      if (start?.id !== pointerId) return;
      const [across, down] = [clientX - start.x, clientY - start.y];
      start = null;
      if (Math.abs(across) >= LEAST && Math.abs(across) > 2 * Math.abs(down)) swiped(across < 0 ? 1 : -1);
    },
    { signal },
  );
  element.addEventListener('pointercancel', () => (start = null), { signal });
  return () => unlisten.abort();
}
