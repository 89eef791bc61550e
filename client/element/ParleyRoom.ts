import { LitElement, html, type PropertyValues, type TemplateResult } from 'lit';
import { badRequest } from '../../src/support/errors.ts';
import { connect } from '../lib/connect.ts';
import type { ConnectionStatus, TokenSource } from '../lib/publicTypes.ts';
import type { ControlView } from './ControlBar.ts';
import { isCommandName } from './embedding/commandNames.ts';
import { runCommand } from './embedding/commands.ts';
import type { RoomFollower, ToolbarButton } from './embedding/contract.ts';
import { Embedding } from './embedding/Embedding.ts';
import { applyLook } from './embedding/look.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import { captureProblems } from './errorText.ts';
import type { CaptureKind, ChosenDevices, LocalDevices } from './LocalDevices.ts';
import { parleyRoomStyles } from './parleyRoomStyles.ts';
import type { CaptureView } from './PreJoin.ts';
import { RequestEvent, tell, type Arrangement } from './requests.ts';
import type { Connect, RoomSession, Toggle } from './RoomSession.ts';
import type { RoomView } from './RoomView.ts';
import { requestOf } from './shortcuts.ts';
import { base, tokens } from './styles.ts';
import { text } from './text.ts';
import { Visit } from './Visit.ts';
import type { VisitEvents } from './visitTypes.ts';

/**
 * `<parley-room>`: a whole conference as one element.
 *
 * Attributes, each with a property of the same name; they count from the next visit on, `theme` and
 * `shortcuts` at once:
 * - `url`: the server, such as `https://meet.example.com`; default: where this script came from
 * - `room`: the room's name, 1 to 64 of letters, digits and `._~-`
 * - `name`: how the others see the person
 * - `token`: a JWT in the shape of LiveKit's access token, where the server asks for one
 * - `autojoin`: join at once, without the screen before
 * - `audio`, `video`: `0` to start without microphone or camera (default `1`)
 * - `theme`: `auto` (default), `light` or `dark`
 * - `shortcuts`: `focus` (default: keys count while the focus is inside), `page` (also while it is nowhere), `off`
 *   (none but Escape); the person may switch them off and on
 *
 * Properties only:
 * - `devices`: ids of the camera, microphone and speaker to start with
 * - `tokenSource`: where a token is had that is good at the moment
 * - `ownButtons`: of the page, in the toolbar (`{ key, text, icon }`)
 * - `look`: custom properties that the page chose
 * - `follower`: whoever embeds the element and mirrors it, see `embedding/contract.ts`
 * - `connect`: stands in for the SDK's `connect`; a seam for tests
 *
 * Methods: `leave()`, `execute(command, args)`.
 *
 * Events (CustomEvent); they do not bubble:
 * - `joined` `{ room, peerId }`, `left` `{ reason }` (a RoomCloseReason)
 * - `peerjoined` `{ peerId, name }`, `peerleft` `{ peerId, name, reason }`
 * - `error` `{ code, message }`: a code of the protocol, or why a device could not be opened
 * - `preferenceschanged` `{ name, devices, audio, video, shortcuts }`: worth remembering for the next visit
 *
 * Reflected: `data-status` is `prejoin`, `connecting`, `connected`, `reconnecting` or `closed`.
 *
 * Removed from the document it leaves the room and stops all capture; put in again it starts anew. Moving it
 * within the document in one go disturbs nothing.
 */
export class ParleyRoom extends LitElement {
  static override properties = {
    url: {},
    room: {},
    name: {},
    token: {},
    autojoin: { type: Boolean },
    audio: {},
    video: {},
    theme: { reflect: true },
    shortcuts: {},
    devices: { attribute: false },
    tokenSource: { attribute: false },
    ownButtons: { attribute: false },
    look: { attribute: false },
    connect: { attribute: false },
  };

  declare url: string;
  declare room: string;
  declare name: string;
  declare token: string;
  declare autojoin: boolean;
  declare audio: string;
  declare video: string;
  declare theme: 'auto' | 'light' | 'dark';
  declare shortcuts: 'focus' | 'page' | 'off';
  declare devices: ChosenDevices;
  declare tokenSource: TokenSource | null;
  declare ownButtons: readonly ToolbarButton[];
  declare look: Readonly<Record<string, string>>;
  declare connect: Connect;

  static override styles = [tokens, base, parleyRoomStyles];

  #visit: Visit | null = null;
  readonly #embedding = new Embedding();
  /** Where shortcuts count when they are on. */
  #shortcutScope: 'focus' | 'page' = 'focus';

