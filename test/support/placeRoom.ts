/**
 * Runs in a room page: puts the room below so many pixels of nothing, so that the page scrolls, and gives it a size.
 * Without a style sheet, which the page's policy forbids.
 */
export function placeRoom({ above, width, height }: { above: number; width: number; height: number }): void {
  for (const element of [document.documentElement, document.body]) {
    element.style.overflow = 'auto';
    element.style.height = 'auto';
  }
  const room = document.querySelector('parley-room');
  if (!(room instanceof HTMLElement)) throw new Error('there is no room on the page');
  room.style.position = 'absolute';
  room.style.inset = `${above}px auto auto 0`;
  room.style.width = `${width}px`;
  room.style.height = `${height}px`;
}
