import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState } from '../lib/publicTypes.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import type { Rect, Size } from './gridLayout.ts';
import { cameraKey, placePeers, screenKey } from './placement.ts';
import { tell } from './requests.ts';
import { base } from './styles.ts';
import { text } from './text.ts';
import { ViewReporter } from './ViewReporter.ts';
import { placesOf, type VideoPlace } from './views.ts';

/** Places the participants' tiles, a grid or a shared screen with a filmstrip, and reports what is seen of them. */
export class VideoGrid extends LitElement {
  static override properties = {
    peers: { attribute: false },
    dominantPeerId: { attribute: false },
    sinkId: { attribute: false },
    audioOnly: { attribute: false },
    covered: { attribute: false },
    tileView: { attribute: false },
    pinned: { attribute: false },
    area: { state: true },
  };

  declare peers: readonly PeerState[];
  declare dominantPeerId: string | null;
  declare sinkId: string;
  /** The others' pictures do not come at present. */
  declare audioOnly: boolean;
  /** Something lies over it, so that nobody sees it. */
  declare covered: boolean;
  /** Nobody has the stage. */
  declare tileView: boolean;
  /** Who has it whatever happens. */
  declare pinned: string | null;
  declare protected area: Size;

  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: block;
        min-width: 0;
        min-height: 0;
      }
      /* The tiles are on their way; these are there. */
      .place {
        position: absolute;
        left: 0;
        top: 0;
        visibility: hidden;
        pointer-events: none;
      }
      .more {
        position: absolute;
        left: 0;
        top: 0;
        overflow: hidden;
        padding: 0 8px;
        border-radius: var(--parley-radius-l);
        background: var(--parley-sunken);
        box-shadow: inset 0 0 0 1px var(--parley-border);
        color: var(--parley-text);
        font-weight: 600;
        transition: background 0.12s;
      }
      .more:hover {
        background: var(--parley-sunken-hover);
      }
      .more:focus-visible {
        outline-offset: -3px;
      }
    `,
  ];

  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this.area = { width: entry.contentRect.width, height: entry.contentRect.height };
  });

  readonly #reporter = new ViewReporter(this, (views) => tell(this, { type: 'reportViews', views }));
  #places: readonly VideoPlace[] = [];

  constructor() {
    super();
    this.peers = [];
    this.dominantPeerId = null;
    this.sinkId = '';
    this.audioOnly = false;
    this.covered = false;
    this.tileView = false;
    this.pinned = null;
    this.area = { width: 0, height: 0 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
    this.#reporter.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#reporter.stop();
  }

  protected override willUpdate(): void {
    // Without it all would be out of sight until the observer speaks, which in a background tab it never does.
    if (!this.hasUpdated) this.area = { width: this.clientWidth, height: this.clientHeight };
  }

  protected override updated(): void {
    const boxes = this.renderRoot.querySelectorAll<HTMLElement>('.place');
    this.#reporter.show({ places: this.#places, boxes, covered: this.covered });
  }

  protected override render(): TemplateResult {
    const peers = [...this.peers].sort((a, b) => Number(b.isLocal) - Number(a.isLocal));
    const { dominantPeerId, area, tileView, pinned } = this;
    const placement = placePeers({ peers, dominantPeerId, area, tileView, pinned });
    const { rects, hidden, more } = placement;
    this.#places = placesOf(peers, dominantPeerId, placement);
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
              .audioOnly=${this.audioOnly}
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
      ${
        hidden > 0 && more
          ? html`<button class="more" style=${placeStyle(more)} @click=${this.#openPeople}>
              ${text.more(hidden)}
            </button>`
          : nothing
      }
    `;
  }

  readonly #openPeople = (): void => {
    tell(this, { type: 'togglePanel', panel: 'people' });
  };
}

function placeStyle({ x, y, width, height }: Rect): string {
  return `transform: translate(${x}px, ${y}px); width: ${width}px; height: ${height}px`;
}
