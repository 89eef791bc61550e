import type { types } from 'mediasoup-client';
import type { MediaSession } from './MediaSession.ts';
import { pictureSize, type PictureSize } from './pictureSize.ts';
import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** Tells the server when a picture has another size than it was published with: another track, or a turned phone. */
export class PictureSizes {
  readonly #signaling: SignalingClient;
  readonly #onResized: () => void;
  readonly #told = new WeakMap<types.Producer, PictureSize>();

  /** @param onResized Called when one was found. */
  constructor(signaling: SignalingClient, onResized: () => void) {
    this.#signaling = signaling;
    this.#onResized = onResized;
  }

  /** Never rejects: what could not be told is told by the next look. */
  async look(session: MediaSession): Promise<void> {
    await Promise.all([...session.producers].map((producer) => this.#lookAt(producer)));
  }

  async #lookAt(producer: types.Producer): Promise<void> {
    const size = producer.track ? pictureSize(producer.track) : undefined;
    if (!size) return;
    const before = this.#told.get(producer);
    const told = before ?? (producer.appData as Partial<PictureSize>);
    if (told.width === size.width && told.height === size.height) return;
    this.#told.set(producer, size);
    this.#onResized();
    try {
      await this.#signaling.request('resizeProducer', { producerId: producer.id, ...size });
    } catch (error) {
      if (!isTransient(error) || this.#told.get(producer) !== size) return;
      if (before) this.#told.set(producer, before);
      else this.#told.delete(producer);
    }
  }
}
