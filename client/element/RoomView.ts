import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { DeviceList } from '../lib/LocalMedia.ts';
import type { PeerState, RoomState } from '../lib/publicTypes.ts';
import { NO_CALL, type CallView } from './conduct/CallConduct.ts';
import type { ControlView } from './ControlBar.ts';
import type { ToolbarButton } from './embedding/contract.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import { icons } from './icons.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import { RequestEvent, tell, type Arrangement, type Panel, type Request } from './requests.ts';
import { roomBanners } from './roomBanners.ts';
import { panelName, panelOf } from './roomPanels.ts';
import { roomViewStyles } from './roomViewStyles.ts';
import type { StageArea } from './stage/StageArea.ts';
import { RoomArrangement, UNTOUCHED } from './stage/RoomArrangement.ts';
import { DEFAULT_STAGE, type Pin, type StageChoice } from './stage/stageChoice.ts';
import type { SwitchView } from './switches/switchChoice.ts';
import { spinner, base, buttons } from './styles.ts';
import { text } from './text.ts';

/** In CSS pixels. */
const NARROW = 760;

/** The screen during the call: grid, controls, and one panel beside them. How it is arranged is its own affair. */
export class RoomView extends LitElement {
  static override properties = {
    state: { attribute: false },
    call: { attribute: false },
    link: {},
    audio: { attribute: false },
    video: { attribute: false },
    screenShare: { attribute: false },
    devices: { attribute: false },
    chosen: { attribute: false },
    shortcuts: { attribute: false },
    sounds: { attribute: false },
    language: { attribute: false },
    noiseFilter: { attribute: false },
    switches: { attribute: false },
    ownButtons: { attribute: false },
    choice: { attribute: false },
    arrangement: { state: true },
    narrow: { state: true },
    help: { state: true },
  };

  declare state: RoomState;
  declare call: CallView;
  /** The address at which others join. */
  declare link: string;
  declare audio: ControlView;
  declare video: ControlView;
  declare screenShare: ControlView;
  declare devices: DeviceList;
  declare chosen: ChosenDevices;
  declare shortcuts: boolean;
  declare sounds: boolean;
  declare language: string;
  declare noiseFilter: boolean;
  declare switches: SwitchView;
  declare ownButtons: readonly ToolbarButton[];
  /** How the participants are shown to start with. */
  declare choice: StageChoice;
  declare protected arrangement: Arrangement;
  /** A panel covers everything, as on a phone; the styles draw the same line. */
  declare protected narrow: boolean;
  /** The sheet with the keys is open. */
  declare protected help: boolean;

  static override styles = [base, buttons, spinner, roomViewStyles];

