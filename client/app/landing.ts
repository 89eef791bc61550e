import { isRoomName } from '../../src/protocol/roomName.ts';
import { suggestRoomName } from './roomNames.ts';
import { pageText, translatePage } from './pageText.ts';
import { loadPreferences } from './preferences.ts';
import { showRecentRooms } from './recentList.ts';
import { registerWorker } from './registerWorker.ts';

const form = element('#join', HTMLFormElement);
const field = element('#room', HTMLInputElement);
const problem = element('#problem', HTMLElement);

suggest();
void translatePage(loadPreferences().language).then(() => showRecentRooms(element('#recent', HTMLElement)));
registerWorker();

element('#suggest', HTMLButtonElement).addEventListener('click', () => {
  suggest();
  field.focus();
});

field.addEventListener('input', () => complain(''));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  // Spaces are what people type first; a link has none.
  const room = field.value.trim().replace(/\s+/g, '-');
  if (!isRoomName(room)) {
    complain(room === '' ? pageText.roomNameMissing : pageText.roomNameWrong);
    field.focus();
    return;
  }
  location.assign(`/r/${encodeURIComponent(room)}`);
});

function suggest(): void {
  field.value = suggestRoomName();
  complain('');
}

function complain(sentence: string): void {
  problem.textContent = sentence;
  field.toggleAttribute('aria-invalid', sentence !== '');
}

function element<E extends HTMLElement>(selector: string, type: new () => E): E {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}
