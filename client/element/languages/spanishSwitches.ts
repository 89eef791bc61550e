import type { englishSwitches } from './englishSwitches.ts';

/** The sentences of the switches in Spanish. */
export const spanishSwitches: typeof englishSwitches = {
  quality: 'Calidad de vídeo',
  qualityLow: 'Ahorrar datos',
  qualityStandard: 'Normal',
  qualityHigh: 'HD (alta definición)',
  qualityLowLead:
    'Tu cámara y las de los demás tienen 360 líneas como máximo. Las pantallas compartidas siguen nítidas.',
  qualityStandardLead: 'Tu cámara envía 720 líneas, y recibes lo que cabe en tu pantalla.',
  qualityHighLead: 'Tu cámara envía 1080 líneas si puede. Necesita más o menos el doble de ancho de banda.',
  audioOnlySwitch: 'Solo audio',
  audioOnlyLead: 'Oyes a todos y no recibes ni cámaras ni pantallas compartidas.',
  stopCameraToo: 'Apagar también mi cámara',
  stopCameraTooLead: 'Cuando pases a solo audio. Vuelve con las imágenes.',
  audioOnlyChosen: 'Solo audio: las imágenes están desactivadas',
  showPictures: 'Mostrar imágenes',
  causeAudioOnly: 'Has elegido solo audio, por eso no hay imágenes',
  audioOnlyOffer: 'Tu conexión va mal desde hace un rato. Sin imágenes, quizá el sonido llegue mejor.',
  audioOnlyAction: 'Solo audio',
  audioOnlyStay: 'Seguir solo con audio',

  captions: 'Subtítulos',
  captionsShow: 'Mostrar subtítulos',
  captionsShowLead: 'Lo que dicen, por escrito, quienes han activado los suyos.',
  captionMe: 'Subtitular lo que digo',
  captionMeLead:
    'Tu navegador escribe para los demás lo que dices. Muchos navegadores, entre ellos Chrome, envían para ello tu voz a su fabricante.',
  captionsThere: (name: string) => `${name} habla con subtítulos. Puedes mostrarlos en los ajustes.`,
  captionsDenied: 'Tu navegador no ha permitido tus subtítulos.',
  captionsLanguage: 'Tu navegador no puede subtitular este idioma.',
  captionsFailed: 'Tus subtítulos se han detenido: el reconocimiento de voz de tu navegador no responde.',
};
