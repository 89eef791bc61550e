import type { MediaSource } from '../../src/protocol/models.ts';
import { conflict, invalidState } from '../../src/support/errors.ts';
import { openCamera, openMicrophone, openScreen } from './LocalMedia.ts';
import type { Publications } from './Publications.ts';
import type { CaptureOptions, PublicationState, PublishOptions } from './publicTypes.ts';

/** Opens devices and hands their tracks to the publications, which then own them. */
export class LocalCapture {
  readonly #publications: Publications;
  readonly #mediaDevices: MediaDevices | undefined;
  readonly #onError: (error: Error) => void;
  /** Sources whose device is being opened, which may take as long as a person thinks about a dialog. */
  readonly #opening = new Set<MediaSource>();

  constructor(
    publications: Publications,
    mediaDevices: MediaDevices | undefined,
    onError: (error: Error) => void,
  ) {
    this.#publications = publications;
    this.#mediaDevices = mediaDevices;
    this.#onError = onError;
  }

  microphone(options: CaptureOptions): Promise<PublicationState> {
    return this.#capture('microphone', options, () => openMicrophone(options, this.#mediaDevices));
  }

  camera(options: CaptureOptions): Promise<PublicationState> {
    return this.#capture('camera', options, () => openCamera(options, this.#mediaDevices));
  }

  screen(options: CaptureOptions): Promise<PublicationState> {
    return this.#capture('screen', options, async () => {
      const { video, audio } = await openScreen(this.#mediaDevices);
      if (audio) this.#screenAudio(audio, options);
      return video;
    });
  }

  /** A track that the caller opened. */
  async given(track: MediaStreamTrack, options: PublishOptions): Promise<PublicationState> {
    const source = options.source ?? 'custom';
    if (this.#opening.has(source)) throw conflict(`${source} is being opened`);
    return this.#publications.publish(track, source, { ...options });
  }

  async switchDevice(source: 'microphone' | 'camera', deviceId: string): Promise<void> {
    const open = source === 'microphone' ? openMicrophone : openCamera;
    const music = this.#publications.optionsOf(source)?.music ?? false;
    const track = await open({ deviceId, music }, this.#mediaDevices);
    try {
      await this.#publications.replaceTrack(source, track);
    } catch (error) {
      track.stop();
      throw error;
    }
  }

  async #capture(
    source: 'microphone' | 'camera' | 'screen',
    options: CaptureOptions,
    open: () => Promise<MediaStreamTrack>,
  ): Promise<PublicationState> {
    if (this.#opening.has(source) || this.#publications.has(source)) {
      throw conflict(`${source} is published already`);
    }
    this.#opening.add(source);
    let track: MediaStreamTrack;
    try {
      track = options.track ?? (await open());
    } finally {
      this.#opening.delete(source);
    }
    if (this.#publications.closed) {
      track.stop();
      throw invalidState('the room is closed');
    }
    const { paused = false, music = false } = options;
    return this.#publications.publish(track, source, { paused, music, stopTrack: true });
  }

  #screenAudio(track: MediaStreamTrack, options: CaptureOptions): void {
    const publishing = this.#publications.publish(track, 'screenAudio', {
      paused: options.paused ?? false,
      stopTrack: true,
    });
    // The screen is worth sharing without its sound.
    publishing.catch((error: unknown) => {
      track.stop();
      if (error instanceof Error) this.#onError(error);
    });
  }
}
