import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState } from '../lib/publicTypes.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import type { Rect, Size } from './gridLayout.ts';
import { cameraKey, placePeers, screenKey, type Placement } from './placement.ts';
import { tell } from './requests.ts';
import { DEFAULT_STAGE, type Pin, type StageChoice } from './stage/stageChoice.ts';
import { stageIcons } from './stage/stageIcons.ts';
import { onSwipe } from './stage/swipes.ts';
import { videoGridStyles } from './stage/videoGridStyles.ts';
import { base, buttons } from './styles.ts';
import type { NoPictures } from './switches/noPictures.ts';
import { text } from './text.ts';
import { ViewReporter } from './ViewReporter.ts';
import { placesOf, type VideoPlace } from './views.ts';

/** Places the participants' tiles, page by page, and reports what is seen of them. */
export class VideoGrid extends LitElement {
  static override properties = {
    peers: { attribute: false },
    dominantPeerId: { attribute: false },
    sinkId: { attribute: false },
    noPictures: { attribute: false },
    covered: { attribute: false },
    choice: { attribute: false },
    pinned: { attribute: false },
    spotlight: { attribute: false },
    hands: { attribute: false },
    floating: { attribute: false },
    area: { state: true },
    page: { state: true },
  };

  declare peers: readonly PeerState[];
  declare dominantPeerId: string | null;
  declare sinkId: string;
  /** The others' pictures do not come at present. */
  declare noPictures: NoPictures;
  /** Something lies over it, so that nobody sees it. */
  declare covered: boolean;
  declare choice: StageChoice;
  /** What has the stage whatever happens. */
  declare pinned: Pin | null;
  /** Ids of those whom the hosts put on the stage, and of those with a raised hand, in their orders. */
  declare spotlight: readonly string[];
  declare hands: readonly string[];
  /** The producer that stands in a window of its own. */
  declare floating: string | null;
  declare protected area: Size;
  declare protected page: number;

