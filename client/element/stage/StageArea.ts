import { LitElement, css, html, type TemplateResult } from 'lit';
import type { PeerState, PublicationState, RoomState } from '../../lib/publicTypes.ts';
import { EXPORTED_PARTS } from '../embedding/parts.ts';
import type { ParticipantTile } from '../ParticipantTile.ts';
import { cameraKey, publicationOf, screenKey } from '../placement.ts';
import { RequestEvent, tell, type Request } from '../requests.ts';
import { base } from '../styles.ts';
import { text } from '../text.ts';
import type { VideoGrid } from '../VideoGrid.ts';
import { noPictures } from '../switches/noPictures.ts';
import { FloatingStage, type FloatingPicture } from './FloatingStage.ts';
import { DEFAULT_STAGE, type Pin, type StageChoice } from './stageChoice.ts';
import type { TileMenu, TileSubject } from './TileMenu.ts';
import type { ViewMenu } from './ViewMenu.ts';

/** A picture by its key, with whose it is. */
interface Found {
  peer: PeerState;
  source: 'camera' | 'screen';
  publication: PublicationState | undefined;
}

/** Where the participants are: the tiles, the menus that belong to them, and what of it stands in a window of its own. */
export class StageArea extends LitElement {
  static override properties = {
    state: { attribute: false },
    choice: { attribute: false },
    pinned: { attribute: false },
    sinkId: { attribute: false },
    covered: { attribute: false },
    audioOnly: { attribute: false },
    menuFor: { state: true },
    floating: { state: true },
    floatingId: { state: true },
  };

  declare state: RoomState;
  declare choice: StageChoice;
  declare pinned: Pin | null;
  declare sinkId: string;
  declare covered: boolean;
  /** The person does not want the others' pictures. */
  declare audioOnly: boolean;
  declare protected menuFor: { peerId: string; source: 'camera' | 'screen' } | null;
  /** The picture in a document of its own, by key; null within: whatever is foremost. */
  declare protected floating: { key: string | null } | null;
  /** The producer in it. */
  declare protected floatingId: string | null;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        min-width: 0;
        min-height: 0;
      }
    `,
  ];

  readonly #float = new FloatingStage(() => {
    this.floating = this.floatingId = null;
  });

  constructor() {
    super();
    this.choice = DEFAULT_STAGE;
    this.pinned = null;
    this.sinkId = '';
    this.covered = false;
    this.audioOnly = false;
    this.menuFor = null;
    this.floating = null;
    this.floatingId = null;
    this.addEventListener(RequestEvent.type, (event) => {
      if (!(event instanceof RequestEvent)) return;
      const done = this.#do(event.request);
      if (!done) return;
      event.done = done;
      event.stopPropagation();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#float.stop();
    this.floating = this.floatingId = null;
  }

  turnPage(by: 1 | -1): void {
    this.#grid?.turnPage(by);
  }

  /** Opens the choice of layouts beside what asked for it. */
  openViewMenu(opener: HTMLElement | null): void {
    if (opener) void this.renderRoot.querySelector<ViewMenu>('parley-view-menu')?.openAt(opener);
  }

  protected override updated(): void {
    if (this.floating) void this.#follow();
  }

  protected override render(): TemplateResult {
    const { state, choice } = this;
    return html`
      <parley-grid
        .peers=${state.peers}
        .dominantPeerId=${state.dominantPeerId}
        .sinkId=${this.sinkId}
        .noPictures=${noPictures(state, this.audioOnly)}
        .covered=${this.covered}
        .choice=${choice}
        .pinned=${this.pinned}
        .spotlight=${idsOf(state.spotlight)}
        .hands=${idsOf(state.hands)}
        .floating=${this.floatingId}
        exportparts=${EXPORTED_PARTS}
      ></parley-grid>
      <parley-tile-menu .subject=${this.#subject}></parley-tile-menu>
      <parley-view-menu .choice=${choice}></parley-view-menu>
    `;
  }

  #do(request: Request): Promise<void> | null {
    switch (request.type) {
      case 'openTileMenu':
        this.menuFor = { peerId: request.peerId, source: request.source };
        return this.updateComplete.then(() =>
          this.renderRoot.querySelector<TileMenu>('parley-tile-menu')?.openAt(request.opener),
        );
      case 'float':
        return this.#openFloating(request.key);
      default:
        return null;
    }
  }

  async #openFloating(key: string | null): Promise<void> {
    const found = this.#found(key);
    if (!found?.publication?.track) {
      tell(this, { type: 'complain', sentence: text.floatNothing });
      return;
    }
    try {
      await this.#float.start(this.#pictureOf(found), this.#videoOf(found));
    } catch (error) {
      tell(this, { type: 'complain', sentence: text.floatFailed });
      throw error;
    }
    if (!this.isConnected) this.#float.stop();
    else if (this.#float.open) this.floating = { key };
  }

  /** Shows in the window of its own what it is for now, which the grid decides. */
  async #follow(): Promise<void> {
    await this.#grid?.updateComplete;
    if (!this.floating || !this.#float.open) return;
    const found = this.#found(this.floating.key);
    this.#float.show(this.#pictureOf(found));
    this.floatingId = found?.publication?.producerId ?? null;
  }

  /** What a key stands for; null: whatever is foremost at the moment. */
  #found(key: string | null): Found | null {
    const wanted = key ?? this.#grid?.foremost;
    for (const peer of this.state.peers) {
      for (const source of ['camera', 'screen'] as const) {
        const own = source === 'camera' ? cameraKey(peer) : screenKey(peer);
        if (own === wanted) return { peer, source, publication: publicationOf(peer, source) };
      }
    }
    return null;
  }

  #pictureOf(found: Found | null): FloatingPicture {
    if (!found) return { track: null, name: '', mirrored: false };
    const { peer, source, publication } = found;
    const name = source === 'camera' ? peer.name : text.screenOf(peer.name);
    const track = publication && !publication.paused ? publication.track : null;
    return { track, name, mirrored: peer.isLocal && source === 'camera' && this.choice.mirrorSelf };
  }

  #videoOf(found: Found | null): HTMLVideoElement | null {
    const tile = found && this.#tileOf(found.peer.peerId);
    const videos = tile?.renderRoot.querySelectorAll<HTMLVideoElement>(
      `video[data-source="${found?.source}"]`,
    );
    return [...(videos ?? [])].at(-1) ?? null;
  }

  get #subject(): TileSubject | null {
    const { menuFor, state, choice, pinned } = this;
    const peer = state.peers.find(({ peerId }) => peerId === menuFor?.peerId);
    if (!menuFor || !peer) return null;
    const { peerId } = peer;
    const spotlit = state.spotlight.some((one) => one.peerId === peerId);
    const linesOf = (producerId: string): number => this.#tileOf(peerId)?.linesOf(producerId) ?? 0;
    const { source } = menuFor;
    const isHost = state.role === 'host';
    const without = noPictures(state, this.audioOnly);
    return { peer, source, noPictures: without, pinned, spotlit, isHost, choice, linesOf };
  }

  #tileOf(peerId: string): ParticipantTile | null {
    const tiles = this.#grid?.renderRoot.querySelectorAll<ParticipantTile>('parley-tile') ?? [];
    return [...tiles].find((tile) => tile.peer.peerId === peerId) ?? null;
  }

  get #grid(): VideoGrid | null {
    return this.renderRoot.querySelector<VideoGrid>('parley-grid');
  }
}

function idsOf(peers: readonly PeerState[]): string[] {
  return peers.map(({ peerId }) => peerId);
}
