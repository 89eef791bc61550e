import { MediaError } from './MediaError.ts';
import type { CaptureOptions } from './publicTypes.ts';

/** The devices of this computer, by what they are for. */
export interface DeviceList {
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

const MICROPHONE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};
/** Processing for speech takes music for noise. */
const MUSIC: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  channelCount: { ideal: 2 },
};
const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};
const SCREEN: DisplayMediaStreamOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // What is shared may be music or a film: processing for speech would spoil it.
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

/**
 * Lists microphones, cameras and speakers; labels and ids are empty until a device was opened once.
 *
 * @throws MediaError `insecure` or `unsupported`. Source: W3C Media Capture 9.2.
 */
export async function listDevices(mediaDevices?: MediaDevices): Promise<DeviceList> {
  const devices = await available(mediaDevices).enumerateDevices();
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => devices.filter((device) => device.kind === kind);
  return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
}

/** Calls the listener with the new list when a device comes or goes; returns the function that ends this. */
export function onDevicesChanged(
  listener: (devices: DeviceList) => void,
  mediaDevices?: MediaDevices,
): () => void {
  const devices = available(mediaDevices);
  const changed = (): void => {
    // A list that cannot be read now is read at the next change.
    listDevices(devices).then(listener, () => undefined);
  };
  devices.addEventListener('devicechange', changed);
  return () => devices.removeEventListener('devicechange', changed);
}

/**
 * Opens a microphone with echo cancellation, noise suppression and gain control, or for music in stereo without them.
 *
 * @throws MediaError
 */
export async function openMicrophone(
  options: CaptureOptions = {},
  mediaDevices?: MediaDevices,
): Promise<MediaStreamTrack> {
  const audio = constraints(options.music ? MUSIC : MICROPHONE, options);
  return open('microphone', mediaDevices, { audio });
}

/**
 * Opens a camera, at 1280 x 720 and 30 frames/s where it can.
 *
 * @throws MediaError
 */
export async function openCamera(
  options: CaptureOptions = {},
  mediaDevices?: MediaDevices,
): Promise<MediaStreamTrack> {
  const video = constraints(CAMERA, options);
  return open('camera', mediaDevices, { video });
}

/**
 * Lets the person choose a screen, window or tab; `audio` is null when none was given with it.
 *
 * @throws MediaError, `cancelled` when the person chose nothing. Source: W3C Screen Capture 5.1.
 */
export async function openScreen(
  mediaDevices?: MediaDevices,
): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }> {
  const devices = available(mediaDevices);
  // Phones have getUserMedia but nothing to share; the DOM types do not know.
  if (!('getDisplayMedia' in devices))
    throw new MediaError('unsupported', 'This browser cannot share the screen');
  let stream: MediaStream;
  try {
    stream = await devices.getDisplayMedia(SCREEN);
  } catch (error) {
    throw MediaError.from(error, 'screen');
  }
  const [video] = stream.getVideoTracks();
  if (!video) throw new MediaError('notFound', 'The screen has no picture');
  return { video, audio: stream.getAudioTracks()[0] ?? null };
}

async function open(
  what: 'microphone' | 'camera',
  mediaDevices: MediaDevices | undefined,
  wanted: MediaStreamConstraints,
): Promise<MediaStreamTrack> {
  const devices = available(mediaDevices);
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia(wanted);
  } catch (error) {
    throw MediaError.from(error, what);
  }
  const [track] = stream.getTracks();
  if (!track) throw new MediaError('notFound', `The ${what} was not found`);
  return track;
}

function constraints(defaults: MediaTrackConstraints, options: CaptureOptions): MediaTrackConstraints {
  const { deviceId } = options;
  return {
    ...defaults,
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
    ...options.constraints,
  };
}

function available(injected: MediaDevices | undefined): MediaDevices {
  if (injected) return injected;
  // Absent on insecure pages, whatever the DOM types say.
  const devices =
    typeof navigator === 'undefined' ? undefined : (navigator.mediaDevices as MediaDevices | undefined);
  if (devices) return devices;
  if (typeof isSecureContext !== 'undefined' && !isSecureContext) {
    throw new MediaError('insecure', 'Browsers give microphone and camera only to HTTPS pages and localhost');
  }
  throw new MediaError('unsupported', 'This browser gives no access to microphone and camera');
}
