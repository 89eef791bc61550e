/** Every sentence of the pages around the element; those of the landing page stand in its HTML, too, under `data-text`. */
export const english = {
  title: (room: string) => `${room} · Parley`,
  titleUnread: (count: number, title: string) => `(${count}) ${title}`,
  pitch: 'Talk it over.',
  pitchLead:
    'Video meetings on your own server. Name a room, share the link, and everyone joins in the browser.',
  roomName: 'Room name',
  suggest: 'Suggest a room name',
  join: 'Join',
  recentRooms: 'Where you were',
  forgetRoom: (room: string) => `Forget ${room}`,
  roomNameMissing: 'Give the room a name first.',
  roomNameWrong: 'Use 1 to 64 letters, digits, dots, hyphens, underscores or tildes.',
};

/** The shape of a catalogue: what a translation has to bring. */
export type PageCatalogue = typeof english;