  readonly #arranged = new RoomArrangement((now) => (this.arrangement = now));
  /** The newest message the person has had in sight. */
  #read: string | undefined;
  /** How many unread messages were reported last. */
  #told = 0;
  readonly #observer = new ResizeObserver(() => {
    this.narrow = this.clientWidth < NARROW;
  });

  constructor() {
    super();
    this.call = NO_CALL;
    this.link = '';
    this.choice = DEFAULT_STAGE;
    this.arrangement = UNTOUCHED;
    this.narrow = false;
    this.help = false;
    this.addEventListener(RequestEvent.type, (event) => {
      if (!(event instanceof RequestEvent)) return;
      if (this.#answer(event.request)) event.stopPropagation();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
    document.addEventListener('visibilitychange', this.#seen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#seen);
  }

  /** Whether the sheet with the keys is open. */
  get showsHelp(): boolean {
    return this.help;
  }

  /** Opens a panel, or closes it if it is the one that is open; the focus goes along. */
  togglePanel(panel: Panel): void {
    if (this.#open === panel) {
      this.closePanel();
      return;
    }
    this.#arranged.change({ panel });
    void this.updateComplete.then(() => this.#part(`parley-${panel}`)?.focus());
  }

  /** Returns false when none was open. */
  closePanel(): boolean {
    const panel = this.#open;
    if (!panel) return false;
    this.#arranged.change({ panel: null });
    // Under a sheet the bar is inert until the sheet is gone.
    void this.updateComplete.then(() => this.#openerOf(panel)?.focus());
    return true;
  }

  /** Everybody in a grid, or the stage again as it was before. */
  toggleTileView(): void {
    this.#arranged.toggleTileView();
  }

  /** Gives the stage to a peer, or to one of its pictures; null: to nobody in particular. */
  pin(pin: Pin | null): void {
    this.#arranged.pin(pin);
  }

  /** Does what a part asked for, if it is about this view. */
  #answer(request: Request): boolean {
    if (this.#arranged.answer(request)) return true;
    const stage = this.renderRoot.querySelector<StageArea>('parley-stage');
    if (request.type === 'togglePanel') this.togglePanel(request.panel);
    else if (request.type === 'closePanel') this.closePanel();
    else if (request.type === 'toggleHelp') this.help = !this.help;
    else if (request.type === 'closeHelp') this.help = false;
    else if (request.type === 'turnPage') stage?.turnPage(request.by);
    else if (request.type === 'openView') stage?.openViewMenu(this.#toggleOf('view'));
    else if (request.type === 'showStatistics') {
      this.#arranged.change({ statisticsOf: request.peerId });
      if (this.#open !== 'statistics') this.togglePanel('statistics');
    } else return false;
    return true;
  }

  protected override firstUpdated(): void {
    this.#part('.frame')?.focus();
  }

  protected override willUpdate(): void {
    if (!this.hasUpdated) this.#arranged.change(this.choice);
    this.#arranged.keepTo(this.state.peers);
    if (this.#open === 'host' && this.state.role !== 'host') this.#takeHostPanel();
    // What was said before one came is history, not news.
    if (!this.hasUpdated || (this.#open === 'chat' && !document.hidden))
      this.#read = this.state.chat.at(-1)?.messageId;
  }

  protected override updated(changed: PropertyValues): void {
    const count = this.#unread;
    if (count !== this.#told) tell(this, { type: 'reportUnread', count: (this.#told = count) });
    if (!changed.has('arrangement')) return;
    // Notices keep clear of the panel.
    this.toggleAttribute('data-panel', this.#open !== null);
    tell(this, { type: 'reportArrangement', arrangement: this.arrangement });
  }

  protected override render(): TemplateResult {
    const { state } = this;
    const { panel } = this.arrangement;
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
            <parley-stage
              .state=${state}
              .choice=${this.arrangement}
              .pinned=${this.arrangement.pinned}
              .sinkId=${this.chosen.speaker ?? ''}
              .covered=${covered}
              .audioOnly=${this.switches.audioOnly}
              exportparts=${EXPORTED_PARTS}
            ></parley-stage>
            <parley-captions
              .lines=${this.switches.captions ? this.switches.lines : []}
              .said=${this.switches.captions ? this.switches.said : []}
            ></parley-captions>
            <parley-reactions .reactions=${this.call.reactions}></parley-reactions>
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
            .waiting=${state.waiting.length}
            .host=${state.role === 'host'}
            .raised=${this.#self?.handRaisedAt !== undefined}
            .mayReact=${state.permissions.canPublishData}
            .ownButtons=${this.ownButtons}
            exportparts=${EXPORTED_PARTS}
            ><slot name="toolbar" slot="toolbar"></slot
          ></parley-control-bar>
        </div>
        ${panel ? html`<aside part="panel" aria-label=${panelName(panel)}>${panelOf(panel, this, this.arrangement)}</aside>` : nothing}
        ${roomBanners(
          state,
          this.switches.audioOnly && !covered,
          html`<parley-call-cards
            .waiting=${panel === 'people' ? [] : state.waiting}
            .unmuteAsked=${this.call.unmuteAsked}
          ></parley-call-cards>`,
        )}
      </div>
      ${this.help ? html`<parley-shortcut-sheet .active=${this.shortcuts}></parley-shortcut-sheet>` : nothing}
    `;
  }

  /** Back in sight, an open chat is read. */
  readonly #seen = (): void => this.requestUpdate();

  get #open(): Panel | null {
    return this.arrangement.panel;
  }

  #invitation(): TemplateResult {
    return html`
      <div class="invitation">
        <div>
          <h2>${text.alone}</h2>
          <p>${text.aloneLead}</p>
        </div>
        <button
          class="button primary small"
          data-action="copy-link"
          @click=${() => tell(this, { type: 'copyLink' })}
        >
          ${icons.link} ${text.copyLink}
        </button>
      </div>
    `;
  }

  get #unread(): number {
    const { chat, peerId } = this.state;
    const read = chat.findIndex((message) => message.messageId === this.#read);
    const offers =
      this.#open === 'chat' ? [] : this.call.files.filter((file) => !file.own && file.status === 'offered');
    return chat.slice(read + 1).filter((message) => message.peerId !== peerId).length + offers.length;
  }

  get #self(): PeerState | undefined {
    return this.state.peers.find((peer) => peer.isLocal);
  }

  /** From somebody who is no host any more, and with it the focus where it was inside. */
  #takeHostPanel(): void {
    const hadFocus = this.#part('parley-host')?.matches(':focus-within');
    this.#arranged.change({ panel: null });
    if (hadFocus) void this.updateComplete.then(() => this.#part('.frame')?.focus());
  }

  /** What a panel is opened by: on a phone, that of hosts is among the people. */
  #openerOf(panel: Panel): HTMLElement | null {
    const toggle = this.#toggleOf(panel === 'statistics' ? 'view' : `toggle-${panel}`);
    return toggle?.checkVisibility() ? toggle : this.#toggleOf('toggle-people');
  }

  #toggleOf(action: string): HTMLElement | null {
    const bar = this.#part('parley-control-bar');
    return bar?.shadowRoot?.querySelector<HTMLElement>(`[data-action="${action}"]`) ?? null;
  }

  #part(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(selector);
  }
}
