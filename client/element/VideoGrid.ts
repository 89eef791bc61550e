import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState } from '../lib/publicTypes.ts';
import { chooseVisible, layoutTiles, type Rect, type Size } from './gridLayout.ts';
import { tell } from './requests.ts';
import { base } from './styles.ts';
import { text } from './text.ts';

interface Placement {
  rects: ReadonlyMap<string, Rect>;
  /** Peers without a place of their own. */
  hidden: number;
  /** Where it says how many they are; null where there is room for one tile only. */
  more: Rect | null;
}

/** Places the participants' tiles: a grid, or a shared screen on the stage with a filmstrip. */
export class VideoGrid extends LitElement {
  static override properties = {
    peers: { attribute: false },
    dominantPeerId: { attribute: false },
    sinkId: { attribute: false },
    area: { state: true },
  };

  declare peers: readonly PeerState[];
  declare dominantPeerId: string | null;
  declare sinkId: string;
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

  constructor() {
    super();
    this.peers = [];
    this.dominantPeerId = null;
    this.sinkId = '';
    this.area = { width: 0, height: 0 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override render(): TemplateResult {
    const peers = [...this.peers].sort((a, b) => Number(b.isLocal) - Number(a.isLocal));
    const { rects, hidden, more } = this.#place(peers);
    return html`
      <div role="region" aria-label=${text.participants}>
        ${repeat(
          peers,
          (peer) => peer.peerId,
          (peer) => html`
            <parley-tile
              data-peer-id=${peer.peerId}
              data-peer-name=${peer.name}
              .peer=${peer}
              .rect=${rects.get(cameraKey(peer)) ?? null}
              .screenRect=${rects.get(screenKey(peer)) ?? null}
              .sinkId=${this.sinkId}
            ></parley-tile>
          `,
        )}
      </div>
      ${
        hidden > 0 && more
          ? html`<button class="more" style=${placeStyle(more)} @click=${this.#openPeople}>
              ${text.more(hidden)}
            </button>`
          : nothing
      }
    `;
  }

  #place(peers: readonly PeerState[]): Placement {
    const presenters = peers.filter(isSharing);
    // One's own screen never takes the stage: a mirror in a mirror helps nobody.
    const onStage = presenters.filter((peer) => !peer.isLocal).at(-1);
    const stageKey = onStage ? screenKey(onStage) : null;
    const keys = [
      ...peers.flatMap((peer) => (peer.isLocal && isSharing(peer) ? [screenKey(peer)] : [])),
      ...peers.map(cameraKey),
      ...presenters.filter((peer) => !peer.isLocal && peer !== onStage).map(screenKey),
    ];
    const gap = this.area.width < 600 ? 8 : 12;
    const layout = layoutTiles({ area: this.area, count: keys.length, stage: stageKey !== null, gap });
    const speaker = peers.find((peer) => peer.peerId === this.dominantPeerId);
    const short = layout.tiles.length < keys.length && layout.tiles.length > 1;
    const capacity = layout.tiles.length - (short ? 1 : 0);
    const visible = chooseVisible(keys, capacity, speaker ? cameraKey(speaker) : null);
    const rects = new Map<string, Rect>();
    visible.forEach((key, index) => {
      const tile = layout.tiles[index];
      if (tile) rects.set(key, tile);
    });
    if (stageKey !== null && layout.stage) rects.set(stageKey, layout.stage);
    return {
      rects,
      hidden: peers.filter((peer) => !rects.has(cameraKey(peer))).length,
      more: (short && layout.tiles.at(-1)) || null,
    };
  }

  readonly #openPeople = (): void => {
    tell(this, { type: 'togglePanel', panel: 'people' });
  };
}

function placeStyle({ x, y, width, height }: Rect): string {
  return `transform: translate(${x}px, ${y}px); width: ${width}px; height: ${height}px`;
}

function isSharing(peer: PeerState): boolean {
  return peer.publications.some(
    (publication) => publication.source === 'screen' && publication.track !== null && !publication.paused,
  );
}

const cameraKey = (peer: PeerState): string => `${peer.peerId}/camera`;
const screenKey = (peer: PeerState): string => `${peer.peerId}/screen`;
