import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { MAX_PASSWORD_LENGTH } from '../../src/protocol/conduct.ts';
import type { DeviceList } from '../lib/LocalMedia.ts';
import { icons } from './icons.ts';
import type { CaptureKind, ChosenDevices } from './LocalDevices.ts';
import { hueOf, initials } from './peerLook.ts';
import { playWhenAllowed } from './playback.ts';
import { preJoinStyles } from './preJoinStyles.ts';
import { tell } from './requests.ts';
import { streamOf } from './streams.ts';
import { avatar, spinner, base, buttons, fields } from './styles.ts';
import { text } from './text.ts';

/** One device before joining, as the preview shows it. */
export interface CaptureView {
  wanted: boolean;
  opening: boolean;
  track: MediaStreamTrack | null;
}

/** The screen before joining: preview, level, devices, name, Join. */
export class PreJoin extends LitElement {
  static override properties = {
    room: {},
    name: {},
    camera: { attribute: false },
    microphone: { attribute: false },
    devices: { attribute: false },
    chosen: { attribute: false },
    deviceProblems: { attribute: false },
    problem: { attribute: false },
    asksPassword: { type: Boolean },
    joining: { type: Boolean },
    draft: { state: true },
  };

  declare room: string;
  declare name: string;
  declare camera: CaptureView;
  declare microphone: CaptureView;
  declare devices: DeviceList;
  declare chosen: ChosenDevices;
  /** Why devices could not be opened, in plain words. */
  declare deviceProblems: readonly string[];
  /** Why the last attempt to join failed. */
  declare problem: string | null;
  /** The room has a password. */
  declare asksPassword: boolean;
  declare joining: boolean;
  /** What is typed; null until something is. */
  declare protected draft: string | null;

  static override styles = [base, buttons, fields, avatar, spinner, preJoinStyles];

  constructor() {
    super();
    this.room = '';
    this.name = '';
    this.deviceProblems = [];
    this.problem = null;
    this.asksPassword = false;
    this.joining = false;
    this.draft = null;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="page" part="prejoin">
        <div class="columns">
          ${this.#preview()}
          <form class="side" aria-labelledby="title" @submit=${this.#join}>
            <div class="intro">
              <h1 id="title">${this.room ? text.prejoinTitleRoom(this.room) : text.prejoinTitle}</h1>
              <p>${text.prejoinLead}</p>
            </div>
            ${
              this.problem
                ? html`<p class="problem" role="alert">${icons.warning}<span>${this.problem}</span></p>`
                : nothing
            }
            <label class="field">
              <span class="label">${text.nameLabel}</span>
              <input
                class="input"
                data-role="name-input"
                name="name"
                autocomplete="name"
                maxlength="64"
                enterkeyhint="go"
                placeholder=${text.namePlaceholder}
                .value=${this.#name}
                @input=${this.#typed}
              />
            </label>
            ${this.asksPassword ? this.#password() : nothing}
            <parley-device-picker
              .devices=${this.devices}
              .chosen=${this.chosen}
              .cameraTrack=${this.camera.track}
              .microphoneTrack=${this.microphone.track}
            ></parley-device-picker>
            <parley-network-test .joining=${this.joining}></parley-network-test>
            <div class="way-in">
              <button
                class="button primary join"
                part="join-button"
                type="submit"
                data-action="join"
                aria-busy=${this.joining}
                ?disabled=${this.joining}
              >
                ${this.joining ? html`<span class="spinner"></span>${text.joining}` : text.join}
              </button>
            </div>
            <slot name="prejoin"></slot>
          </form>
        </div>
      </div>
    `;
  }

  get #name(): string {
    return this.draft ?? this.name;
  }

  #password(): TemplateResult {
    return html`<label class="field">
      <span class="label">${text.passwordLabel}</span>
      <input
        class="input"
        type="password"
        data-role="password-input"
        name="password"
        autocomplete="current-password"
        maxlength=${MAX_PASSWORD_LENGTH}
        enterkeyhint="go"
      />
    </label>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const field = this.#passwordField;
    if (!field || this.joining || !(changed.has('asksPassword') || changed.has('problem'))) return;
    field.focus();
    field.select();
  }

  get #passwordField(): HTMLInputElement | null {
    return this.renderRoot.querySelector('[data-role="password-input"]');
  }

  #preview(): TemplateResult {
    const { camera, microphone } = this;
    const name = this.#name || text.guest;
    return html`
      <section class="preview" aria-label=${text.preview}>
        <div class="picture" style="--hue: ${hueOf(name)}">
          ${
            camera.track
              ? html`<video
                  playsinline
                  aria-hidden="true"
                  .muted=${true}
                  .srcObject=${live(streamOf(camera.track))}
                  @canplay=${this.#canPlay}
                ></video>`
              : html`<div class="avatar">
                  <span aria-hidden="true">${initials(name)}</span>
                  <p>${camera.opening ? text.previewStarting : text.previewOff}</p>
                </div>`
          }
          <div class="level" ?hidden=${!microphone.track}>
            ${icons.microphone}<parley-level .track=${microphone.track}></parley-level>
          </div>
          <div class="toggles">
            ${this.#toggle('microphone', 'toggle-audio')} ${this.#toggle('camera', 'toggle-video')}
          </div>
        </div>
        <div role="status">
          ${
            this.deviceProblems.length > 0
              ? html`<div class="problems">
                  ${icons.warning}
                  <div>
                    ${this.deviceProblems.map((problem) => html`<p>${problem}</p>`)}
                    <p class="soft">${text.prejoinNothing}</p>
                  </div>
                </div>`
              : nothing
          }
        </div>
      </section>
    `;
  }

  #toggle(kind: CaptureKind, action: 'toggle-audio' | 'toggle-video'): TemplateResult {
    const on = this[kind].wanted;
    const [icon, iconOff] =
      kind === 'camera' ? [icons.camera, icons.cameraOff] : [icons.microphone, icons.microphoneOff];
    const hint = kind === 'camera' ? (on ? text.cameraOff : text.cameraOn) : on ? text.mute : text.unmute;
    return html`
      <button
        type="button"
        class=${on ? 'toggle' : 'toggle off'}
        data-action=${action}
        aria-label=${kind === 'camera' ? text.camera : text.microphone}
        aria-pressed=${on}
        aria-busy=${this[kind].opening}
        title=${hint}
        @click=${() => tell(this, { type: kind === 'camera' ? 'toggleVideo' : 'toggleAudio' })}
      >
        ${on ? icon : iconOff}
      </button>
    `;
  }

  readonly #canPlay = (event: Event): void => {
    playWhenAllowed(event.currentTarget as HTMLVideoElement, '', this);
  };

  readonly #typed = (event: Event): void => {
    this.draft = (event.currentTarget as HTMLInputElement).value;
  };

  readonly #join = (event: Event): void => {
    event.preventDefault();
    if (this.joining) return;
    const password = this.#passwordField?.value;
    tell(this, { type: 'join', name: this.#name.trim(), ...(password ? { password } : {}) });
  };
}