  static override styles = [base, buttons, videoGridStyles];

  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this.area = { width: entry.contentRect.width, height: entry.contentRect.height };
  });

  readonly #reporter = new ViewReporter(this, (views) => tell(this, { type: 'reportViews', views }));
  #places: readonly VideoPlace[] = [];
  #placement: Placement | null = null;
  /** The last of the others who spoke. */
  #speaker: string | null = null;
  #unswipe: (() => void) | null = null;

  constructor() {
    super();
    this.peers = [];
    this.dominantPeerId = null;
    this.sinkId = '';
    this.noPictures = null;
    this.covered = false;
    this.choice = DEFAULT_STAGE;
    this.pinned = null;
    this.spotlight = [];
    this.hands = [];
    this.floating = null;
    this.area = { width: 0, height: 0 };
    this.page = 0;
    this.addEventListener('keydown', (event) => {
      const by = { PageDown: 1, PageUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by === undefined || event.defaultPrevented || !this.turnPage(by)) return;
      event.preventDefault();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
    this.#reporter.start();
    this.#unswipe = onSwipe(this, (by) => this.turnPage(by));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#reporter.stop();
    this.#unswipe?.();
  }

  /** Shows an earlier or a later page; false where there is none. */
  turnPage(by: number): boolean {
    const { page = 0, pages = 1 } = this.#placement ?? {};
    const next = page + by;
    if (next < 0 || next >= pages) return false;
    this.page = next;
    return true;
  }

  /** What has the stage or, where nothing has, whoever spoke last, or is there at all; null: nobody. */
  get foremost(): string | null {
    const [staged] = this.#placement?.stageKeys ?? [];
    if (staged !== undefined) return staged;
    const spoke = this.peers.find((peer) => peer.peerId === this.#speaker);
    const peer = spoke ?? this.peers.find((other) => !other.isLocal) ?? this.peers[0];
    return peer ? cameraKey(peer) : null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Without it all would be out of sight until the observer speaks, which in a background tab it never does.
    if (!this.hasUpdated) this.area = { width: this.clientWidth, height: this.clientHeight };
    if (changed.has('choice') && changed.get('choice')?.layout !== this.choice.layout) this.page = 0;
    const dominant = this.peers.find((peer) => peer.peerId === this.dominantPeerId);
    if (dominant && !dominant.isLocal) this.#speaker = dominant.peerId;
    this.#placement = this.#place();
    this.page = this.#placement.page;
  }

  protected override updated(): void {
    const boxes = this.renderRoot.querySelectorAll<HTMLElement>('.place');
    this.#reporter.show({
      places: this.#places,
      boxes,
      covered: this.covered,
      floating: this.floating,
    });
  }

  protected override render(): TemplateResult {
    const peers = this.#ordered;
    const placement = this.#placement ?? this.#place();
    const { rects } = placement;
    this.#places = placesOf(peers, this.dominantPeerId, placement);
    return html`
      <div role="region" aria-label=${text.participants}>
        ${repeat(
          peers,
          (peer) => peer.peerId,
          (peer) => html`
            <parley-tile
              data-peer-id=${peer.peerId}
              data-peer-name=${peer.name}
              exportparts=${EXPORTED_PARTS}
              .peer=${peer}
              .rect=${rects.get(cameraKey(peer)) ?? null}
              .screenRect=${rects.get(screenKey(peer)) ?? null}
              .sinkId=${this.sinkId}
              .noPictures=${this.noPictures}
              .handPlace=${this.hands.indexOf(peer.peerId) + 1}
              .pinned=${this.#pinnedSource(peer)}
              .spotlit=${this.spotlight.includes(peer.peerId)}
              .mirrored=${this.choice.mirrorSelf}
            ></parley-tile>
          `,
        )}
      </div>
      ${repeat(
        this.#places,
        (place) => place.producerId,
        ({ producerId, rect }) =>
          rect
            ? html`<div class="place" data-producer-id=${producerId} style=${placeStyle(rect)}></div>`
            : nothing,
      )}
      ${placement.pager ? this.#pager(placement, placement.pager) : nothing}
    `;
  }

  /** The local peer first. */
  get #ordered(): PeerState[] {
    return [...this.peers].sort((a, b) => Number(b.isLocal) - Number(a.isLocal));
  }

  #place(): Placement {
    const { dominantPeerId, area, pinned, spotlight, page } = this;
    const { layout, hideSelf } = this.choice;
    const speaker = this.#speaker;
    const peers = this.#ordered;
    return placePeers({ peers, dominantPeerId, area, pinned, spotlight, page, layout, hideSelf, speaker });
  }

  #pinnedSource(peer: PeerState): Pin['source'] | null {
    if (this.pinned?.peerId !== peer.peerId) return null;
    return this.#placement?.stageKeys.includes(screenKey(peer)) ? 'screen' : 'camera';
  }

  #pager({ page, pages }: Placement, rect: Rect): TemplateResult {
    return html`
      <nav class="pager" style=${placeStyle(rect)} aria-label=${text.page(page + 1, pages)}>
        <button
          class="icon-button"
          data-action="previous-page"
          aria-label=${text.previousPage}
          title=${text.previousPage}
          ?disabled=${page === 0}
          @click=${() => this.turnPage(-1)}
        >
          ${stageIcons.previous}
        </button>
        <span aria-live="polite" data-role="page">${text.pageShort(page + 1, pages)}</span>
        <button
          class="icon-button"
          data-action="next-page"
          aria-label=${text.nextPage}
          title=${text.nextPage}
          ?disabled=${page === pages - 1}
          @click=${() => this.turnPage(1)}
        >
          ${stageIcons.next}
        </button>
      </nav>
    `;
  }
}

function placeStyle({ x, y, width, height }: Rect): string {
  return `transform: translate(${x}px, ${y}px); width: ${width}px; height: ${height}px`;
}
