import '../element/define.ts';
import type { Preferences } from '../element/visitTypes.ts';
import { pageText } from './pageText.ts';
import { readPageParameters } from './pageParameters.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
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
  element.shortcuts = scope(remembered);
  element.addEventListener('preferenceschanged', (event) => {
    if (!(event instanceof CustomEvent)) return;
    const preferences = event.detail as Preferences;
    savePreferences(preferences);
    element.shortcuts = scope(preferences);
  });
  document.title = pageText.title(parameters.room);
  (document.querySelector('main') ?? document.body).append(element);
}

/** There is nothing else on this page that keys could be for. */
function scope({ shortcuts }: Preferences): 'page' | 'off' {
  return shortcuts ? 'page' : 'off';
}
