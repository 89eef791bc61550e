import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { DeviceList } from '../lib/LocalMedia.ts';
import type { PublicationState, RoomState } from '../lib/publicTypes.ts';
import type { ControlView } from './ControlBar.ts';
import type { ToolbarButton } from './embedding/contract.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import { icons } from './icons.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import { RequestEvent, tell, type Arrangement, type Panel } from './requests.ts';
import { roomViewStyles } from './roomViewStyles.ts';
import { spinner, base, buttons } from './styles.ts';
import { text } from './text.ts';

/** In CSS pixels. */
const NARROW = 760;

/** The screen during the call: grid, controls, and one panel beside them. How it is arranged is its own affair. */
export class RoomView extends LitElement {
  static override properties = {
    state: { attribute: false },
    audio: { attribute: false },
    video: { attribute: false },
    screenShare: { attribute: false },
    devices: { attribute: false },
    chosen: { attribute: false },
    shortcuts: { attribute: false },
    ownButtons: { attribute: false },
    arrangement: { state: true },
    narrow: { state: true },
  };

  declare state: RoomState;
  declare audio: ControlView;
  declare video: ControlView;
  declare screenShare: ControlView;
  declare devices: DeviceList;
  declare chosen: ChosenDevices;
  declare shortcuts: boolean;
  declare ownButtons: readonly ToolbarButton[];
  declare protected arrangement: Arrangement;
  /** A panel covers everything, as on a phone; the styles draw the same line. */
  declare protected narrow: boolean;

  static override styles = [base, buttons, spinner, roomViewStyles];

