import {
  listDevices,
  onDevicesChanged,
  openCamera,
  openMicrophone,
  type DeviceList,
} from '../lib/LocalMedia.ts';
import type { CaptureOptions } from '../lib/publicTypes.ts';

export type CaptureKind = 'camera' | 'microphone';
export type DeviceKind = CaptureKind | 'speaker';

/** Device ids; what is absent is the system's choice. */
export type ChosenDevices = Partial<Record<DeviceKind, string>>;

interface Capture {
  wanted: boolean;
  /** Open and not yet handed over. */
  track: MediaStreamTrack | null;
  /** Settles when an opening that is under way is over. */
  opening: Promise<void> | null;
  error: unknown;
}

/**
 * Which devices there are, which are chosen, and what is captured before joining.
 *
 * A track opened here is stopped here, unless `take()` handed it to the room.
 */
export class LocalDevices {
  list: DeviceList = { cameras: [], microphones: [], speakers: [] };
  chosen: ChosenDevices = {};
  /** Microphones are opened without their noise. */
  noiseFilter = false;
  /** The size that a camera is asked for. */
  camera: MediaTrackConstraints = {};
  readonly #captures: Record<CaptureKind, Capture> = { camera: capture(), microphone: capture() };
  readonly #changed: () => void;
  #unwatch: (() => void) | null = null;
  #closed = false;

  /** `changed` is called after every change of anything that can be read here. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Starts to follow devices that come and go. */
  watch(): void {
    try {
      this.#unwatch = onDevicesChanged((list) => {
        this.list = list;
        this.#changed();
      });
    } catch {
      // No devices on this page; opening one says why.
    }
    void this.refresh();
  }

  wanted(kind: CaptureKind): boolean {
    return this.#captures[kind].wanted;
  }

  opening(kind: CaptureKind): boolean {
    return this.#captures[kind].opening !== null;
  }

  error(kind: CaptureKind): unknown {
    return this.#captures[kind].error;
  }

  track(kind: CaptureKind): MediaStreamTrack | null {
    return this.#captures[kind].track;
  }

  /** What was in the preview's way has been read. */
  forgetErrors(): void {
    for (const current of Object.values(this.#captures)) current.error = null;
  }

  /** Opens or stops the preview; whether it came about is in `track` and `error`. */
  async want(kind: CaptureKind, wanted: boolean): Promise<void> {
    const current = this.#captures[kind];
    current.wanted = wanted;
    if (wanted) {
      if (!current.track) await this.#open(kind);
    } else {
      current.track?.stop();
      current.track = null;
      current.error = null;
      this.#changed();
    }
  }

  /** Remembers the choice, and changes a preview that is open. */
  async chooseDevice(kind: DeviceKind, deviceId: string): Promise<void> {
    this.chosen = { ...this.chosen, [kind]: deviceId };
    this.#changed();
    if (kind !== 'speaker') await this.renew(kind);
  }

  /** Opens a preview anew that is open, as it is chosen by now. */
  async renew(kind: CaptureKind): Promise<void> {
    const current = this.#captures[kind];
    if (!current.wanted) return;
    await current.opening;
    current.track?.stop();
    current.track = null;
    await this.#open(kind);
  }

  /** Hands over the track, waiting for one that is being opened; from now on the taker stops it. */
  async take(kind: CaptureKind): Promise<MediaStreamTrack | null> {
    const current = this.#captures[kind];
    await current.opening;
    const { track } = current;
    current.track = null;
    current.wanted = false;
    return track?.readyState === 'live' ? track : null;
  }

  /** Reads the list again; names appear once a device was opened. */
  async refresh(): Promise<void> {
    try {
      const list = await listDevices();
      if (this.#closed) return;
      this.list = list;
      this.#changed();
    } catch {
      // The empty list stands.
    }
  }

  /** Stops whatever is captured. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#unwatch?.();
    this.#unwatch = null;
    for (const current of Object.values(this.#captures)) {
      current.wanted = false;
      current.track?.stop();
      current.track = null;
    }
  }

  async #open(kind: CaptureKind): Promise<void> {
    const current = this.#captures[kind];
    current.opening ??= this.#capture(kind).finally(() => {
      current.opening = null;
      this.#changed();
    });
    this.#changed();
    await current.opening;
  }

  async #capture(kind: CaptureKind): Promise<void> {
    const current = this.#captures[kind];
    current.error = null;
    try {
      const track = await this.openChosen(kind);
      if (this.#closed || !current.wanted) {
        track.stop();
        return;
      }
      current.track = track;
      track.addEventListener('ended', () => {
        if (current.track !== track) return;
        current.track = null;
        this.#changed();
      });
      await this.refresh();
    } catch (error) {
      current.error = error;
      current.wanted = false;
    }
  }

  /** Opens the chosen device; one that is gone gives way to the system's choice. @throws MediaError */
  async openChosen(kind: CaptureKind): Promise<MediaStreamTrack> {
    const track = await this.#openRaw(kind);
    return kind === 'microphone' && this.noiseFilter ? this.#filtered(track) : track;
  }

  /** With its noise where that cannot be helped. */
  async #filtered(track: MediaStreamTrack): Promise<MediaStreamTrack> {
    try {
      const { filterNoise } = await import('./noise/filterNoise.ts');
      return await filterNoise(track);
    } catch {
      this.noiseFilter = false;
      this.#changed();
      return track;
    }
  }

  async #openRaw(kind: CaptureKind): Promise<MediaStreamTrack> {
    const open = (options: CaptureOptions): Promise<MediaStreamTrack> =>
      kind === 'camera' ? openCamera({ ...options, constraints: this.camera }) : openMicrophone(options);
    const deviceId = this.chosen[kind];
    if (!deviceId) return open({});
    try {
      return await open({ deviceId });
    } catch (error) {
      if (!isGone(error)) throw error;
      return open({});
    }
  }
}

function capture(): Capture {
  return { wanted: false, track: null, opening: null, error: null };
}

function isGone(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('reason' in error)) return false;
  return error.reason === 'overconstrained' || error.reason === 'notFound';
}
