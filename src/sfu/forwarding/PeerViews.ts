import type { MediaKind, View } from '../../protocol/models.ts';

/** Views that are kept of one peer; more are not shown on any screen. */
const MAX_VIEWS = 1024;

/** What a peer says that it looks at. */
export class PeerViews {
  readonly #views = new Map<string, View>();
  #told = false;

  /** By producer id; undefined for a peer that does not say what it looks at. */
  get visible(): ReadonlyMap<string, View> | undefined {
    return this.#told ? this.#views : undefined;
  }

  isPinned(producerId: string): boolean {
    return this.#views.get(producerId)?.importance === 'pinned';
  }

  /** Takes what changed, except views of unknown producers. None at all announces that some will come. */
  set(views: readonly View[], kindOf: (producerId: string) => MediaKind | undefined): void {
    if (views.length === 0) this.#told = true;
    for (const view of views) {
      const kind = kindOf(view.producerId);
      if (kind === undefined) continue;
      if (kind === 'video') this.#told = true;
      if (this.#views.size >= MAX_VIEWS && !this.#views.has(view.producerId)) continue;
      this.#views.set(view.producerId, view);
    }
  }

  forget(producerId: string): void {
    this.#views.delete(producerId);
  }

  /** Its producers are gone, and so is what it looked at; that it tells does not change. */
  clear(): void {
    this.#views.clear();
  }
}
