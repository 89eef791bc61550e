import type { englishSwitches } from './englishSwitches.ts';

/** The sentences of the switches in French. */
export const frenchSwitches: typeof englishSwitches = {
  quality: 'Qualité vidéo',
  qualityLow: 'Économie de données',
  qualityStandard: 'Normale',
  qualityHigh: 'HD (haute définition)',
  qualityLowLead:
    'Votre caméra et celles des autres ont 360 lignes au plus. Les écrans partagés restent nets.',
  qualityStandardLead: 'Votre caméra envoie 720 lignes, et vous recevez ce qui convient à votre écran.',
  qualityHighLead:
    'Votre caméra envoie 1080 lignes si elle le peut. Demande environ deux fois plus de débit.',
  audioOnlySwitch: 'Audio seul',
  audioOnlyLead: 'Vous entendez tout le monde, sans recevoir ni caméras ni écrans partagés.',
  stopCameraToo: 'Arrêter aussi ma caméra',
  stopCameraTooLead: 'Lorsque vous passez en audio seul. Elle revient avec les images.',
  audioOnlyChosen: 'Audio seul : les images sont désactivées',
  showPictures: 'Afficher les images',
  causeAudioOnly: 'Vous avez choisi l’audio seul, les images sont donc désactivées',
  audioOnlyOffer:
    'Votre connexion est mauvaise depuis un moment. Sans images, le son passera peut-être mieux.',
  audioOnlyAction: 'Audio seul',
  audioOnlyStay: 'Rester en audio',

  captions: 'Sous-titres',
  captionsShow: 'Afficher les sous-titres',
  captionsShowLead: 'Ce que disent, par écrit, les personnes qui ont activé les leurs.',
  captionMe: 'Sous-titrer ce que je dis',
  captionMeLead:
    'Votre navigateur transcrit vos paroles pour les autres. Beaucoup de navigateurs, dont Chrome, envoient pour cela votre voix à leur éditeur.',
  captionsThere: (name: string) =>
    `${name} parle avec des sous-titres. Vous pouvez les afficher dans les paramètres.`,
  captionsDenied: 'Votre navigateur n’a pas autorisé vos sous-titres.',
  captionsLanguage: 'Votre navigateur ne sait pas sous-titrer cette langue.',
  captionsFailed:
    'Vos sous-titres se sont arrêtés : la reconnaissance vocale de votre navigateur ne répond pas.',
};
