import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { controlBarStyles } from './controlBarStyles.ts';
import type { ToolbarButton } from './embedding/contract.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import { icons } from './icons.ts';
import { tell, type Panel, type Request } from './requests.ts';
import { stageIcons } from './stage/stageIcons.ts';
import { base, buttons } from './styles.ts';
import { text } from './text.ts';

/** How one of the media controls stands. */
export interface ControlView {
  on: boolean;
  busy: boolean;
  /** What the token allows. */
  allowed: boolean;
}

interface ButtonOptions {
  action: string;
  label: string;
  hint: string;
  icon: TemplateResult;
  /** Absent: it is nothing that is on or off. */
  pressed?: boolean;
  request: Request;
  look?: string;
  busy?: boolean;
  allowed?: boolean;
  count?: number;
  /** The count is worth knowing, not worth acting on. */
  soft?: boolean;
}

/** The call's controls: what is sent, what is open, and the way out. */
export class ControlBar extends LitElement {
  static override properties = {
    room: {},
    audio: { attribute: false, hasChanged: differs },
    video: { attribute: false, hasChanged: differs },
    screenShare: { attribute: false, hasChanged: differs },
    panel: { attribute: false },
    unread: { type: Number },
    people: { type: Number },
    waiting: { type: Number },
    host: { type: Boolean },
    raised: { type: Boolean },
    mayReact: { type: Boolean },
    ownButtons: { attribute: false },
  };

  declare room: string;
  declare audio: ControlView;
  declare video: ControlView;
  declare screenShare: ControlView;
  declare panel: Panel | null;
  declare unread: number;
  declare people: number;
  /** How many a host has to let in. */
  declare waiting: number;
  declare host: boolean;
  /** The person's hand is. */
  declare raised: boolean;
  declare mayReact: boolean;
  /** Of the page that the room is embedded in. */
  declare ownButtons: readonly ToolbarButton[];

  static override styles = [base, buttons, controlBarStyles];

  protected override render(): TemplateResult {
    const { audio, video, screenShare } = this;
    return html`
      <nav part="toolbar" aria-label=${text.controls}>
        <div class="about">
          <span class="room" title=${this.room}>${this.room}</span>
          <button
            class="icon-button"
            data-action="copy-link"
            aria-label=${text.copyLink}
            title=${text.copyLink}
            @click=${this.#copy}
          >
            ${icons.link}
          </button>
        </div>
        <div class="media">
          ${this.#button({
            action: 'toggle-audio',
            label: text.microphone,
            hint: text.withKey(audio.on ? text.mute : text.unmute, 'M'),
            icon: audio.on ? icons.microphone : icons.microphoneOff,
            pressed: audio.on,
            look: audio.on || audio.busy ? '' : 'off',
            request: { type: 'toggleAudio' },
            busy: audio.busy,
            allowed: audio.allowed,
          })}
          ${this.#button({
            action: 'toggle-video',
            label: text.camera,
            hint: text.withKey(video.on ? text.cameraOff : text.cameraOn, 'V'),
            icon: video.on ? icons.camera : icons.cameraOff,
            pressed: video.on,
            look: video.on || video.busy ? '' : 'off',
            request: { type: 'toggleVideo' },
            busy: video.busy,
            allowed: video.allowed,
          })}
          ${
            canShareScreen()
              ? this.#button({
                  action: 'toggle-screen',
                  label: text.screenShare,
                  hint: text.withKey(screenShare.on ? text.stopSharing : text.share, 'S'),
                  icon: screenShare.on ? icons.screenStop : icons.screen,
                  pressed: screenShare.on,
                  look: screenShare.on ? 'active' : '',
                  request: { type: 'toggleScreen' },
                  busy: screenShare.busy,
                  allowed: screenShare.allowed,
                })
              : nothing
          }
          <parley-hand-controls
            .raised=${this.raised}
            .allowed=${this.mayReact}
            exportparts=${EXPORTED_PARTS}
          ></parley-hand-controls>
          <parley-leave-control
            .choice=${this.host && this.people > 1}
            exportparts=${EXPORTED_PARTS}
          ></parley-leave-control>
        </div>
        <div class="panels">
          <slot name="toolbar"></slot>
          ${this.#button({
            action: 'view',
            label: text.view,
            hint: text.view,
            icon: stageIcons.view,
            look: 'quiet',
            request: { type: 'openView' },
          })}
          ${this.ownButtons.map((button) => this.#own(button))}
          ${this.host ? this.#panel('host', text.hostControls, text.hostControls, icons.shield) : nothing}
          ${this.#panel('people', this.#peopleLabel, text.withKey(text.people, 'P'), icons.people)}
          ${this.#panel('chat', text.chatUnread(this.unread), text.withKey(text.chat, 'C'), icons.chat)}
          ${this.#panel('settings', text.settings, text.settings, icons.settings)}
        </div>
      </nav>
    `;
  }

  #panel(panel: Panel, label: string, hint: string, icon: TemplateResult): TemplateResult {
    const open = this.panel === panel;
    return this.#button({
      action: `toggle-${panel}`,
      label,
      hint,
      icon,
      pressed: open,
      look: `quiet ${panel}${open ? ' open' : ''}`,
      request: { type: 'togglePanel', panel },
      count: this.#count(panel),
      soft: panel === 'people' && this.waiting === 0,
    });
  }

  /** Whoever waits comes before those who are there. */
  #count(panel: Panel): number {
    if (panel === 'chat') return this.unread;
    if (panel !== 'people') return 0;
    return this.waiting > 0 ? this.waiting : this.people > 1 ? this.people : 0;
  }

  get #peopleLabel(): string {
    return this.waiting > 0 ? text.peopleWaiting(this.waiting) : text.peopleCount(this.people);
  }

  #own({ key, text: label, icon }: ToolbarButton): TemplateResult {
    return html`
      <button
        class=${icon ? 'control quiet own' : 'control quiet own wide'}
        part="toolbar-button"
        data-action="own-button"
        data-key=${key}
        aria-label=${label}
        @click=${this.#ask({ type: 'ownButton', key })}
      >
        ${icon ? html`<img src=${icon} alt="" /><span class="tip" aria-hidden="true">${label}</span>` : label}
      </button>
    `;
  }

  #button(options: ButtonOptions): TemplateResult {
    const { action, label, icon, pressed, busy = false, allowed = true, count = 0 } = options;
    const countLook = options.soft ? 'count soft' : 'count';
    const hint = allowed ? options.hint : text.notPermitted(label);
    return html`
      <button
        class="control ${options.look ?? ''}"
        part="toolbar-button"
        data-action=${action}
        aria-label=${label}
        aria-pressed=${pressed ?? nothing}
        aria-haspopup=${pressed === undefined ? 'menu' : nothing}
        aria-busy=${busy}
        ?disabled=${!allowed}
        @click=${this.#ask(options.request)}
      >
        ${icon}
        ${count > 0 ? html`<span class=${countLook} aria-hidden="true">${count > 99 ? '99+' : count}</span>` : nothing}
        <span class="tip" aria-hidden="true">${hint}</span>
      </button>
    `;
  }

  #ask(request: Request): () => void {
    return () => tell(this, request);
  }

  readonly #copy = (): void => tell(this, { type: 'copyLink' });
}

/** Views are made anew at every rendering. */
function differs(now: ControlView, before: ControlView | undefined): boolean {
  return now.on !== before?.on || now.busy !== before.busy || now.allowed !== before.allowed;
}

/** Phones have no screen to share. */
function canShareScreen(): boolean {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return devices !== undefined && 'getDisplayMedia' in devices;
}
