import type { englishCallTest } from './englishCallTest.ts';

/** The sentences of the network test before a call in Spanish; part of `spanish`. */
export const spanishCallTest: typeof englishCallTest = {
  networkTest: 'Probar la red',
  networkTestTitle: 'Su red',
  networkTestAgain: 'Probar de nuevo',
  networkBusy: 'Otras personas están probando ahora. Inténtelo de nuevo en un momento.',

  networkUdp: 'Directo (UDP)',
  networkTcp: 'Directo (TCP)',
  networkRelay: 'Retransmisor (TURN)',
  networkRoundTrip: 'Tiempo de respuesta',
  networkDownlink: 'Recepción',
  networkUplink: 'Envío',

  networkTesting: 'Probando…',
  networkGood: 'Bien',
  networkFailed: 'Bloqueado',
  networkUnknown: 'Sin datos',
  networkAbsent: 'No hay',

  networkUdpAbout: 'El mejor camino para el sonido y la imagen.',
  networkTcpAbout: 'El camino cuando UDP está bloqueado.',
  networkRelayAbout: 'El camino cuando todo lo demás está bloqueado.',
  networkRoundTripAbout: 'Desde aquí hasta el servidor y de vuelta.',
  networkDownlinkAbout: 'Lo que puede recibir de los demás.',
  networkUplinkAbout: 'Lo que los demás pueden recibir de usted.',

  networkUdpWorks: 'El sonido y la imagen toman el mejor camino.',
  networkUdpBlocked: (ports, detour) =>
    detour === 'tcp'
      ? `UDP está bloqueado en esta red. La llamada funciona por TCP, pero puede entrecortarse. Pruebe otra red o pida que abran el puerto UDP ${ports}.`
      : detour === 'relay'
        ? `UDP está bloqueado en esta red. La llamada funciona por el retransmisor, pero puede entrecortarse. Pruebe otra red o pida que abran el puerto UDP ${ports}.`
        : `No vuelve nada. Pruebe otra red, como la de un teléfono, o sin VPN, o pida que abran el puerto ${ports} para UDP y TCP.`,
  networkWorksToo: 'Está disponible si falla el mejor camino.',
  networkTaken: 'Su llamada toma este camino.',
  networkNotNeeded: 'Está bloqueado, pero aquí no hace falta.',
  networkRelayBlocked: 'El retransmisor tampoco responde.',
  networkRelayAbsent: 'Este servidor no tiene retransmisor; aquí no hace falta.',
  networkRelayWanted: 'Este servidor no tiene retransmisor. Quien lo administra puede añadir uno.',

  networkRoundTripGood: 'Lo bastante rápido para hablar con naturalidad.',
  networkRoundTripSlow: 'Se oirán con retraso. Un cable u otra red puede ayudar.',
  networkNotMeasured: 'No se pudo medir.',
  networkDownlinkGood: 'Suficiente para ver bien a los demás.',
  networkDownlinkSmall: 'Suficiente para imágenes pequeñas. Pause las descargas o acérquese al router.',
  networkDownlinkPoor: 'Suficiente para oír, apenas para ver. Pause las descargas o pruebe otra red.',
  networkUplinkGood: 'Suficiente para que le vean bien.',
  networkUplinkSmall: 'Suficiente para una imagen pequeña. Pause las subidas o acérquese al router.',
  networkUplinkPoor: 'Suficiente para que le oigan. Únase sin cámara o pruebe otra red.',

  networkVerdictTesting: 'Probando su red. Tarda unos segundos.',
  networkVerdictGood: 'Su red está lista para llamadas.',
  networkVerdictLimited: 'Las llamadas funcionan, con límites.',
  networkVerdictFailed: 'Las llamadas no pasan por esta red.',
};
