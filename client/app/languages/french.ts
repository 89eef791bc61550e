import type { PageCatalogue } from './english.ts';

/** French; whoever reads it is addressed as « vous ». */
export const french: PageCatalogue = {
  title: (room) => `${room} · Parley`,
  titleUnread: (count, title) => `(${count}) ${title}`,
  pitch: 'Parlons-en.',
  pitchLead:
    'Des réunions vidéo sur votre propre serveur. Nommez un salon, partagez le lien, et tout le monde le rejoint depuis son navigateur.',
  roomName: 'Nom du salon',
  suggest: 'Proposer un nom',
  join: 'Rejoindre',
  recentRooms: 'Vos derniers salons',
  forgetRoom: (room) => `Oublier ${room}`,
  roomNameMissing: 'Donnez d’abord un nom au salon.',
  roomNameWrong: 'Utilisez de 1 à 64 lettres sans accent, chiffres, points, tirets, tirets bas ou tildes.',
};
