import { isRoomName } from '../../src/protocol/roomName.ts';
import { badRequest, invalidState, unauthorized } from '../../src/support/errors.ts';
import type { CommandName } from '../element/embedding/commandNames.ts';
import {
  NOTHING_KNOWN,
  type RoomElementEvent,
  type RoomElementEvents,
  type RoomSetup,
  type RoomSummary,
  type SetupChange,
  type ToolbarButton,
} from '../element/embedding/contract.ts';
import type { Connect } from '../element/RoomSession.ts';
import { FrameBody } from './FrameBody.ts';
import { InlineBody } from './InlineBody.ts';
import type { RoomBody } from './RoomBody.ts';
import { RoomStart } from './RoomStart.ts';
import {
  buttonsIn,
  buttonsOf,
  lookOf,
  MIRRORED,
  OBSERVED_ATTRIBUTES,
  shortcutsOf,
  themeOf,
  UNMIRRORED,
} from './setup.ts';
import { SlottedButtons } from './SlottedButtons.ts';
import { fetchToken } from './TokenEndpoint.ts';
import { wireError } from './wireError.ts';

const STYLE = `
  :host { display: block; position: relative; width: 100%; height: 100%; min-height: 480px; overflow: hidden }
  :host([hidden]) { display: none }
  iframe, parley-inline-room { position: absolute; inset: 0; width: 100%; height: 100%; min-height: 0; border: 0 }
`;

/**
 * `<parley-room>` on any page: a small element with the room inside, in a frame of the server's or inline.
 *
 * Attributes, properties, methods and events are the same in both modes; docs/embedding.md has them all. Removed from the
 * document it leaves the room and lets go of everything; put in again it starts anew.
 */
export class ParleyRoomElement extends RoomStart {
  static readonly observedAttributes = OBSERVED_ATTRIBUTES;

  declare url: string;
  declare room: string;
  declare name: string;
  declare tokenUrl: string;
  declare tokenMethod: string;
  declare mode: string;
  declare audio: string;
  declare video: string;
  declare theme: string;
  declare shortcuts: string;
  declare sounds: string;
  /** Stands in for the SDK's `connect` where the room is inline; a seam for tests. */
  connect: Connect | null = null;