  /** The newest message the person has had in sight. */
  #read: string | undefined;
  readonly #observer = new ResizeObserver(() => {
    this.narrow = this.clientWidth < NARROW;
  });

  constructor() {
    super();
    this.arrangement = { panel: null, tileView: false, pinned: null };
    this.narrow = false;
    this.addEventListener(RequestEvent.type, (event) => {
      if (!(event instanceof RequestEvent)) return;
      const { request } = event;
      if (request.type === 'togglePanel') this.togglePanel(request.panel);
      else if (request.type === 'closePanel') this.closePanel();
      else return;
      event.stopPropagation();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  /** Opens a panel, or closes it if it is the one that is open; the focus goes along. */
  togglePanel(panel: Panel): void {
    if (this.#open === panel) {
      this.closePanel();
      return;
    }
    this.#arrange({ panel });
    void this.updateComplete.then(() => this.#part(`parley-${panel}`)?.focus());
  }

  /** Returns false when none was open. */
  closePanel(): boolean {
    const panel = this.#open;
    if (!panel) return false;
    this.#arrange({ panel: null });
    const bar = this.#part('parley-control-bar');
    const toggle = bar?.shadowRoot?.querySelector<HTMLElement>(`[data-action="toggle-${panel}"]`);
    // Under a sheet the bar is inert until the sheet is gone.
    void this.updateComplete.then(() => toggle?.focus());
    return true;
  }

  /** Everybody in a grid, or the stage again for whoever shares a screen or is pinned. */
  toggleTileView(): void {
    this.#arrange({ tileView: !this.arrangement.tileView });
  }

  /** Gives a peer the stage; null: whoever shares a screen. */
  pin(peerId: string | null): void {
    this.#arrange({ pinned: peerId, ...(peerId === null ? {} : { tileView: false }) });
  }

  protected override firstUpdated(): void {
    this.#part('.frame')?.focus();
  }

  protected override willUpdate(): void {
    // What was said before one came is history, not news.
    if (!this.hasUpdated || this.#open === 'chat') this.#read = this.state.chat.at(-1)?.messageId;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('arrangement')) return;
    // Notices keep clear of the panel.
    this.toggleAttribute('data-panel', this.#open !== null);
    tell(this, { type: 'reportArrangement', arrangement: this.arrangement });
  }

  protected override render(): TemplateResult {
    const { state } = this;
    const { panel, tileView, pinned } = this.arrangement;
    const covered = panel !== null && this.narrow;
    return html`
      <div
        class=${state.recording ? 'frame recorded' : 'frame'}
        tabindex="-1"
        role="region"
        aria-label=${text.roomLabel(state.room)}
      >
        <div class="stage" ?inert=${covered}>
          <div class="grid-area">
            <parley-grid
              .peers=${state.peers}
              .dominantPeerId=${state.dominantPeerId}
              .sinkId=${this.chosen.speaker ?? ''}
              .audioOnly=${state.audioOnly}
              .covered=${covered}
              .tileView=${tileView}
              .pinned=${pinned}
              exportparts=${EXPORTED_PARTS}
            ></parley-grid>
            ${state.peers.length === 1 && state.status === 'connected' ? this.#invitation() : nothing}
          </div>
          <parley-control-bar
            .room=${state.room}
            .audio=${this.audio}
            .video=${this.video}
            .screenShare=${this.screenShare}
            .panel=${panel}
            .unread=${this.#unread}
            .people=${state.peers.length}
            .ownButtons=${this.ownButtons}
            exportparts=${EXPORTED_PARTS}
            ><slot name="toolbar" slot="toolbar"></slot
          ></parley-control-bar>
        </div>
        ${panel ? html`<aside part="panel" aria-label=${this.#panelName(panel)}>${this.#panel(panel)}</aside>` : nothing}
        <div class="recording-place" role="status">
          ${
            state.recording
              ? html`<div class="recording" data-role="recording" title=${text.recordingLabel}>
                  <span class="dot" aria-hidden="true"></span>${text.recording}
                </div>`
              : nothing
          }
        </div>
        <div class="banner-place" role="status">
          ${
            state.status === 'reconnecting'
              ? html`<div class="banner" data-role="banner">
                  <span class="spinner"></span>${text.reconnecting}
                </div>`
              : nothing
          }
          ${state.trouble ? html`<parley-trouble .trouble=${state.trouble}></parley-trouble>` : nothing}
        </div>
      </div>
    `;
  }

  get #open(): Panel | null {
    return this.arrangement.panel;
  }

  #arrange(change: Partial<Arrangement>): void {
    this.arrangement = { ...this.arrangement, ...change };
  }

  #panel(panel: Panel): TemplateResult {
    const { state } = this;
    switch (panel) {
      case 'chat':
        return html`<parley-chat
          .messages=${state.chat}
          .ownPeerId=${state.peerId}
          .allowed=${state.permissions.canPublishData}
        ></parley-chat>`;
      case 'people':
        return html`<parley-people .peers=${state.peers}></parley-people>`;
      case 'settings':
        return html`<parley-settings
          .devices=${this.devices}
          .chosen=${this.chosen}
          .shortcuts=${this.shortcuts}
          .cameraTrack=${this.#localTrack('camera')}
          .microphoneTrack=${this.#localTrack('microphone')}
        ></parley-settings>`;
    }
  }

  #panelName(panel: Panel): string {
    return { chat: text.chat, people: text.people, settings: text.settings }[panel];
  }

  #invitation(): TemplateResult {
    return html`
      <div class="invitation">
        <div>
          <h2>${text.alone}</h2>
          <p>${text.aloneLead}</p>
        </div>
        <button class="button primary small" @click=${() => tell(this, { type: 'copyLink' })}>
          ${icons.link} ${text.copyLink}
        </button>
      </div>
    `;
  }

  get #unread(): number {
    const { chat, peerId } = this.state;
    const read = chat.findIndex((message) => message.messageId === this.#read);
    return chat.slice(read + 1).filter((message) => message.peerId !== peerId).length;
  }

  #localTrack(source: PublicationState['source']): MediaStreamTrack | null {
    const local = this.state.peers.find((peer) => peer.isLocal);
    return local?.publications.find((publication) => publication.source === source)?.track ?? null;
  }

  #part(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(selector);
  }
}
