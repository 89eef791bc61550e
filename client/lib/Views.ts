import { EXPECTED_VIDEOS, type View } from '../../src/protocol/models.ts';
import type { MediaFollower } from './MediaFollower.ts';
import type { ViewOptions } from './publicTypes.ts';
import { isTransient, Reconciler } from './Reconciler.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** Views in one `setViews`: the protocol's own limit. */
const BATCH = 256;
/** ms between two requests. */
const INTERVAL = 100;
/** Pixels: the protocol's own limit. */
const LARGEST = 16_384;

/** What this page looks at and listens to, told to the server in batches, as far as it changed. */
export class Views implements MediaFollower {
  readonly #signaling: SignalingClient;
  readonly #store: RoomStore;
  readonly #reconciler: Reconciler;
  readonly #views = new Map<string, View>();
  /** What the server last heard. */
  readonly #told = new Map<string, View>();
  /** ms, monotonic. */
  #lastSent = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #online = false;

  /** Whether to say at once that views will come. */
  readonly #announce: boolean;
  #announced = false;

  constructor(parts: {
    signaling: SignalingClient;
    store: RoomStore;
    announce: boolean;
    onError: (error: Error) => void;
  }) {
    this.#announce = parts.announce;
    this.#signaling = parts.signaling;
    this.#store = parts.store;
    this.#reconciler = new Reconciler(() => this.#pass(), {
      onError: (error) => parts.onError(error instanceof Error ? error : new Error(String(error))),
    });
  }

  /** Of a producer that is not in the room it is forgotten. */
  set(producerId: string, options: ViewOptions): void {
    const view: View = {
      producerId,
      visible: options.visible,
      width: pixels(options.width),
      height: pixels(options.height),
      importance: options.importance ?? 'normal',
    };
    if (sameView(view, this.#views.get(producerId))) return;
    this.#views.set(producerId, view);
    this.#reconciler.poke();
  }

  attach(): void {
    this.#tellAnew();
  }

  detach(): void {
    // Views are of the peer, not of its transports.
  }

  /** A server that knows this peer anew knows nothing of its views. */
  setOnline(online: boolean): void {
    this.#online = online;
    if (online) this.#tellAnew();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#reconciler.close();
  }

  #tellAnew(): void {
    this.#told.clear();
    this.#announced = false;
    this.#reconciler.poke();
  }

  async #pass(): Promise<void> {
    this.#forgetGone();
    if (!this.#online) return;
    const batch = this.#untold().slice(0, BATCH);
    if (batch.length === 0 && (this.#announced || !this.#announce)) return;
    const wait = this.#lastSent + INTERVAL - performance.now();
    clearTimeout(this.#timer);
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#reconciler.poke(), wait);
      return;
    }
    if (batch.length > 0) this.#lastSent = performance.now();
    this.#announced = true;
    // Before the answer: what is to be told anew meanwhile must not count as told by this.
    for (const view of batch) this.#told.set(view.producerId, view);
    try {
      await this.#signaling.request('setViews', { views: batch });
    } catch (error) {
      if (isTransient(error)) {
        this.#announced = false;
        for (const view of batch) {
          if (this.#told.get(view.producerId) === view) this.#told.delete(view.producerId);
        }
      }
      throw error;
    }
    if (this.#untold().length > 0) this.#reconciler.poke();
  }

  #untold(): View[] {
    const views = [...this.#views.values()];
    const isFull = views.filter(isSeen).length >= EXPECTED_VIDEOS;
    return views.filter((view) => {
      const told = this.#told.get(view.producerId);
      // In a large room everybody would tell that of everybody who comes.
      return !sameView(view, told) && !(isFull && !told && !view.visible && view.importance !== 'pinned');
    });
  }

  #forgetGone(): void {
    const present = new Set(
      this.#store.state.peers.flatMap((peer) =>
        peer.isLocal ? [] : peer.publications.map(({ producerId }) => producerId),
      ),
    );
    for (const producerId of this.#views.keys()) {
      if (present.has(producerId)) continue;
      this.#views.delete(producerId);
      this.#told.delete(producerId);
    }
  }
}

function pixels(size: number | undefined): number {
  const rounded = Math.round(size ?? 0);
  return Number.isFinite(rounded) ? Math.min(Math.max(rounded, 0), LARGEST) : 0;
}

/** Sound has no size. */
function isSeen({ visible, width }: View): boolean {
  return visible && width > 0;
}

function sameView(one: View, other: View | undefined): boolean {
  return (
    one.visible === other?.visible &&
    one.width === other.width &&
    one.height === other.height &&
    one.importance === other.importance
  );
}
