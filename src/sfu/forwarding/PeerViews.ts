import type { MediaKind, View } from '../../protocol/models.ts';

/** Views that are kept of one peer; more are not shown on any screen. */
const MAX_VIEWS = 1024;

/** What a peer says that it looks at. */
export class PeerViews {
  /** Those that are looked at or pinned: whoever turns many pages is not to be asked about all of them. */
  readonly #views = new Map<string, View>();
  readonly #pinned = new Set<string>();
  /** Those that it said it does not see. */
  readonly #unseen = new Set<string>();
  #told = false;

  /** By producer id; undefined for a peer that does not say what it looks at. */
  get visible(): ReadonlyMap<string, View> | undefined {
    return this.#told ? this.#views : undefined;
  }

  /** Producer ids. */
  get pinned(): ReadonlySet<string> {
    return this.#pinned;
  }

  /** Whether it said anything of this one. */
  isTold(producerId: string): boolean {
    return this.#views.has(producerId) || this.#unseen.has(producerId);
  }

  /** Takes what changed, except views of unknown producers. None at all announces that some will come. */
  set(views: readonly View[], kindOf: (producerId: string) => MediaKind | undefined): void {
    if (views.length === 0) this.#told = true;
    for (const view of views) {
      this.forget(view.producerId);
      const kind = kindOf(view.producerId);
      if (kind === undefined) continue;
      if (kind === 'video') this.#told = true;
      if (!view.visible && view.importance !== 'pinned') {
        if (this.#unseen.size < MAX_VIEWS) this.#unseen.add(view.producerId);
        continue;
      }
      if (this.#views.size >= MAX_VIEWS) continue;
      this.#views.set(view.producerId, view);
      if (view.importance === 'pinned') this.#pinned.add(view.producerId);
    }
  }

  /** A producer takes the place of another one, if of any. */
  inherit(fromId: string | undefined, producerId: string): void {
    if (fromId === undefined) return;
    const view = this.#views.get(fromId);
    if (view) this.#views.set(producerId, { ...view, producerId });
    if (this.#pinned.has(fromId)) this.#pinned.add(producerId);
    if (this.#unseen.has(fromId)) this.#unseen.add(producerId);
  }

  forget(producerId: string): void {
    this.#views.delete(producerId);
    this.#pinned.delete(producerId);
    this.#unseen.delete(producerId);
  }

  /** Its producers are gone, and so is what it looked at; that it tells does not change. */
  clear(): void {
    this.#views.clear();
    this.#pinned.clear();
    this.#unseen.clear();
  }
}
