import type { PageCatalogue } from './english.ts';

/** Arabic, in its standard written form. */
export const arabic: PageCatalogue = {
  title: (room) => `${room} · Parley`,
  titleUnread: (count, title) => `(${count}) ${title}`,
  pitch: 'لنتحدث عن الأمر.',
  pitchLead: 'اجتماعات فيديو على خادمك الخاص. سمِّ غرفة وشارِك رابطها، وسينضم الجميع من متصفحاتهم.',
  roomName: 'اسم الغرفة',
  suggest: 'اقتراح اسم للغرفة',
  join: 'انضمام',
  recentRooms: 'الغرف الأخيرة',
  forgetRoom: (room) => `نسيان \u2068${room}\u2069`,
  roomNameMissing: 'أعطِ الغرفة اسمًا أولًا.',
  roomNameWrong:
    'استخدم من 1 إلى 64 من الأحرف اللاتينية أو الأرقام أو النقاط أو الشرطات أو الشرطات السفلية أو علامات التلدة.',
};
