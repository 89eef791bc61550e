import type { Catalogue, Device } from './english.ts';
import { frenchCallTest } from './frenchCallTest.ts';
import { frenchConduct } from './frenchConduct.ts';
import { frenchStage } from './frenchStage.ts';
import { frenchSwitches } from './frenchSwitches.ts';
import { pluralsOf } from './plural.ts';

const plural = pluralsOf('fr');
const your = (device: Device): string => (device === 'camera' ? 'Votre caméra' : 'Votre micro');
const theirs = (device: Device): string => (device === 'camera' ? 'à la caméra' : 'au micro');

/** French; whoever reads it is addressed as « vous ». Colons and the like have a narrow space before them. */
export const french: Catalogue = {
  guest: 'Invité',
  you: 'Vous',
  youSuffix: (name) => `${name} (vous)`,

  prejoinTitle: 'Tout est prêt\u202f?',
  prejoinTitleRoom: (room) => `Rejoindre «\u202f${room}\u202f»`,
  prejoinLead: 'Vérifiez l’image et le son. Personne ne vous voit encore.',
  prejoinNothing: 'Vous pouvez aussi participer sans.',
  nameLabel: 'Votre nom',
  namePlaceholder: 'Tel que les autres le verront',
  join: 'Rejoindre',
  joining: 'Connexion…',
  preview: 'Aperçu de votre caméra',
  previewOff: 'Votre caméra est désactivée',
  previewStarting: 'Démarrage de la caméra…',
  microphoneLevel: 'Niveau du micro',
  cameraLabel: 'Caméra',
  microphoneLabel: 'Micro',
  speakerLabel: 'Haut-parleur',
  noCamera: 'Aucune caméra détectée',
  noMicrophone: 'Aucun micro détecté',
  defaultSpeaker: 'Choix du système',
  unnamedDevice: (kind, number) => `${kind} ${number}`,
  allowForNames: 'Les noms s’affichent une fois l’accès autorisé',

  controls: 'Commandes de l’appel',
  microphone: 'Micro',
  camera: 'Caméra',
  screenShare: 'Partage d’écran',
  chat: 'Discussion',
  people: 'Participants',
  settings: 'Paramètres',
  leave: 'Quitter',
  mute: 'Couper le micro',
  unmute: 'Activer le micro',
  cameraOff: 'Désactiver la caméra',
  cameraOn: 'Activer la caméra',
  share: 'Partager votre écran',
  stopSharing: 'Arrêter le partage',
  withKey: (label, key) => `${label} (${key})`,
  notPermitted: (label) => `${label}\u202f: dans ce salon, vous pouvez seulement écouter et regarder`,
  chatUnread: (count) =>
    count > 0
      ? `Discussion, ${count} ${plural(count, { one: 'message non lu', other: 'messages non lus' })}`
      : 'Discussion',
  peopleCount: (count) =>
    `Participants, ${count} ${plural(count, { one: 'personne présente', other: 'personnes présentes' })}`,
  copyLink: 'Copier le lien',
  copied: 'Lien copié',
  copyFailed: 'Impossible de copier le lien. Vous le trouverez dans la barre d’adresse.',
  close: 'Fermer',
  dismiss: 'Masquer',

  roomLabel: (room) => `Salon ${room}`,
  recording: 'Enregistrement',
  recordingLabel: 'Cet appel est enregistré',
  recordingEnded: (isDiskFull) =>
    isDiskFull
      ? 'L’enregistrement est terminé\u00a0: le disque du serveur est presque plein.'
      : 'L’enregistrement est terminé\u00a0: le serveur ne le poursuit pas.',
  participants: 'Participants',
  tile: (name, notes) => [name, ...notes].join(', '),
  muted: 'micro coupé',
  speaking: 'en train de parler',
  cameraIsOff: 'caméra désactivée',
  screenOf: (name) => `Écran de ${name}`,
  yourScreen: 'Votre écran',
  weakConnection: 'Connexion faible',
  ownWeakConnection: 'Votre connexion est faible',
  causeLayerNotSent: 'Une image plus nette arrive',
  causeSenderCpu: 'Son appareil est surchargé',
  causeSenderBandwidth: 'Son débit d’envoi est limité',
  causeSenderLoss: 'Sa connexion perd des données',
  causeReceiverBandwidth: 'Votre débit de réception est limité',
  causeReceiverLoss: 'Votre connexion perd des données',
  causeReceiverCpu: 'Votre appareil est surchargé',
  causeRelayLoss: 'La liaison entre les serveurs perd des données',
  causeServerOverload: 'Le serveur est surchargé',
  causeCodecFallback: 'Dans un format que tout le monde ici peut lire',
  audioOnly:
    'Votre connexion est trop lente pour la vidéo\u202f: vous entendez tout le monde, les images reviendront dès que possible.',
  alone: 'Il n’y a que vous ici',
  aloneLead: 'Partagez le lien\u202f: les autres vous rejoindront depuis leur navigateur.',

  chatTitle: 'Discussion',
  chatEmpty: 'Aucun message pour l’instant',
  chatEmptyLead:
    'Vos messages sont visibles par toutes les personnes du salon, même celles qui arriveront plus tard.',
  chatPlaceholder: 'Message à tout le monde',
  chatForbidden: 'Vous ne pouvez pas écrire dans ce salon',
  send: 'Envoyer',
  newMessages: 'Nouveaux messages',
  chatFailed: 'Votre message n’a pas été envoyé. Réessayez.',
  chatAnnounce: (name, message) => `${name} écrit\u202f: ${message}`,
  chatAnnouncePrivate: (name, message) => `${name} écrit à vous uniquement\u202f: ${message}`,

  peopleTitle: (count) => `Participants · ${count}`,
  settingsTitle: 'Paramètres',
  settingsLead: 'Les changements s’appliquent aussitôt.',
  shortcuts: 'Raccourcis clavier',
  shortcutKeys:
    'Pendant un appel, de simples lettres servent de raccourcis\u202f; «\u202fAfficher toutes les touches\u202f» dit lesquelles.',

  connecting: (room) => `Connexion à ${room}…`,
  connectingShort: 'Connexion…',
  reconnecting: 'Connexion perdue. Reconnexion en cours…',
  reconnected: 'Vous êtes de retour.',
  troubleTitle: 'Le son et l’image ne passent pas',
  troubleTried: 'Ce qui a été essayé',
  troubleOperator: 'Pour l’équipe qui gère ce serveur',
  draining: 'Le serveur va redémarrer dans un instant. Vous reviendrez automatiquement.',
  peerJoined: (name) => `${name} a rejoint le salon`,
  peerLeft: (name) => `${name} a quitté le salon`,
  startedSharing: (name) => `${name} partage son écran`,
  hearBlocked: 'Votre navigateur bloque le son.',
  hearAction: 'Activer le son',

  closedLeft: 'Vous avez quitté le salon',
  closedLeftLead: 'Vous pouvez fermer cette page ou y retourner.',
  closedRemoved: 'Vous avez été exclu du salon',
  closedRemovedLead: 'Une personne qui anime le salon vous en a fait sortir.',
  closedReplaced: 'Vous avez rejoint le salon depuis un autre endroit',
  closedReplacedLead: 'Une même personne ne peut y être qu’une fois\u202f; cette fenêtre a cédé la place.',
  closedRoom: 'Le salon a été fermé',
  closedRoomLead: 'L’appel est terminé pour tout le monde.',
  closedServer: 'Le serveur redémarre',
  closedServerLead: 'Patientez un instant, puis rejoignez le salon.',
  closedLost: 'La connexion a été perdue',
  closedLostLead:
    'Nous avons essayé de la rétablir, sans succès. Vérifiez votre réseau, puis rejoignez le salon.',
  rejoin: 'Rejoindre à nouveau',

  errorRoomFull: 'Ce salon, ou tout le serveur, est complet. Réessayez quand quelqu’un sera parti.',
  errorLimit: 'Ce serveur n’en permet pas plus pour le moment.',
  errorToken:
    'Votre invitation n’a pas été acceptée. Elle a peut-être expiré\u202f; demandez un nouveau lien.',
  errorForbidden: 'Vous n’avez pas le droit de faire cela dans ce salon.',
  errorBadRequest: 'Le serveur n’a pas compris. Vérifiez votre nom et celui du salon.',
  errorRoomName:
    'Un nom de salon compte de 1 à 64 lettres sans accent, chiffres, points, tirets, tirets bas ou tildes.',
  errorNoRoom: 'Aucun salon n’a été indiqué.',
  errorUnavailable: 'Le serveur est injoignable pour le moment. Vérifiez votre réseau et réessayez.',
  errorTimeout: 'Le serveur met trop de temps à répondre. Vérifiez votre réseau et réessayez.',
  errorConflict: 'C’est déjà activé.',
  errorNotFound: 'Cela n’existe plus.',
  errorInternal: 'Un problème est survenu sur le serveur. Réessayez dans un instant.',
  errorUnknown: 'Un problème est survenu. Réessayez dans un instant.',

  mediaDenied: (device) =>
    `L’accès ${theirs(device)} est bloqué. Autorisez-le dans la barre d’adresse du navigateur, puis réessayez.`,
  bothDenied:
    'La caméra et le micro sont bloqués. Autorisez-les dans la barre d’adresse du navigateur, puis activez-les.',
  bothMissing: 'Ni caméra ni micro n’ont été détectés.',
  bothInsecure: 'La caméra et le micro exigent une page sécurisée. Ouvrez cette page en https://.',
  mediaMissing: (device) =>
    device === 'camera'
      ? 'Aucune caméra détectée. Branchez-en une, puis activez-la.'
      : 'Aucun micro détecté. Branchez-en un, puis activez-le.',
  mediaBusy: (device) =>
    device === 'camera'
      ? 'Votre caméra est utilisée par une autre application. Fermez celle-ci, puis réessayez.'
      : 'Votre micro est utilisé par une autre application. Fermez celle-ci, puis réessayez.',
  mediaInsecure: (device) =>
    `L’accès ${theirs(device)} exige une page sécurisée. Ouvrez cette page en https:// et réessayez.`,
  mediaFailed: (device) => `${your(device)} n’a pas pu démarrer.`,
  mediaEnded: (device) =>
    device === 'camera'
      ? 'Votre caméra s’est arrêtée. A-t-elle été débranchée\u202f?'
      : 'Votre micro s’est arrêté. A-t-il été débranché\u202f?',
  screenDenied: 'Votre écran n’est pas partagé\u202f: le navigateur ou le système ne l’a pas autorisé.',
  screenFailed: 'Votre écran n’a pas pu être partagé.',

  language: 'Langue',
  languageOfBrowser: 'Celle du navigateur',
  sounds: 'Sons',
  soundsLead: 'Quand quelqu’un arrive, part, écrit, frappe à la porte ou lève la main.',
  noiseSuppression: 'Suppression du bruit',
  noiseSuppressionLead: 'Retire de votre voix le clavier, les ventilateurs et la circulation.',
  noiseFailed: 'La suppression du bruit n’a pas pu démarrer.',
  allShortcuts: 'Afficher toutes les touches',
  keyMicrophone: 'Activer ou couper le micro',
  keyTalk: 'Parler tant que vous la maintenez, quand le micro est coupé',
  keyCamera: 'Activer ou désactiver la caméra',
  keyScreen: 'Partager votre écran ou arrêter',
  keyChat: 'Ouvrir ou fermer la discussion',
  keyPeople: 'Ouvrir ou fermer la liste des participants',
  keyHand: 'Lever ou baisser la main',
  keyClose: 'Fermer ce qui est ouvert',
  keyHelp: 'Afficher ces touches',
  spaceKey: 'Espace',
  escapeKey: 'Échap',
  shortcutsAreOff: 'Les raccourcis sont désactivés. Vous pouvez les activer dans les paramètres.',

  ...frenchStage,
  ...frenchConduct,
  ...frenchSwitches,
  ...frenchCallTest,
};