  #token: string | null = null;
  #buttons: ToolbarButton[] | null = null;
  #body: RoomBody | null = null;
  #slotted: SlottedButtons | null = null;
  #leaving: AbortController | null = null;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).innerHTML = `<style>${STYLE}</style>`;
    this.#adoptProperties();
  }

  /** Never shown in the document where it was set as a property. */
  get token(): string {
    return this.#token ?? this.getAttribute('token') ?? '';
  }

  set token(token: string) {
    this.#token = token;
  }

  /** Of the page, in the room's toolbar; the attribute has them as JSON. */
  get buttons(): readonly ToolbarButton[] {
    return this.#buttons ?? buttonsOf(this.getAttribute('buttons'));
  }

  set buttons(buttons: readonly ToolbarButton[]) {
    this.#buttons = buttonsIn(buttons);
    this.#change('buttons');
  }

  override async executeCommand(name: CommandName, ...args: unknown[]): Promise<void> {
    if (typeof name !== 'string') throw badRequest('a command has a name');
    if (!this.#body) throw invalidState('the element is not in a document');
    await this.#body.command(name, args);
  }

  /** Looks anew at the page's custom properties, after a change that the element cannot see. */
  refreshTheme(): void {
    this.#body?.change({ look: lookOf(this) });
  }

  connectedCallback(): void {
    // What the page sets right after insertion still counts.
    queueMicrotask(() => this.#begin());
  }

  disconnectedCallback(): void {
    // Moved within the document in one go, an inline room goes on.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  /** A frame that is moved so (`moveBefore`) goes on, too. */
  connectedMoveCallback(): void {
    // There is nothing to do.
  }

  attributeChangedCallback(name: string): void {
    if (!this.#body) {
      if (this.isConnected) queueMicrotask(() => this.#begin());
      return;
    }
    if (name in this.#changing) this.#change(name as Exclude<keyof SetupChange, 'look'>);
    if (name === 'style' || name === 'class' || name === 'theme') this.refreshTheme();
  }

  #begin(): void {
    // Without a room there is nothing to begin yet.
    if (this.#body || !this.isConnected || !this.shadowRoot || this.room === '') return;
    if (!isRoomName(this.room)) {
      this.#failed(
        badRequest('a room’s name has 1 to 64 letters, digits, dots, hyphens, underscores or tildes'),
      );
      return;
    }
    const server = this.#server();
    if (server === null) {
      this.#failed(badRequest(`url is not an address: ${this.url}`));
      return;
    }
    const inline = this.mode === 'inline' || (this.mode !== 'iframe' && server === location.origin);
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    if (!inline) this.#slotted = new SlottedButtons(this, () => this.#change('buttons'));
    const owner = {
      place: this.shadowRoot,
      server,
      setup: () => this.#setup(),
      summary: (summary: RoomSummary) => this.#summarized(summary),
      event: (name: RoomElementEvent, detail: unknown) => this.#happened(name, detail),
      token: (room: string) => this.#fetchToken(room, signal),
      failed: (error: Error) => this.#failed(error),
    };
    this.#body = inline ? new InlineBody(owner, this.connect) : new FrameBody(owner);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.refreshTheme(), {
      signal,
    });
  }

  #end(): void {
    this.#body?.close();
    this.#body = null;
    this.#slotted?.close();
    this.#slotted = null;
    this.#leaving?.abort();
    this.#leaving = null;
    this.summary = NOTHING_KNOWN;
    delete this.dataset['status'];
  }

  #server(): string | null {
    try {
      return new URL(this.url || import.meta.url, document.baseURI).origin;
    } catch {
      return null;
    }
  }

  #setup(): RoomSetup {
    const { room, name, token, autojoin, audio, video, devices, stage, noiseFilter, switches, audioOnly } =
      this;
    const start = {
      room,
      name,
      token,
      autojoin,
      audio,
      video,
      devices,
      stage,
      noiseFilter,
      switches,
      audioOnly,
    };
    return { ...start, asksForTokens: this.tokenUrl !== '', look: lookOf(this), ...this.#changing };
  }

  /** What counts at once when it changes, besides the look. */
  get #changing(): Omit<Required<SetupChange>, 'look'> {
    return {
      theme: themeOf(this.getAttribute('theme')),
      shortcuts: shortcutsOf(this.getAttribute('shortcuts')),
      lang: this.lang,
      sounds: this.sounds === '' ? '1' : this.sounds,
      buttons: this.#allButtons,
    };
  }

  get #allButtons(): ToolbarButton[] {
    return [...(this.#slotted?.buttons ?? []), ...this.buttons];
  }

  #change(name: Exclude<keyof SetupChange, 'look'>): void {
    this.#body?.change({ [name]: this.#changing[name] });
  }

  async #fetchToken(room: string, signal: AbortSignal): Promise<string> {
    const { tokenUrl: url } = this;
    if (url === '') throw unauthorized('this page has no token-url');
    const method = this.tokenMethod.toUpperCase() === 'GET' ? 'GET' : 'POST';
    return fetchToken({ url, method, room, name: this.summary.displayName || this.name, signal });
  }

  #summarized(summary: RoomSummary): void {
    this.summary = summary;
    if (this.dataset['status'] !== summary.status) this.dataset['status'] = summary.status;
  }

  #happened(name: RoomElementEvent, detail: unknown): void {
    if (name === 'toolbarButtonClicked') {
      const { key } = detail as RoomElementEvents['toolbarButtonClicked'];
      if (this.#slotted?.click(key)) return;
    }
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #failed(error: Error): void {
    const { code, message } = wireError(error);
    this.#happened('error', { code, message });
    this.#happened('errorOccurred', { name: code, message, isFatal: true });
  }

  /** Frameworks set properties before the script is there; those would hide the element's own. */
  #adoptProperties(): void {
    const self = this as Record<string, unknown> & this;
    for (const name of [...Object.keys(MIRRORED), ...UNMIRRORED]) {
      if (!Object.hasOwn(self, name)) continue;
      const value = self[name];
      Reflect.deleteProperty(self, name);
      // A constructor may not set attributes.
      queueMicrotask(() => Reflect.set(self, name, value));
    }
  }

  static {
    for (const [name, attribute] of Object.entries(MIRRORED)) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: HTMLElement) {
          return this.getAttribute(attribute) ?? '';
        },
        set(this: HTMLElement, value: string | null | undefined) {
          if (value === null || value === undefined) this.removeAttribute(attribute);
          else this.setAttribute(attribute, value);
        },
      });
    }
  }
}
