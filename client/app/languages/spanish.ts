import type { PageCatalogue } from './english.ts';

/** Spanish; whoever reads it is addressed as “usted”. */
export const spanish: PageCatalogue = {
  title: (room) => `${room} · Parley`,
  titleUnread: (count, title) => `(${count}) ${title}`,
  pitch: 'Hablémoslo.',
  pitchLead:
    'Videollamadas en su propio servidor. Ponga nombre a una sala, comparta el enlace y todos entrarán desde el navegador.',
  roomName: 'Nombre de la sala',
  suggest: 'Proponer un nombre',
  join: 'Entrar',
  recentRooms: 'Salas recientes',
  forgetRoom: (room) => `Olvidar ${room}`,
  roomNameMissing: 'Primero ponga un nombre a la sala.',
  roomNameWrong: 'Use de 1 a 64 letras sin tilde, cifras, puntos, guiones, guiones bajos o virgulillas.',
};
