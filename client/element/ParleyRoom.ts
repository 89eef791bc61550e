import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { badRequest } from '../../src/support/errors.ts';
import { connect } from '../lib/connect.ts';
import type { ConnectionStatus, TokenSource } from '../lib/publicTypes.ts';
import { isCommandName } from './embedding/commandNames.ts';
import { runCommand } from './embedding/commands.ts';
import type { RoomFollower, ToolbarButton } from './embedding/contract.ts';
import { Embedding } from './embedding/Embedding.ts';
import { applyLook } from './embedding/look.ts';
import { Keyboard } from './keyboard/Keyboard.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import { parleyRoomStyles } from './parleyRoomStyles.ts';
import { RequestEvent, tell } from './requests.ts';
import type { Connect } from './RoomSession.ts';
import { renderAnew } from './renderAnew.ts';
import type { RoomView } from './RoomView.ts';
import { DEFAULT_STAGE, type StageChoice } from './stage/stageChoice.ts';
import { screenOf } from './screens.ts';
import { base, tokens } from './styles.ts';
import { DEFAULT_SWITCHES, type SwitchChoice } from './switches/switchChoice.ts';
import { SystemTies } from './system/SystemTies.ts';
import { onLanguage, speech, useLanguage } from './text.ts';
import { Visit } from './Visit.ts';
import type { VisitEvents } from './visitTypes.ts';

