import type { PageCatalogue } from './english.ts';

/** German; whoever reads it is addressed as “Sie”. */
export const german: PageCatalogue = {
  title: (room) => `${room} · Parley`,
  titleUnread: (count, title) => `(${count}) ${title}`,
  pitch: 'Reden wir darüber.',
  pitchLead:
    'Videogespräche auf Ihrem eigenen Server. Geben Sie einem Raum einen Namen, teilen Sie den Link, und alle kommen über ihren Browser dazu.',
  roomName: 'Name des Raums',
  suggest: 'Einen Namen vorschlagen',
  join: 'Los',
  recentRooms: 'Wo Sie zuletzt waren',
  forgetRoom: (room) => `${room} vergessen`,
  roomNameMissing: 'Geben Sie dem Raum zuerst einen Namen.',
  roomNameWrong:
    'Erlaubt sind 1 bis 64 Buchstaben ohne Umlaute, Ziffern, Punkte, Bindestriche, Unterstriche oder Tilden.',
};
