import { pageText } from './pageText.ts';
import { forgetRoom, recentRooms, type RecentRoom } from './recentRooms.ts';

/** Fills the list of rooms that this browser was in; without any, nothing of it is to be seen. */
export function showRecentRooms(section: HTMLElement): void {
  const rooms = recentRooms();
  section.hidden = rooms.length === 0;
  const title = document.createElement('h2');
  title.id = 'recent-title';
  title.textContent = pageText.recentRooms;
  const list = document.createElement('ul');
  list.append(...rooms.map((recent) => item(recent, section)));
  section.replaceChildren(title, list);
}

function item({ room }: RecentRoom, section: HTMLElement): HTMLElement {
  const link = document.createElement('a');
  link.href = `/r/${encodeURIComponent(room)}`;
  link.textContent = room;
  link.dataset['role'] = 'recent-room';
  const forget = document.createElement('button');
  forget.type = 'button';
  forget.dataset['action'] = 'forget-room';
  forget.title = pageText.forgetRoom(room);
  forget.setAttribute('aria-label', forget.title);
  forget.textContent = '×';
  forget.addEventListener('click', () => {
    const index = [...section.querySelectorAll('button')].indexOf(forget);
    forgetRoom(room);
    showRecentRooms(section);
    const buttons = section.querySelectorAll('button');
    (buttons[Math.min(index, buttons.length - 1)] ?? document.querySelector<HTMLElement>('#room'))?.focus();
  });
  const entry = document.createElement('li');
  entry.append(link, forget);
  return entry;
}
