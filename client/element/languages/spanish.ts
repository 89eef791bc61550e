import type { Catalogue, Device } from './english.ts';
import { pluralsOf } from './plural.ts';
import { spanishCallTest } from './spanishCallTest.ts';
import { spanishConduct } from './spanishConduct.ts';
import { spanishStage } from './spanishStage.ts';
import { spanishSwitches } from './spanishSwitches.ts';

const plural = pluralsOf('es');
const your = (device: Device): string => (device === 'camera' ? 'Su cámara' : 'Su micrófono');
const the = (device: Device): string => (device === 'camera' ? 'a la cámara' : 'al micrófono');

/** Spanish; whoever reads it is addressed as “usted”. */
export const spanish: Catalogue = {
  guest: 'Invitado',
  you: 'Usted',
  youSuffix: (name) => `${name} (usted)`,

  prejoinTitle: '¿Todo listo para entrar?',
  prejoinTitleRoom: (room) => `Entrar en «${room}»`,
  prejoinLead: 'Compruebe cómo se le ve y se le oye. Todavía no le ve nadie.',
  prejoinNothing: 'También puede entrar sin ellos.',
  nameLabel: 'Su nombre',
  namePlaceholder: 'Como lo verán los demás',
  join: 'Entrar',
  joining: 'Entrando…',
  preview: 'Vista previa de su cámara',
  previewOff: 'Su cámara está apagada',
  previewStarting: 'Iniciando la cámara…',
  microphoneLevel: 'Nivel del micrófono',
  cameraLabel: 'Cámara',
  microphoneLabel: 'Micrófono',
  speakerLabel: 'Altavoz',
  noCamera: 'No se ha encontrado ninguna cámara',
  noMicrophone: 'No se ha encontrado ningún micrófono',
  defaultSpeaker: 'El que elija el sistema',
  unnamedDevice: (kind, number) => `${kind} ${number}`,
  allowForNames: 'Los nombres aparecen al permitir el acceso',

  controls: 'Controles de la llamada',
  microphone: 'Micrófono',
  camera: 'Cámara',
  screenShare: 'Pantalla compartida',
  chat: 'Chat',
  people: 'Personas',
  settings: 'Ajustes',
  leave: 'Salir',
  mute: 'Silenciar',
  unmute: 'Activar el micrófono',
  cameraOff: 'Apagar la cámara',
  cameraOn: 'Encender la cámara',
  share: 'Compartir su pantalla',
  stopSharing: 'Dejar de compartir',
  withKey: (label, key) => `${label} (${key})`,
  notPermitted: (label) => `${label}: en esta sala solo puede escuchar y mirar`,
  chatUnread: (count) =>
    count > 0
      ? `Chat, ${count} ${plural(count, { one: 'mensaje sin leer', other: 'mensajes sin leer' })}`
      : 'Chat',
  peopleCount: (count) => `Personas, ${count} ${plural(count, { one: 'presente', other: 'presentes' })}`,
  copyLink: 'Copiar el enlace',
  copied: 'Enlace copiado',
  copyFailed: 'No se ha podido copiar el enlace. Lo tiene en la barra de direcciones.',
  close: 'Cerrar',
  dismiss: 'Descartar',

  roomLabel: (room) => `Sala ${room}`,
  recording: 'Grabando',
  recordingLabel: 'Esta llamada se está grabando',
  recordingEnded: (isDiskFull) =>
    isDiskFull
      ? 'La grabación ha terminado: el disco del servidor está casi lleno.'
      : 'La grabación ha terminado: el servidor no la continúa.',
  participants: 'Participantes',
  tile: (name, notes) => [name, ...notes].join(', '),
  muted: 'micrófono silenciado',
  speaking: 'hablando',
  cameraIsOff: 'cámara apagada',
  screenOf: (name) => `Pantalla de ${name}`,
  yourScreen: 'Su pantalla',
  weakConnection: 'Conexión débil',
  ownWeakConnection: 'Su conexión es débil',
  causeLayerNotSent: 'Una imagen más nítida está en camino',
  causeSenderCpu: 'El dispositivo de esa persona está sobrecargado',
  causeSenderBandwidth: 'La velocidad de subida de esa persona es limitada',
  causeSenderLoss: 'La conexión de esa persona pierde datos',
  causeReceiverBandwidth: 'Su velocidad de bajada es limitada',
  causeReceiverLoss: 'Su conexión pierde datos',
  causeReceiverCpu: 'Su dispositivo está sobrecargado',
  causeRelayLoss: 'La conexión entre los servidores pierde datos',
  causeServerOverload: 'El servidor está sobrecargado',
  causeCodecFallback: 'En un formato que aquí todos pueden reproducir',
  audioOnly:
    'Su conexión es demasiado lenta para el vídeo: oye a todos, y las imágenes volverán cuando mejore.',
  alone: 'Aquí solo está usted',
  aloneLead: 'Comparta el enlace y los demás entrarán desde su navegador.',

  chatTitle: 'Chat',
  chatEmpty: 'Todavía no hay mensajes',
  chatEmptyLead: 'Lo que escriba lo verán todos en la sala, también quienes entren más tarde.',
  chatPlaceholder: 'Mensaje para todos',
  chatForbidden: 'No puede escribir en esta sala',
  send: 'Enviar',
  newMessages: 'Mensajes nuevos',
  chatFailed: 'Su mensaje no se ha enviado. Inténtelo de nuevo.',
  chatAnnounce: (name, message) => `${name} escribe: ${message}`,
  chatAnnouncePrivate: (name, message) => `${name} escribe solo para usted: ${message}`,

  peopleTitle: (count) => `Personas · ${count}`,
  settingsTitle: 'Ajustes',
  settingsLead: 'Los cambios se aplican al momento.',
  shortcuts: 'Atajos de teclado',
  shortcutKeys: 'Durante una llamada, las letras sueltas son atajos; «Mostrar todas las teclas» dice cuáles.',

  connecting: (room) => `Entrando en ${room}…`,
  connectingShort: 'Conectando…',
  reconnecting: 'Se ha perdido la conexión. Reconectando…',
  reconnected: 'Ya está de vuelta.',
  troubleTitle: 'El sonido y la imagen no llegan',
  troubleTried: 'Lo que se ha intentado',
  troubleOperator: 'Para quien administra este servidor',
  draining: 'El servidor se reinicia en un momento. Volverá a entrar automáticamente.',
  peerJoined: (name) => `${name} ha entrado`,
  peerLeft: (name) => `${name} ha salido`,
  startedSharing: (name) => `${name} ha empezado a compartir su pantalla`,
  hearBlocked: 'Su navegador no deja pasar el sonido.',
  hearAction: 'Activar el sonido',

  closedLeft: 'Ha salido de la sala',
  closedLeftLead: 'Puede cerrar esta página o volver a entrar.',
  closedRemoved: 'Le han sacado de la sala',
  closedRemovedLead: 'Lo ha hecho alguien que dirige la sala.',
  closedReplaced: 'Ha entrado desde otro lugar',
  closedReplacedLead:
    'La misma persona solo puede estar una vez en la sala; esta ventana ha dejado su sitio.',
  closedRoom: 'La sala se ha cerrado',
  closedRoomLead: 'La llamada ha terminado para todos.',
  closedServer: 'El servidor se está reiniciando',
  closedServerLead: 'Espere un momento y vuelva a entrar.',
  closedLost: 'Se ha perdido la conexión',
  closedLostLead: 'Hemos intentado restablecerla durante un rato. Compruebe su red y vuelva a entrar.',
  rejoin: 'Volver a entrar',

  errorRoomFull: 'La sala o todo el servidor están llenos. Inténtelo de nuevo cuando alguien haya salido.',
  errorLimit: 'Este servidor no permite más por el momento.',
  errorToken: 'Su invitación no ha sido aceptada. Puede que haya caducado; pida un enlace nuevo.',
  errorForbidden: 'No puede hacer eso en esta sala.',
  errorBadRequest: 'El servidor no lo ha entendido. Compruebe su nombre y el de la sala.',
  errorRoomName:
    'El nombre de una sala tiene de 1 a 64 letras sin tilde, cifras, puntos, guiones, guiones bajos o virgulillas.',
  errorNoRoom: 'No se ha indicado ninguna sala.',
  errorUnavailable: 'El servidor no está disponible en este momento. Compruebe su red e inténtelo de nuevo.',
  errorTimeout: 'El servidor tarda demasiado en responder. Compruebe su red e inténtelo de nuevo.',
  errorConflict: 'Eso ya está activado.',
  errorNotFound: 'Eso ya no existe.',
  errorInternal: 'Algo ha fallado en el servidor. Inténtelo de nuevo en un momento.',
  errorUnknown: 'Algo ha fallado. Inténtelo de nuevo en un momento.',

  mediaDenied: (device) =>
    `El acceso ${the(device)} está bloqueado. Permítalo en la barra de direcciones del navegador e inténtelo de nuevo.`,
  bothDenied:
    'La cámara y el micrófono están bloqueados. Permítalos en la barra de direcciones del navegador y actívelos después.',
  bothMissing: 'No se ha encontrado ni cámara ni micrófono.',
  bothInsecure: 'La cámara y el micrófono necesitan una página segura. Abra esta página con https://.',
  mediaMissing: (device) =>
    device === 'camera'
      ? 'No se ha encontrado ninguna cámara. Conecte una y enciéndala.'
      : 'No se ha encontrado ningún micrófono. Conecte uno y actívelo.',
  mediaBusy: (device) =>
    device === 'camera'
      ? 'Otra aplicación está usando su cámara. Ciérrela e inténtelo de nuevo.'
      : 'Otra aplicación está usando su micrófono. Ciérrela e inténtelo de nuevo.',
  mediaInsecure: (device) =>
    `El acceso ${the(device)} necesita una página segura. Abra esta página con https:// e inténtelo de nuevo.`,
  mediaFailed: (device) => `${your(device)} no se ha podido iniciar.`,
  mediaEnded: (device) =>
    device === 'camera'
      ? 'Su cámara se ha detenido. ¿Se ha desconectado?'
      : 'Su micrófono se ha detenido. ¿Se ha desconectado?',
  screenDenied: 'Su pantalla no se comparte: el navegador o el sistema no lo han permitido.',
  screenFailed: 'No se ha podido compartir su pantalla.',

  language: 'Idioma',
  languageOfBrowser: 'El del navegador',
  sounds: 'Sonidos',
  soundsLead: 'Cuando alguien entra, sale, escribe, llama a la puerta o levanta la mano.',
  noiseSuppression: 'Supresión de ruido',
  noiseSuppressionLead: 'Elimina de su voz el teclado, los ventiladores y el tráfico.',
  noiseFailed: 'No se ha podido iniciar la supresión de ruido.',
  allShortcuts: 'Mostrar todas las teclas',
  keyMicrophone: 'Activar o silenciar el micrófono',
  keyTalk: 'Hablar mientras la mantiene pulsada, con el micrófono silenciado',
  keyCamera: 'Encender o apagar la cámara',
  keyScreen: 'Compartir su pantalla o dejar de hacerlo',
  keyChat: 'Abrir o cerrar el chat',
  keyPeople: 'Abrir o cerrar la lista de personas',
  keyHand: 'Levantar o bajar la mano',
  keyClose: 'Cerrar lo que esté abierto',
  keyHelp: 'Mostrar estas teclas',
  spaceKey: 'Espacio',
  escapeKey: 'Esc',
  shortcutsAreOff: 'Los atajos están desactivados. Puede activarlos en los ajustes.',

  ...spanishStage,
  ...spanishConduct,
  ...spanishSwitches,
  ...spanishCallTest,
};