/**
 * `<parley-room>`: a whole conference as one element.
 *
 * Attributes, each with a property of the same name; they count from the next visit on, `theme`, `lang`, `sounds`
 * and `shortcuts` at once:
 * - `url`: the server, such as `https://meet.example.com`; default: where this script came from
 * - `room`: the room's name, 1 to 64 of letters, digits and `._~-`
 * - `name`: how the others see the person
 * - `token`: a JWT in the shape of LiveKit's access token, where the server asks for one
 * - `autojoin`: join at once, without the screen before
 * - `audio`, `video`: `0` to start without microphone or camera (default `1`)
 * - `theme`: `auto` (default), `light` or `dark`
 * - `lang`: a language (BCP 47) of `languages/`; default, and where there is no such: the person's browser's
 * - `sounds`: `0` for none when somebody comes, goes or writes (default `1`)
 * - `shortcuts`: `focus` (default: keys count while the focus is inside), `page` (also while it is nowhere), `off`
 *   (none but Escape); the person may switch them off and on
 *
 * Properties only:
 * - `devices`: ids of the camera, microphone and speaker to start with
 * - `stage`: how the participants are shown to start with, `{ layout, hideSelf, mirrorSelf }`
 * - `noiseFilter`: take the noise out of the microphone from the start
 * - `switches`: `{ videoQuality, stopCamera, captions }` to start with; `audioOnly`: begin without the others' pictures
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
 * - `preferenceschanged` `{ name, devices, audio, video, shortcuts, stage, sounds, language, noiseFilter, switches }`: worth remembering for the next visit
 *
 * Reflected: `data-status` is `prejoin`, `connecting`, `waiting`, `connected`, `reconnecting` or `closed`.
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
    lang: {},
    sounds: {},
    devices: { attribute: false },
    stage: { attribute: false },
    noiseFilter: { attribute: false },
    switches: { attribute: false },
    audioOnly: { attribute: false },
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
  declare lang: string;
  declare sounds: string;
  declare devices: ChosenDevices;
  declare stage: StageChoice;
  declare noiseFilter: boolean;
  declare switches: SwitchChoice;
  declare audioOnly: boolean;
  declare tokenSource: TokenSource | null;
  declare ownButtons: readonly ToolbarButton[];
  declare look: Readonly<Record<string, string>>;
  declare connect: Connect;

  static override styles = [tokens, base, parleyRoomStyles];

  #visit: Visit | null = null;
  readonly #embedding = new Embedding(() => this.requestUpdate());
  readonly #ties = new SystemTies(() => this.sounds !== '0' && this.checkVisibility());
  readonly #keyboard = new Keyboard(this, {
    scope: () => this.shortcuts,
    inCall: () => this.#view !== null,
    showsHelp: () => this.#view?.showsHelp ?? false,
    on: () => this.#visit?.session?.isOn('audio') ?? false,
    turn: (on) => this.#visit?.answer({ type: 'toggleAudio', on }) ?? Promise.resolve(),
    tell: (request) => tell(this.#view ?? this, request),
  });
  #unspeak: (() => void) | null = null;

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
    this.lang = '';
    this.sounds = '1';
    this.devices = {};
    this.stage = DEFAULT_STAGE;
    this.noiseFilter = false;
    this.switches = DEFAULT_SWITCHES;
    this.audioOnly = false;
    this.tokenSource = null;
    this.ownButtons = [];
    this.look = {};
    this.connect = connect;
    this.addEventListener(RequestEvent.type, (event) => {
      if (!(event instanceof RequestEvent)) return;
      event.stopPropagation();
      const { request } = event;
      if (request.type === 'useShortcuts') this.shortcuts = this.#keyboard.scopeFor(request.on);
      if (request.type === 'useSounds') this.sounds = request.on ? '1' : '0';
      if (request.type === 'useLanguage') this.lang = request.tag;
      this.#embedding.heard(request);
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
    this.#keyboard.start();
    this.#unspeak ??= onLanguage(() => renderAnew(this));
    // Attributes that the page sets right after insertion still count, and nothing is said in two languages.
    void this.updateComplete.then(() => this.#speak()).then(() => this.#begin());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#keyboard.stop();
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('look')) applyLook(this, this.look);
    if (changed.has('lang') && this.#visit) void useLanguage(this.lang);
    this.#ties.look(this.#visit);
    this.#embedding.look(this.#visit, this.room);
    if (this.dataset['status'] !== this.status) this.dataset['status'] = this.status;
  }

  protected override render(): TemplateResult {
    const visit = this.#visit;
    return html`
      <div class="frame" lang=${speech.language.tag} dir=${speech.language.direction}>
        ${visit ? screenOf(visit, this) : nothing}
        <parley-notices
          .notices=${visit?.board.notices ?? []}
          .soundBlocked=${visit?.soundBlocked ?? false}
          .offer=${visit?.switches.offer ?? null}
          .announcements=${visit?.board.announcements ?? []}
        ></parley-notices>
      </div>
    `;
  }

  /** Resolves when the language is in use that is wanted by then: it may change while a catalogue is on its way. */
  async #speak(): Promise<void> {
    let tag: string;
    do {
      tag = this.lang;
      await useLanguage(tag);
    } while (tag !== this.lang);
  }

  #begin(): void {
    if (this.#visit || !this.isConnected) return;
    const { room, name, token, tokenSource, autojoin, devices, stage, noiseFilter, switches, audioOnly } =
      this;
    const manner = { shortcuts: this.shortcuts !== 'off', sounds: this.sounds !== '0', language: this.lang };
    const options = {
      url: this.url || new URL(import.meta.url).origin,
      audio: this.audio !== '0',
      video: this.video !== '0',
      connect: (wanted: Parameters<Connect>[0]) => this.connect(wanted),
    };
    this.#visit = new Visit(
      {
        ...{ ...options, room, name, token, tokenSource, autojoin, devices, stage, noiseFilter },
        ...{ switches, audioOnly, ...manner },
      },
      { changed: () => this.requestUpdate(), event: (type, detail) => this.#emit(type, detail) },
    );
    this.#visit.start();
    this.requestUpdate();
  }

  get #view(): RoomView | null {
    return this.renderRoot.querySelector<RoomView>('parley-room-view');
  }

  #end(): void {
    this.#ties.look(null);
    this.#unspeak?.();
    this.#unspeak = null;
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
}
