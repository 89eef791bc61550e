import { FrameGuest } from './FrameGuest.ts';
import { pageText } from './pageText.ts';

const room = location.pathname.replace(/^\/embed\//, '');

// Opened by itself it has nobody who sets it up: to the page that needs nobody.
if (window.parent === window) location.replace(`/r/${room}`);
else {
  document.title = pageText.title(decodeURIComponent(room));
  new FrameGuest(window.parent, document.querySelector('main') ?? document.body);
}
