/** What the system's own controls can do with a call. */
export interface CallActions {
  toggleMicrophone: () => void;
  toggleCamera: () => void;
  hangUp: () => void;
}

/** Those of a later specification than TypeScript knows. */
type CallAction = 'togglemicrophone' | 'togglecamera' | 'hangup';
interface CallSession {
  setActionHandler: (action: CallAction, handler: (() => void) | null) => void;
  setMicrophoneActive?: (active: boolean) => unknown;
  setCameraActive?: (active: boolean) => unknown;
}

/** Whose they are: a page has one set, and several rooms may be on it. */
let owner: symbol | null = null;

/** The buttons for a call on headsets, lock screens and picture-in-picture windows (W3C Media Session 6). */
export class MediaKeys {
  readonly #self = Symbol('owner');
  #microphone: boolean | null = null;
  #camera: boolean | null = null;

  constructor(actions: CallActions) {
    owner = this.#self;
    handle('togglemicrophone', actions.toggleMicrophone);
    handle('togglecamera', actions.toggleCamera);
    handle('hangup', actions.hangUp);
  }

  /** Tells the system what is on. */
  show(microphone: boolean, camera: boolean): void {
    if (owner !== this.#self) return;
    const session = callSession();
    if (this.#microphone !== microphone) void session?.setMicrophoneActive?.((this.#microphone = microphone));
    if (this.#camera !== camera) void session?.setCameraActive?.((this.#camera = camera));
  }

  /** Idempotent. */
  close(): void {
    if (owner !== this.#self) return;
    owner = null;
    for (const action of ['togglemicrophone', 'togglecamera', 'hangup'] as const) handle(action, null);
  }
}

function handle(action: CallAction, handler: (() => void) | null): void {
  try {
    callSession()?.setActionHandler(action, handler);
  } catch {
    // This browser has no such button.
  }
}

function callSession(): CallSession | undefined {
  return (navigator as unknown as { mediaSession?: CallSession }).mediaSession;
}
