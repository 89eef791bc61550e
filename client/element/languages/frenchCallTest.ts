import type { englishCallTest } from './englishCallTest.ts';

/** The sentences of the network test before a call in French; part of `french`. */
export const frenchCallTest: typeof englishCallTest = {
  networkTest: 'Tester votre réseau',
  networkTestTitle: 'Votre réseau',
  networkTestAgain: 'Tester à nouveau',
  networkBusy: 'D’autres personnes testent en ce moment. Réessayez dans un instant.',

  networkUdp: 'Accès direct (UDP)',
  networkTcp: 'Accès direct (TCP)',
  networkRelay: 'Relais (TURN)',
  networkRoundTrip: 'Temps de réponse',
  networkDownlink: 'Réception',
  networkUplink: 'Envoi',

  networkTesting: 'Test en cours…',
  networkGood: 'Bon',
  networkFailed: 'Bloqué',
  networkUnknown: 'Inconnu',
  networkAbsent: 'Aucun',

  networkUdpAbout: 'La meilleure voie pour le son et l’image.',
  networkTcpAbout: 'La voie empruntée quand UDP est bloqué.',
  networkRelayAbout: 'La voie empruntée quand tout le reste est bloqué.',
  networkRoundTripAbout: 'Un aller-retour d’ici jusqu’au serveur.',
  networkDownlinkAbout: 'Ce que vous pouvez recevoir des autres.',
  networkUplinkAbout: 'Ce que les autres peuvent recevoir de vous.',

  networkUdpWorks: 'Le son et l’image empruntent la meilleure voie.',
  networkUdpBlocked: (ports, detour) =>
    detour === 'tcp'
      ? `UDP est bloqué sur ce réseau. L’appel passe par TCP mais peut saccader. Essayez un autre réseau, ou demandez l’ouverture du port UDP ${ports}.`
      : detour === 'relay'
        ? `UDP est bloqué sur ce réseau. L’appel passe par le relais mais peut saccader. Essayez un autre réseau, ou demandez l’ouverture du port UDP ${ports}.`
        : `Rien ne revient. Essayez un autre réseau, celui d’un téléphone par exemple, ou sans VPN, ou demandez l’ouverture du port ${ports} pour UDP et TCP.`,
  networkWorksToo: 'Disponible si la meilleure voie fait défaut.',
  networkTaken: 'Votre appel emprunte cette voie.',
  networkNotNeeded: 'Cette voie est bloquée, mais inutile ici.',
  networkRelayBlocked: 'Le relais ne répond pas non plus.',
  networkRelayAbsent: 'Ce serveur n’a pas de relais ; il est inutile ici.',
  networkRelayWanted: 'Ce serveur n’a pas de relais. La personne qui le gère peut en ajouter un.',

  networkRoundTripGood: 'Assez rapide pour parler naturellement.',
  networkRoundTripSlow: 'Vous vous entendrez en retard. Un câble ou un autre réseau peut aider.',
  networkNotMeasured: 'La mesure n’a pas pu être faite.',
  networkDownlinkGood: 'Assez pour bien voir les autres.',
  networkDownlinkSmall:
    'Assez pour de petites images. Suspendez les téléchargements ou rapprochez-vous du routeur.',
  networkDownlinkPoor:
    'Assez pour entendre, à peine pour voir. Suspendez les téléchargements ou essayez un autre réseau.',
  networkUplinkGood: 'Assez pour être bien vu.',
  networkUplinkSmall: 'Assez pour une petite image. Suspendez les envois ou rapprochez-vous du routeur.',
  networkUplinkPoor: 'Assez pour être entendu. Participez sans caméra ou essayez un autre réseau.',

  networkVerdictTesting: 'Test de votre réseau en cours. Cela prend quelques secondes.',
  networkVerdictGood: 'Votre réseau est prêt pour les appels.',
  networkVerdictLimited: 'Les appels passent, avec des limites.',
  networkVerdictFailed: 'Les appels ne passent pas sur ce réseau.',
};
