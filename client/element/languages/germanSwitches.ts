import type { englishSwitches } from './englishSwitches.ts';

/** The sentences of the switches in German. */
export const germanSwitches: typeof englishSwitches = {
  quality: 'Videoqualität',
  qualityLow: 'Daten sparen',
  qualityStandard: 'Normal',
  qualityHigh: 'HD (hochauflösend)',
  qualityLowLead:
    'Ihre Kamera und die der anderen haben höchstens 360 Zeilen. Geteilte Bildschirme bleiben scharf.',
  qualityStandardLead: 'Ihre Kamera sendet 720 Zeilen, und Sie empfangen, was auf Ihren Bildschirm passt.',
  qualityHighLead: 'Ihre Kamera sendet 1080 Zeilen, wenn sie kann. Braucht etwa die doppelte Bandbreite.',
  audioOnlySwitch: 'Nur Ton',
  audioOnlyLead: 'Sie hören alle, empfangen aber weder Kameras noch geteilte Bildschirme.',
  stopCameraToo: 'Auch meine Kamera ausschalten',
  stopCameraTooLead: 'Sobald Sie nur Ton wählen. Mit den Bildern geht sie wieder an.',
  audioOnlyChosen: 'Nur Ton: Bilder sind aus',
  showPictures: 'Bilder zeigen',
  causeAudioOnly: 'Sie haben nur Ton gewählt, deshalb sind Bilder aus',
  audioOnlyOffer:
    'Ihre Verbindung ist seit einer Weile schlecht. Ohne Bilder kommt der Ton vielleicht besser durch.',
  audioOnlyAction: 'Nur Ton',
  audioOnlyStay: 'Bei Ton bleiben',

  captions: 'Untertitel',
  captionsShow: 'Untertitel zeigen',
  captionsShowLead: 'Was gesprochen wird, zum Mitlesen, von allen, die ihre eingeschaltet haben.',
  captionMe: 'Untertitel für mich',
  captionMeLead:
    'Ihr Browser schreibt für die anderen mit, was Sie sagen. Viele Browser, darunter Chrome, senden Ihre Stimme dafür an ihren Hersteller.',
  captionsThere: (name: string) =>
    `${name} spricht mit Untertiteln. In den Einstellungen können Sie sie einblenden.`,
  captionsDenied: 'Ihr Browser hat Untertitel für Sie nicht erlaubt.',
  captionsLanguage: 'Für diese Sprache hat Ihr Browser keine Untertitel.',
  captionsFailed: 'Ihre Untertitel sind aus: Die Spracherkennung Ihres Browsers antwortet nicht.',
};
