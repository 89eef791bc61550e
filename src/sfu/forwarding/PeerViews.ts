import type { MediaKind, View } from '../../protocol/models.ts';

/** Views that are kept of one peer; more are not shown on any screen. */
const MAX_VIEWS = 1024;

/** What a peer says that it looks at. */
export class PeerViews {
  /** Those that are looked at or pinned: whoever turns many pages is not to be asked about all of them. */
  readonly #views = new Map<string, View>();
  readonly #pinned = new Set<string>();
  /** Of which was said that they are not. */
  readonly #unseen = new Set<string>();
  #told = false;

  /** By producer id; undefined for a peer that does not say what it looks at. */
  get visible(): ReadonlyMap<string, View> | undefined {
    return this.#told ? this.#views : undefined;
  }

  /** Whether it said that it does not look at it. */
  isUnseen(producerId: string): boolean {
    return this.#unseen.has(producerId);
  }

  /** Producer ids. */
  get pinned(): ReadonlySet<string> {
    return this.#pinned;
  }

  /** Takes what changed, except views of unknown producers. None at all announces that some will come. */
  set(views: readonly View[], kindOf: (producerId: string) => MediaKind | undefined): void {
    if (views.length === 0) this.#told = true;
    for (const view of views) {
      this.#pinned.delete(view.producerId);
      const kind = kindOf(view.producerId);
      if (kind === undefined) continue;
      if (kind === 'video') this.#told = true;
      if (!view.visible && view.importance !== 'pinned') {
        this.#views.delete(view.producerId);
        if (this.#unseen.size < MAX_VIEWS) this.#unseen.add(view.producerId);
        continue;
      }
      if (this.#views.size >= MAX_VIEWS && !this.#views.has(view.producerId)) continue;
      this.#unseen.delete(view.producerId);
      this.#views.set(view.producerId, view);
      if (view.importance === 'pinned') this.#pinned.add(view.producerId);
    }
  }

  forget(producerId: string): void {
    this.#views.delete(producerId);
    this.#unseen.delete(producerId);
    this.#pinned.delete(producerId);
  }

  /** Its producers are gone, and so is what it looked at; that it tells does not change. */
  clear(): void {
    this.#views.clear();
    this.#unseen.clear();
    this.#pinned.clear();
  }
}
