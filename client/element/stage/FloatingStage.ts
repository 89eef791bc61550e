import { invalidState, unsupported } from '../../../src/support/errors.ts';
import { speech, text } from '../text.ts';

/** What stands in a window of its own, above all others. */
export interface FloatingPicture {
  /** Null: there is nothing to see of them at present. */
  track: MediaStreamTrack | null;
  name: string;
  mirrored: boolean;
}

/** WICG Document Picture-in-Picture, which not every browser has. */
interface DocumentPictureInPicture {
  requestWindow: (options: { width: number; height: number }) => Promise<Window>;
}

const SIZE = { width: 400, height: 225 };

/** Whether this browser shows anything in a window of its own, in one way or another. */
export function canFloat(): boolean {
  return documentFloats() !== undefined || document.pictureInPictureEnabled;
}

/**
 * The picture in a window above all others: a document of its own with name and way back where the browser has such
 * windows (WICG Document Picture-in-Picture), or else the bare video (W3C Picture-in-Picture).
 */
export class FloatingStage {
  readonly #closed: () => void;
  #window: Window | null = null;
  #video: HTMLVideoElement | null = null;

  /** `closed`: the person has closed the window. */
  constructor(closed: () => void) {
    this.#closed = closed;
  }

  /** Whether there is a document of its own, which shows what it is told. */
  get open(): boolean {
    return this.#window !== null;
  }

  /**
   * Opens it; only while the browser takes it for the person's wish (a click).
   *
   * @param video Plays the same, for browsers without document windows.
   * @throws ParleyError `unsupported`, `invalidState` where there is no picture, or what the browser says.
   */
  async start(picture: FloatingPicture, video: HTMLVideoElement | null): Promise<void> {
    const floats = documentFloats();
    if (!floats) {
      await floatVideo(video);
      return;
    }
    this.stop();
    const opened = await floats.requestWindow(SIZE);
    this.#window = opened;
    this.#furnish(opened);
    opened.addEventListener('pagehide', () => {
      if (this.#window !== opened) return;
      this.#window = this.#video = null;
      this.#closed();
    });
    this.show(picture);
  }

  /** Shows something else. */
  show({ track, name, mirrored }: FloatingPicture): void {
    const page = this.#window?.document;
    const video = this.#video;
    if (!page || !video) return;
    const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
    if (track !== (shown ?? null)) video.srcObject = track && new MediaStream([track]);
    video.classList.toggle('mirrored', mirrored);
    video.hidden = track === null;
    page.title = name;
    const label = page.querySelector('p');
    if (label) label.textContent = name;
  }

  /** Idempotent. */
  stop(): void {
    const opened = this.#window;
    this.#window = this.#video = null;
    opened?.close();
  }

  #furnish(opened: Window): void {
    const page = opened.document;
    page.documentElement.lang = speech.language.tag;
    page.documentElement.dir = speech.language.direction;
    const style = page.createElement('style');
    style.textContent = STYLE;
    const video = page.createElement('video');
    Object.assign(video, { muted: true, autoplay: true, playsInline: true });
    const name = page.createElement('p');
    const back = page.createElement('button');
    back.dataset['action'] = 'float-back';
    back.textContent = text.floatBack;
    back.addEventListener('click', () => opened.close());
    page.head.append(style);
    page.body.append(video, name, back);
    this.#video = video;
  }
}

const STYLE = `
  body { margin: 0; height: 100vh; overflow: hidden; background: #0e1110; color: #fff;
    font: 500 13px system-ui, sans-serif; }
  video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
  video.mirrored { transform: scaleX(-1); }
  [hidden] { display: none; }
  p { position: absolute; inset-inline-start: 8px; bottom: 8px; max-width: calc(100% - 34px); margin: 0; padding: 4px 9px;
    overflow: hidden; border-radius: 8px; background: rgb(12 15 14 / 66%); text-overflow: ellipsis;
    white-space: nowrap; }
  button { position: absolute; inset-inline-end: 8px; top: 8px; padding: 6px 12px; border: 0; border-radius: 8px;
    background: rgb(12 15 14 / 80%); color: inherit; font: inherit; opacity: 0; cursor: pointer; }
  body:hover button, button:focus-visible { opacity: 1; }
`;

/** Frames have none, though they have the property. */
function documentFloats(): DocumentPictureInPicture | undefined {
  if (window !== window.top) return undefined;
  return (window as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture;
}

async function floatVideo(video: HTMLVideoElement | null): Promise<void> {
  if (!document.pictureInPictureEnabled) throw unsupported('this browser has no picture-in-picture');
  if (!video) throw invalidState('there is no picture');
  // It is off so that browsers put no button of their own on every tile; while the picture floats, that would end it.
  const turnOff = (): void => {
    video.disablePictureInPicture = true;
  };
  video.disablePictureInPicture = false;
  try {
    await video.requestPictureInPicture();
  } catch (error) {
    turnOff();
    throw error;
  }
  video.addEventListener('leavepictureinpicture', turnOff, { once: true });
}