  constructor() {
    super();
    this.url = '';
    this.room = '';
    this.name = '';
    this.token = '';
    this.autojoin = false;
    this.audio = '1';
    this.video = '1';
    this.theme = 'auto';
    this.shortcuts = 'focus';
    this.devices = {};
    this.tokenSource = null;
    this.ownButtons = [];
    this.look = {};
    this.connect = connect;
    this.addEventListener(RequestEvent.type, (event) => {
      if (!(event instanceof RequestEvent)) return;
      event.stopPropagation();
      const { request } = event;
      if (request.type === 'useShortcuts') this.#useShortcuts(request.on);
      if (request.type === 'ownButton') this.#embedding.clicked(request.key);
      if (request.type === 'reportArrangement') this.#arranged(request.arrangement);
      if (this.#visit) event.done = this.#visit.answer(request);
    });
  }

  /** Where the element stands; also the attribute `data-status`. */
  get status(): 'prejoin' | ConnectionStatus {
    return this.#visit?.status ?? 'prejoin';
  }

  get follower(): RoomFollower | null {
    return this.#embedding.follower;
  }

  set follower(follower: RoomFollower | null) {
    this.#embedding.follower = follower;
    this.requestUpdate();
  }

  /** Does what an embedding page commands; resolves when it is done. @throws as `runCommand`. */
  async execute(name: unknown, args: readonly unknown[]): Promise<void> {
    if (!isCommandName(name)) throw badRequest('there is no such command');
    await runCommand({ visit: this.#visit, view: this.#view }, name, args);
    // Whoever commanded it finds it in the summary.
    await this.updateComplete;
  }

  /** Leaves the room; resolves when the server knows. */
  async leave(): Promise<void> {
    await this.#visit?.leave();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#keydown);
    // Attributes that the page sets right after insertion still count.
    void this.updateComplete.then(() => this.#begin());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#keydown);
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('look')) applyLook(this, this.look);
    this.#embedding.look(this.#visit, this.room);
    if (this.dataset['status'] !== this.status) this.dataset['status'] = this.status;
  }

  protected override render(): TemplateResult {
    const visit = this.#visit;
    return html`
      <div class="frame">
        ${visit ? this.#screen(visit) : this.#connecting()}
        <parley-notices
          .notices=${visit?.board.notices ?? []}
          .soundBlocked=${visit?.soundBlocked ?? false}
          .audioOnly=${visit?.session?.state?.audioOnly ?? false}
          .announcements=${visit?.board.announcements ?? []}
        ></parley-notices>
      </div>
    `;
  }

  #screen(visit: Visit): TemplateResult {
    const { session, local } = visit;
    if (visit.closeReason) {
      return html`<parley-closed .reason=${visit.closeReason} exportparts=${EXPORTED_PARTS}
        ><slot name="closed" slot="closed"></slot
      ></parley-closed>`;
    }
    if (session?.state) {
      return html`<parley-room-view
        .state=${session.state}
        .audio=${control(session, 'audio')}
        .video=${control(session, 'video')}
        .screenShare=${control(session, 'screen')}
        .devices=${local.list}
        .chosen=${local.chosen}
        .shortcuts=${this.shortcuts !== 'off'}
        .ownButtons=${this.ownButtons}
        exportparts=${EXPORTED_PARTS}
        ><slot name="toolbar" slot="toolbar"></slot
      ></parley-room-view>`;
    }
    if (session && visit.automatic) return this.#connecting();
    return html`<parley-prejoin
      .room=${this.room}
      .name=${visit.name}
      .camera=${capture(local, 'camera')}
      .microphone=${capture(local, 'microphone')}
      .devices=${local.list}
      .chosen=${local.chosen}
      .deviceProblems=${captureProblems(local.error('camera'), local.error('microphone'))}
      .problem=${visit.problem}
      .joining=${session !== null}
      exportparts=${EXPORTED_PARTS}
      ><slot name="prejoin" slot="prejoin"></slot
    ></parley-prejoin>`;
  }

  #connecting(): TemplateResult {
    return html`<div class="connecting" role="status">
      <span class="spinner"></span>
      <p>${this.room ? text.connecting(this.room) : text.connectingShort}</p>
    </div>`;
  }

  #begin(): void {
    if (this.#visit || !this.isConnected) return;
    const { room, name, token, tokenSource, autojoin, devices } = this;
    const shortcuts = this.shortcuts !== 'off';
    const options = {
      url: this.url || new URL(import.meta.url).origin,
      audio: this.audio !== '0',
      video: this.video !== '0',
      connect: (wanted: Parameters<Connect>[0]) => this.connect(wanted),
    };
    this.#visit = new Visit(
      { ...options, room, name, token, tokenSource, autojoin, devices, shortcuts },
      { changed: () => this.requestUpdate(), event: (type, detail) => this.#emit(type, detail) },
    );
    this.#visit.start();
    this.requestUpdate();
  }

  #useShortcuts(on: boolean): void {
    if (this.shortcuts !== 'off') this.#shortcutScope = this.shortcuts;
    this.shortcuts = on ? this.#shortcutScope : 'off';
  }

  get #view(): RoomView | null {
    return this.renderRoot.querySelector<RoomView>('parley-room-view');
  }

  #arranged(arrangement: Arrangement): void {
    this.#embedding.arrangement = arrangement;
    this.requestUpdate();
  }

  #end(): void {
    this.#visit?.close();
    this.#visit = null;
    this.requestUpdate();
  }

  #emit<E extends keyof VisitEvents>(type: E, detail: VisitEvents[E]): void {
    // An event finds what the follower knows as it is by then.
    this.#embedding.look(this.#visit, this.room);
    this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#embedding.visited(type, detail);
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    const inside = event.composedPath().includes(this);
    const nowhere = event.target === document.body && this.shortcuts === 'page';
    if (event.defaultPrevented || !(inside || nowhere)) return;
    if (this.shortcuts === 'off' && event.key !== 'Escape') return;
    const view = this.#view;
    const request = requestOf(event);
    if (!view || !request) return;
    tell(view, request);
    event.preventDefault();
  };
}

function control(session: RoomSession, toggle: Toggle): ControlView {
  return { on: session.isOn(toggle), busy: session.busy(toggle), allowed: session.allowed(toggle) };
}

function capture(local: LocalDevices, kind: CaptureKind): CaptureView {
  return { wanted: local.wanted(kind), opening: local.opening(kind), track: local.track(kind) };
}
