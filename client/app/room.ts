import '../element/define.ts';
import type { Preferences } from '../element/visitTypes.ts';
import { pageText, translatePage } from './pageText.ts';
import { registerWorker } from './registerWorker.ts';
import { readPageParameters } from './pageParameters.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { rememberRoom } from './recentRooms.ts';
import { isRoomName } from '../../src/protocol/roomName.ts';

const parameters = readPageParameters(new URL(location.href));

// A name that no room can have: back to where one is chosen.
if (isRoomName(parameters.room)) open();
else location.replace('/');

function open(): void {
  const remembered = loadPreferences();
  const element = document.createElement('parley-room');
  element.room = parameters.room;
  element.name = parameters.name ?? remembered.name;
  element.token = parameters.token;
  element.autojoin = parameters.autojoin;
  element.audio = (parameters.audio ?? remembered.audio) ? '1' : '0';
  element.video = (parameters.video ?? remembered.video) ? '1' : '0';
  element.devices = remembered.devices;
  element.stage = remembered.stage;
  element.noiseFilter = remembered.noiseFilter;
  element.switches = remembered.switches;
  element.shortcuts = scope(remembered);
  const language = remembered.language === '' ? parameters.lang : remembered.language;
  element.lang = language;
  element.sounds = remembered.sounds ? '1' : '0';
  element.addEventListener('preferenceschanged', (event) => {
    if (!(event instanceof CustomEvent)) return;
    const preferences = event.detail as Preferences;
    // What the address asks for is not what the person chose.
    const chosen = preferences.language === language ? remembered.language : preferences.language;
    savePreferences({ ...preferences, language: chosen });
    element.shortcuts = scope(preferences);
    void translatePage(preferences.language);
  });
  element.addEventListener('joined', () => rememberRoom(parameters.room));
  element.follower = { summary: ({ unreadMessages }) => entitle(unreadMessages), event: () => undefined };
  entitle(0);
  void translatePage(element.lang);
  registerWorker();
  (document.querySelector('main') ?? document.body).append(element);
}

function entitle(unread: number): void {
  const title = pageText.title(parameters.room);
  document.title = unread > 0 ? pageText.titleUnread(unread, title) : title;
}

/** There is nothing else on this page that keys could be for. */
function scope({ shortcuts }: Preferences): 'page' | 'off' {
  return shortcuts ? 'page' : 'off';
}
