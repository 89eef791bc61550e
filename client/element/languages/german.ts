import type { Catalogue, Device } from './english.ts';
import { germanCallTest } from './germanCallTest.ts';
import { germanConduct } from './germanConduct.ts';
import { germanStage } from './germanStage.ts';
import { germanSwitches } from './germanSwitches.ts';

const nameOf = (device: Device): string => (device === 'camera' ? 'Kamera' : 'Mikrofon');
const your = (device: Device): string => (device === 'camera' ? 'Ihre Kamera' : 'Ihr Mikrofon');

/** German; whoever reads it is addressed as “Sie”. */
export const german: Catalogue = {
  guest: 'Gast',
  you: 'Sie',
  youSuffix: (name) => `${name} (Sie)`,

  prejoinTitle: 'Bereit?',
  prejoinTitleRoom: (room) => `Raum „${room}“ betreten`,
  prejoinLead: 'Prüfen Sie Bild und Ton. Noch sieht Sie niemand.',
  prejoinNothing: 'Sie können auch ohne teilnehmen.',
  nameLabel: 'Ihr Name',
  namePlaceholder: 'So sehen Sie die anderen',
  join: 'Teilnehmen',
  joining: 'Verbinden …',
  preview: 'Vorschau Ihrer Kamera',
  previewOff: 'Ihre Kamera ist aus',
  previewStarting: 'Kamera wird gestartet …',
  microphoneLevel: 'Mikrofonpegel',
  cameraLabel: 'Kamera',
  microphoneLabel: 'Mikrofon',
  speakerLabel: 'Lautsprecher',
  noCamera: 'Keine Kamera gefunden',
  noMicrophone: 'Kein Mikrofon gefunden',
  defaultSpeaker: 'Vom System gewählt',
  unnamedDevice: (kind, number) => `${kind} ${number}`,
  allowForNames: 'Namen erscheinen, sobald der Zugriff erlaubt ist',

  controls: 'Steuerung des Gesprächs',
  microphone: 'Mikrofon',
  camera: 'Kamera',
  screenShare: 'Bildschirmfreigabe',
  chat: 'Chat',
  people: 'Personen',
  settings: 'Einstellungen',
  leave: 'Verlassen',
  mute: 'Stummschalten',
  unmute: 'Stummschaltung aufheben',
  cameraOff: 'Kamera ausschalten',
  cameraOn: 'Kamera einschalten',
  share: 'Bildschirm teilen',
  stopSharing: 'Freigabe beenden',
  withKey: (label, key) => `${label} (${key})`,
  notPermitted: (label) => `${label}: In diesem Raum dürfen Sie nur zuhören und zusehen`,
  chatUnread: (count) => (count > 0 ? `Chat, ${count} ungelesen` : 'Chat'),
  peopleCount: (count) => `Personen, ${count} anwesend`,
  copyLink: 'Link kopieren',
  copied: 'Link kopiert',
  copyFailed: 'Der Link ließ sich nicht kopieren. Er steht in der Adresszeile.',
  close: 'Schließen',
  dismiss: 'Ausblenden',

  roomLabel: (room) => `Raum ${room}`,
  recording: 'Aufnahme',
  recordingLabel: 'Dieses Gespräch wird aufgezeichnet',
  recordingEnded: (isDiskFull) =>
    isDiskFull
      ? 'Die Aufnahme ist beendet: Der Speicher des Servers ist fast voll.'
      : 'Die Aufnahme ist beendet: Der Server führt sie nicht fort.',
  participants: 'Teilnehmende',
  tile: (name, notes) => [name, ...notes].join(', '),
  muted: 'stumm',
  speaking: 'spricht',
  cameraIsOff: 'Kamera aus',
  screenOf: (name) => `Bildschirm von ${name}`,
  yourScreen: 'Ihr Bildschirm',
  weakConnection: 'Schwache Verbindung',
  ownWeakConnection: 'Ihre Verbindung ist schwach',
  causeLayerNotSent: 'Ein schärferes Bild ist unterwegs',
  causeSenderCpu: 'Das Gerät der Person ist überlastet',
  causeSenderBandwidth: 'Die Person kann nur wenig senden',
  causeSenderLoss: 'Auf der Verbindung der Person gehen Daten verloren',
  causeReceiverBandwidth: 'Sie können nur wenig empfangen',
  causeReceiverLoss: 'Auf Ihrer Verbindung gehen Daten verloren',
  causeReceiverCpu: 'Ihr Gerät ist überlastet',
  causeRelayLoss: 'Zwischen den Servern gehen Daten verloren',
  causeServerOverload: 'Der Server ist überlastet',
  causeCodecFallback: 'In einem Format, das hier alle abspielen können',
  audioOnly:
    'Ihre Verbindung ist zu langsam für Video: Sie hören alle, die Bilder kommen zurück, sobald es wieder geht.',
  alone: 'Sie sind allein hier',
  aloneLead: 'Teilen Sie den Link, dann kommen die anderen über ihren Browser dazu.',

  chatTitle: 'Chat',
  chatEmpty: 'Noch keine Nachrichten',
  chatEmptyLead: 'Was Sie schreiben, sehen alle im Raum und alle, die später dazukommen.',
  chatPlaceholder: 'Nachricht an alle',
  chatForbidden: 'In diesem Raum dürfen Sie nicht schreiben',
  send: 'Senden',
  newMessages: 'Neue Nachrichten',
  chatFailed: 'Ihre Nachricht wurde nicht gesendet. Versuchen Sie es noch einmal.',
  chatAnnounce: (name, message) => `${name} schreibt: ${message}`,
  chatAnnouncePrivate: (name, message) => `${name} schreibt nur an Sie: ${message}`,

  peopleTitle: (count) => `Personen · ${count}`,
  settingsTitle: 'Einstellungen',
  settingsLead: 'Änderungen gelten sofort.',
  shortcuts: 'Tastenkürzel',
  shortcutKeys: 'Einzelne Buchstaben wirken während eines Gesprächs; „Alle Tasten zeigen“ nennt sie.',

  connecting: (room) => `Verbinden mit ${room} …`,
  connectingShort: 'Verbinden …',
  reconnecting: 'Verbindung unterbrochen. Sie wird wiederhergestellt …',
  reconnected: 'Sie sind wieder da.',
  troubleTitle: 'Ton und Bild kommen nicht durch',
  troubleTried: 'Was versucht wurde',
  troubleOperator: 'Für die Betreiber dieses Servers',
  draining: 'Der Server startet gleich neu. Sie sind danach von selbst wieder da.',
  peerJoined: (name) => `${name} ist beigetreten`,
  peerLeft: (name) => `${name} ist gegangen`,
  startedSharing: (name) => `${name} teilt jetzt den Bildschirm`,
  hearBlocked: 'Ihr Browser hält den Ton zurück.',
  hearAction: 'Ton einschalten',

  closedLeft: 'Sie haben den Raum verlassen',
  closedLeftLead: 'Sie können diese Seite schließen oder wieder hineingehen.',
  closedRemoved: 'Sie wurden aus dem Raum entfernt',
  closedRemovedLead: 'Jemand, der den Raum leitet, hat Sie herausgenommen.',
  closedReplaced: 'Sie sind von anderswo beigetreten',
  closedReplacedLead: 'Niemand kann zweimal im selben Raum sein; dieses Fenster hat Platz gemacht.',
  closedRoom: 'Der Raum wurde geschlossen',
  closedRoomLead: 'Das Gespräch wurde für alle beendet.',
  closedServer: 'Der Server startet neu',
  closedServerLead: 'Warten Sie einen Moment und treten Sie dann wieder bei.',
  closedLost: 'Die Verbindung ist abgebrochen',
  closedLostLead:
    'Eine Weile haben wir versucht, sie wiederherzustellen. Prüfen Sie Ihr Netz und treten Sie dann wieder bei.',
  rejoin: 'Wieder beitreten',

  errorRoomFull:
    'Dieser Raum oder der ganze Server ist voll. Versuchen Sie es wieder, wenn jemand gegangen ist.',
  errorLimit: 'Mehr lässt dieser Server zurzeit nicht zu.',
  errorToken:
    'Ihre Einladung wurde nicht angenommen. Vielleicht ist sie abgelaufen; bitten Sie um einen neuen Link.',
  errorForbidden: 'Das dürfen Sie in diesem Raum nicht.',
  errorBadRequest: 'Der Server hat das nicht verstanden. Prüfen Sie Ihren Namen und den des Raums.',
  errorRoomName:
    'Ein Raumname hat 1 bis 64 Buchstaben ohne Umlaute, Ziffern, Punkte, Bindestriche, Unterstriche oder Tilden.',
  errorNoRoom: 'Es wurde kein Raum angegeben.',
  errorUnavailable:
    'Der Server ist gerade nicht erreichbar. Prüfen Sie Ihr Netz und versuchen Sie es noch einmal.',
  errorTimeout: 'Der Server antwortet zu langsam. Prüfen Sie Ihr Netz und versuchen Sie es noch einmal.',
  errorConflict: 'Das ist schon eingeschaltet.',
  errorNotFound: 'Das gibt es nicht mehr.',
  errorInternal: 'Auf dem Server ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.',
  errorUnknown: 'Etwas ist schiefgegangen. Versuchen Sie es gleich noch einmal.',

  mediaDenied: (device) =>
    `Der Zugriff auf ${your(device)} ist gesperrt. Erlauben Sie ihn in der Adresszeile des Browsers und schalten Sie dann ein.`,
  bothDenied:
    'Kamera und Mikrofon sind gesperrt. Erlauben Sie beide in der Adresszeile des Browsers und schalten Sie sie dann ein.',
  bothMissing: 'Weder Kamera noch Mikrofon gefunden.',
  bothInsecure: 'Kamera und Mikrofon brauchen eine sichere Seite. Öffnen Sie diese Seite über https://.',
  mediaMissing: (device) =>
    device === 'camera'
      ? 'Keine Kamera gefunden. Schließen Sie eine an und schalten Sie sie dann ein.'
      : 'Kein Mikrofon gefunden. Schließen Sie eines an und schalten Sie es dann ein.',
  mediaBusy: (device) =>
    `${your(device)} wird von einer anderen App benutzt. Schließen Sie diese und versuchen Sie es noch einmal.`,
  mediaInsecure: (device) =>
    `${nameOf(device)}: Der Zugriff braucht eine sichere Seite. Öffnen Sie diese Seite über https:// und versuchen Sie es noch einmal.`,
  mediaFailed: (device) => `${your(device)} ließ sich nicht starten.`,
  mediaEnded: (device) =>
    device === 'camera'
      ? 'Ihre Kamera liefert kein Bild mehr. Wurde sie abgesteckt?'
      : 'Ihr Mikrofon liefert keinen Ton mehr. Wurde es abgesteckt?',
  screenDenied: 'Ihr Bildschirm wird nicht geteilt: Browser oder System haben es nicht erlaubt.',
  screenFailed: 'Ihr Bildschirm ließ sich nicht teilen.',

  language: 'Sprache',
  languageOfBrowser: 'Wie im Browser',
  sounds: 'Töne',
  soundsLead: 'Wenn jemand kommt, geht, schreibt, anklopft oder die Hand hebt.',
  noiseSuppression: 'Geräuschunterdrückung',
  noiseSuppressionLead: 'Nimmt Tastatur, Lüfter und Straßenlärm aus Ihrer Stimme.',
  noiseFailed: 'Die Geräuschunterdrückung ließ sich nicht starten.',
  allShortcuts: 'Alle Tasten zeigen',
  keyMicrophone: 'Mikrofon ein oder aus',
  keyTalk: 'Sprechen, solange Sie sie halten, wenn Sie stumm sind',
  keyCamera: 'Kamera ein oder aus',
  keyScreen: 'Bildschirm teilen oder nicht mehr teilen',
  keyChat: 'Chat öffnen oder schließen',
  keyPeople: 'Liste der Personen öffnen oder schließen',
  keyHand: 'Hand heben oder senken',
  keyClose: 'Schließen, was offen ist',
  keyHelp: 'Diese Tasten zeigen',
  spaceKey: 'Leertaste',
  escapeKey: 'Esc',
  shortcutsAreOff: 'Die Tastenkürzel sind gerade aus. In den Einstellungen schalten Sie sie ein.',

  ...germanStage,
  ...germanConduct,
  ...germanSwitches,
  ...germanCallTest,
};
