import { changedViews, viewsOf, type ProducerView, type VideoPlace } from './views.ts';

/** ms; whoever only changes tabs for a moment finds everything as it was. */
const UNATTENDED_AFTER = 5000;
/** ms between two reports of mere sizes, which follow each other fast while a window is being resized. */
const SIZES_EVERY = 250;
/** What is about to be scrolled into view counts as in view, so that it has a picture when it is there. */
const MARGIN = '80px';

/** What the reporter is told by the grid. */
export interface GridSight {
  places: readonly VideoPlace[];
  /** One element in each place, with the producer's id as `data-producer-id`. */
  boxes: Iterable<HTMLElement>;
  /** Something lies over the whole grid. */
  covered: boolean;
  /** The producer in a document of its own (WICG Document Picture-in-Picture). */
  floating: string | null;
}

/**
 * Says what a person really sees of a grid's videos, whenever that changes.
 *
 * Between `start` and `stop` it listens to the window that the grid is in at that time; after `stop` nothing of it is
 * left.
 */
export class ViewReporter {
  readonly #grid: HTMLElement;
  readonly #report: (views: readonly ProducerView[]) => void;
  readonly #told = new Map<string, ProducerView>();
  readonly #inWindow = new Map<string, boolean>();
  #boxes = new Map<string, HTMLElement>();
  #places: readonly VideoPlace[] = [];
  #covered = false;
  #apart: string | null = null;
  #attended = true;
  #absence: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #observer: IntersectionObserver | null = null;
  #unlisten: AbortController | null = null;

  constructor(grid: HTMLElement, report: (views: readonly ProducerView[]) => void) {
    this.#grid = grid;
    this.#report = report;
  }

  /** Idempotent. */
  start(): void {
    const page = this.#grid.ownerDocument;
    const view = page.defaultView;
    if (this.#unlisten || !view) return;
    this.#unlisten = new AbortController();
    const { signal } = this.#unlisten;
    this.#observer = new view.IntersectionObserver((entries) => this.#intersected(entries), {
      rootMargin: MARGIN,
    });
    for (const box of this.#boxes.values()) this.#observer.observe(box);
    page.addEventListener('visibilitychange', () => this.#attend(), { signal });
    for (const type of ['enterpictureinpicture', 'leavepictureinpicture']) {
      this.#grid.shadowRoot?.addEventListener(type, () => this.#update(), { signal });
    }
    this.#followPixelRatio(view, signal);
    this.#attend();
  }

  /** Idempotent. */
  stop(): void {
    this.#unlisten?.abort();
    this.#unlisten = null;
    this.#observer?.disconnect();
    this.#observer = null;
    this.#inWindow.clear();
    clearTimeout(this.#absence);
    clearTimeout(this.#settling);
    this.#absence = this.#settling = undefined;
  }

  /** Takes what the grid shows now. */
  show({ places, boxes, covered, floating }: GridSight): void {
    this.#places = places;
    this.#covered = covered;
    this.#apart = floating;
    this.#observe(boxes);
    const present = new Set(places.map((place) => place.producerId));
    for (const id of this.#told.keys()) if (!present.has(id)) this.#told.delete(id);
    this.#attend();
  }

  #observe(boxes: Iterable<HTMLElement>): void {
    const before = this.#boxes;
    this.#boxes = new Map();
    for (const box of boxes) this.#boxes.set(box.dataset['producerId'] ?? '', box);
    for (const [id, box] of before) {
      if (this.#boxes.get(id) === box) continue;
      this.#observer?.unobserve(box);
      this.#inWindow.delete(id);
    }
    for (const [id, box] of this.#boxes) if (before.get(id) !== box) this.#observer?.observe(box);
  }

  #intersected(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const id = (target as HTMLElement).dataset['producerId'] ?? '';
      if (this.#boxes.get(id) === target) this.#inWindow.set(id, isIntersecting);
    }
    this.#update();
  }

  /** Nobody looks at a page in the background, but they may be back in a moment. */
  #attend(): void {
    if (!this.#unlisten) return;
    if (!this.#covered && this.#grid.ownerDocument.visibilityState === 'visible') {
      clearTimeout(this.#absence);
      this.#absence = undefined;
      this.#attended = true;
    } else if (this.#attended) {
      this.#absence ??= setTimeout(() => {
        this.#attended = false;
        this.#update();
      }, UNATTENDED_AFTER);
    }
    this.#update();
  }

  /** Changes with the page's zoom, and with the screen that the window is on. */
  #followPixelRatio(view: Window, signal: AbortSignal): void {
    view.matchMedia(`(resolution: ${view.devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        this.#update();
        this.#followPixelRatio(view, signal);
      },
      { signal, once: true },
    );
  }

  #update(): void {
    if (!this.#unlisten) return;
    const { urgent, resized } = changedViews(this.#told, this.#views());
    this.#tell(urgent);
    if (resized.length === 0) return;
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      this.#tell(changedViews(this.#told, this.#views()).resized);
    }, SIZES_EVERY);
  }

  #views(): ProducerView[] {
    return viewsOf(this.#places, {
      attended: this.#attended,
      inWindow: this.#inWindow,
      floating: this.#apart ?? this.#floating(),
      pixelRatio: this.#grid.ownerDocument.defaultView?.devicePixelRatio ?? 1,
    });
  }

  #tell(views: readonly ProducerView[]): void {
    if (views.length === 0) return;
    for (const view of views) this.#told.set(view.producerId, view);
    this.#report(views);
  }

  /** Each root names only its own element that the video is in. */
  #floating(): string | null {
    let at: Element | null = this.#grid;
    // Not every browser has it.
    while (at?.shadowRoot) at = (at.shadowRoot as Partial<ShadowRoot>).pictureInPictureElement ?? null;
    return (at as HTMLElement | null)?.dataset['producerId'] ?? null;
  }
}
