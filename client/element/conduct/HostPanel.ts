import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { MAX_FILE_SIZE, MAX_PASSWORD_LENGTH, type RoomSettings } from '../../../src/protocol/conduct.ts';
import type { SettingsUpdate } from '../../lib/conductTypes.ts';
import { icons } from '../icons.ts';
import { panelHead } from '../panelHead.ts';
import { ask, tell } from '../requests.ts';
import { base, buttons, fields, panels } from '../styles.ts';
import { text } from '../text.ts';
import { hostPanelStyles } from './hostPanelStyles.ts';

interface Switch {
  name: string;
  label: string;
  lead?: string;
  on: boolean;
  change: (on: boolean) => SettingsUpdate;
}

/** What hosts set of the room: who comes in, and what the others may do. */
export class HostPanel extends LitElement {
  static override properties = {
    settings: { attribute: false },
    saving: { state: true },
    wished: { state: true },
    problem: { state: true },
  };

  declare settings: Readonly<RoomSettings>;
  declare protected saving: boolean;
  /** What was switched and is on its way. */
  declare protected wished: { name: string; on: boolean } | null;
  declare protected problem: string | null;

  static override styles = [base, buttons, fields, panels, hostPanelStyles];

  constructor() {
    super();
    this.saving = false;
    this.wished = null;
    this.problem = null;
  }

  /** Puts the focus on the panel's close button. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('settings')) this.wished = null;
  }

  protected override render(): TemplateResult {
    const { locked, waitingRoom, webinar, chat, screenShare, unmute, maxFileSize } = this.settings;
    return html`
      ${panelHead(text.hostControls, this)}
      <div class="body">
        <p class="problem" role="alert" ?hidden=${this.problem === null}>${this.problem}</p>
        <section aria-labelledby="comes-in">
          <h3 id="comes-in">${text.hostWhoComesIn}</h3>
          ${this.#switch({ name: 'locked', label: text.lock, lead: text.lockLead, on: locked, change: (on) => ({ locked: on }) })}
          ${this.#switch({
            name: 'waitingRoom',
            label: text.waitingRoom,
            lead: text.waitingRoomLead,
            on: waitingRoom,
            change: (on) => ({ waitingRoom: on }),
          })}
          ${this.#password()}
        </section>
        <section aria-labelledby="may">
          <h3 id="may">${text.hostWhoMay}</h3>
          ${this.#switch({ name: 'chat', label: text.mayChat, on: chat, change: (on) => ({ chat: on }) })}
          ${this.#switch({
            name: 'files',
            label: text.maySendFiles,
            on: maxFileSize > 0,
            change: (on) => ({ maxFileSize: on ? MAX_FILE_SIZE : 0 }),
          })}
          ${this.#switch({
            name: 'screenShare',
            label: text.mayShare,
            on: screenShare,
            change: (on) => ({ screenShare: on }),
          })}
          ${this.#switch({
            name: 'unmute',
            label: text.mayUnmute,
            lead: text.mayUnmuteLead,
            on: unmute,
            change: (on) => ({ unmute: on }),
          })}
          ${this.#switch({
            name: 'webinar',
            label: text.webinar,
            lead: text.webinarLead,
            on: webinar,
            change: (on) => ({ webinar: on }),
          })}
        </section>
      </div>
      <footer>
        <button
          class="button"
          data-action="mute-everyone"
          @click=${() => tell(this, { type: 'conduct', act: { do: 'muteEveryone' } })}
        >
          ${icons.microphoneOff} ${text.muteEveryone}
        </button>
      </footer>
    `;
  }

  /** Shows what is set, and while a change is on its way, what was asked for. */
  #switch({ name, label, lead, on, change }: Switch): TemplateResult {
    const { wished } = this;
    const isWished = wished?.name === name;
    const switched = (event: Event): void => {
      const { checked } = event.currentTarget as HTMLInputElement;
      this.wished = { name, on: checked };
      void this.#change(change(checked));
    };
    return html`<label class="switch">
      <span>${label}</span>
      <input
        type="checkbox"
        role="switch"
        data-setting=${name}
        aria-busy=${isWished}
        aria-describedby=${lead === undefined ? nothing : `${name}-lead`}
        .checked=${live(isWished ? wished.on : on)}
        @change=${switched}
      />
      ${lead === undefined ? nothing : html`<span class="lead" id="${name}-lead">${lead}</span>`}
    </label>`;
  }

  #password(): TemplateResult {
    const { hasPassword } = this.settings;
    return html`<form class="password" @submit=${this.#setPassword}>
      <p class="state" role="status">
        ${icons.shield}<span>${hasPassword ? text.passwordSet : text.passwordNone}</span>
        ${
          hasPassword
            ? html`<button
                type="button"
                class="button small"
                data-action="remove-password"
                @click=${() => this.#change({ password: null })}
              >
                ${text.passwordRemove}
              </button>`
            : nothing
        }
      </p>
      <div class="row">
        <input
          class="input"
          type="password"
          autocomplete="new-password"
          data-role="new-password"
          maxlength=${MAX_PASSWORD_LENGTH}
          aria-label=${text.passwordNew}
          placeholder=${text.passwordNew}
        />
        <button class="button" type="submit" data-action="set-password" ?disabled=${this.saving}>
          ${text.passwordSave}
        </button>
      </div>
    </form>`;
  }

  readonly #setPassword = (event: Event): void => {
    event.preventDefault();
    const input = this.renderRoot.querySelector<HTMLInputElement>('[data-role="new-password"]');
    if (!input || input.value === '') return;
    void this.#change({ password: input.value }).then((changed) => {
      if (changed) input.value = '';
    });
  };

  async #change(change: SettingsUpdate): Promise<boolean> {
    this.saving = true;
    this.problem = null;
    try {
      await ask(this, { type: 'conduct', act: { do: 'changeSettings', change } });
      return true;
    } catch {
      this.problem = text.hostFailed;
      // What was refused goes back.
      this.wished = null;
      return false;
    } finally {
      this.saving = false;
    }
  }
}
