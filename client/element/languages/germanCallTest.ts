import type { englishCallTest } from './englishCallTest.ts';

/** The sentences of the network test before a call in German; part of `german`. */
export const germanCallTest: typeof englishCallTest = {
  networkTest: 'Netzwerk testen',
  networkTestTitle: 'Ihr Netzwerk',
  networkTestAgain: 'Noch einmal testen',
  networkBusy: 'Gerade testen andere. Versuchen Sie es gleich noch einmal.',

  networkUdp: 'Direkt (UDP)',
  networkTcp: 'Direkt (TCP)',
  networkRelay: 'Über ein Relay (TURN)',
  networkRoundTrip: 'Antwortzeit',
  networkDownlink: 'Empfangen',
  networkUplink: 'Senden',

  networkTesting: 'Wird getestet …',
  networkGood: 'Gut',
  networkFailed: 'Gesperrt',
  networkUnknown: 'Unbekannt',
  networkAbsent: 'Keines',

  networkUdpAbout: 'Der beste Weg für Ton und Bild.',
  networkTcpAbout: 'Der Weg, wenn UDP gesperrt ist.',
  networkRelayAbout: 'Der Weg, wenn alles andere gesperrt ist.',
  networkRoundTripAbout: 'Von hier zum Server und zurück.',
  networkDownlinkAbout: 'Was von den anderen zu Ihnen kommt.',
  networkUplinkAbout: 'Was von Ihnen zu den anderen kommt.',

  networkUdpWorks: 'Ton und Bild nehmen den besten Weg.',
  networkUdpBlocked: (ports, detour) =>
    detour === 'tcp'
      ? `UDP ist in diesem Netzwerk gesperrt. Der Anruf läuft über TCP, kann aber stocken. Versuchen Sie ein anderes Netzwerk, oder bitten Sie, UDP-Port ${ports} zu öffnen.`
      : detour === 'relay'
        ? `UDP ist in diesem Netzwerk gesperrt. Der Anruf läuft über das Relay, kann aber stocken. Versuchen Sie ein anderes Netzwerk, oder bitten Sie, UDP-Port ${ports} zu öffnen.`
        : `Es kommt nichts zurück. Versuchen Sie ein anderes Netzwerk, etwa das eines Telefons, oder ohne VPN, oder bitten Sie, Port ${ports} für UDP und TCP zu öffnen.`,
  networkWorksToo: 'Er ist da, falls der bessere Weg ausfällt.',
  networkTaken: 'Ihr Anruf nimmt diesen Weg.',
  networkNotNeeded: 'Er ist gesperrt, wird hier aber nicht gebraucht.',
  networkRelayBlocked: 'Auch das Relay antwortet nicht.',
  networkRelayAbsent: 'Dieser Server hat kein Relay; hier wird keines gebraucht.',
  networkRelayWanted: 'Dieser Server hat kein Relay. Wer ihn betreibt, kann eines hinzufügen.',

  networkRoundTripGood: 'Schnell genug für ein natürliches Gespräch.',
  networkRoundTripSlow: 'Sie hören einander verspätet. Ein Kabel oder ein anderes Netzwerk kann helfen.',
  networkNotMeasured: 'Das ließ sich nicht messen.',
  networkDownlinkGood: 'Genug, um die anderen gut zu sehen.',
  networkDownlinkSmall:
    'Genug für kleine Bilder. Halten Sie Downloads an, oder gehen Sie näher an den Router.',
  networkDownlinkPoor:
    'Genug zum Hören, kaum zum Sehen. Halten Sie Downloads an, oder versuchen Sie ein anderes Netzwerk.',
  networkUplinkGood: 'Genug, um gut gesehen zu werden.',
  networkUplinkSmall:
    'Genug für ein kleines Bild. Halten Sie Uploads an, oder gehen Sie näher an den Router.',
  networkUplinkPoor:
    'Genug, um gehört zu werden. Kommen Sie ohne Kamera, oder versuchen Sie ein anderes Netzwerk.',

  networkVerdictTesting: 'Ihr Netzwerk wird getestet. Das dauert ein paar Sekunden.',
  networkVerdictGood: 'Ihr Netzwerk ist bereit für Anrufe.',
  networkVerdictLimited: 'Anrufe gehen, mit Einschränkungen.',
  networkVerdictFailed: 'In diesem Netzwerk kommen Anrufe nicht durch.',
};
