/** Every sentence that the pages around the element add by script. */
export const pageText = {
  title: (room: string) => `${room} · Parley`,
  recentRooms: 'Where you were',
  forgetRoom: (room: string) => `Forget ${room}`,
  roomNameMissing: 'Give the room a name first.',
  roomNameWrong: 'Use 1 to 64 letters, digits, dots, hyphens, underscores or tildes.',
};
