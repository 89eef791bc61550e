import { LitElement, css, html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { DeviceList } from '../lib/LocalMedia.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import { icons } from './icons.ts';
import { LANGUAGES } from './languages/languages.ts';
import { panelHead } from './panelHead.ts';
import { tell } from './requests.ts';
import { stageIcons } from './stage/stageIcons.ts';
import { base, buttons, fields, panels } from './styles.ts';
import type { SwitchView } from './switches/switchChoice.ts';
import { captionFields, pictureFields } from './switches/switchFields.ts';
import { text } from './text.ts';

/** The choice of devices and of quality during the call, captions, and whether single letters are shortcuts (WCAG 2.1.4). */
export class SettingsPanel extends LitElement {
  static override properties = {
    devices: { attribute: false },
    chosen: { attribute: false },
    shortcuts: { attribute: false },
    sounds: { attribute: false },
    language: { attribute: false },
    noiseFilter: { attribute: false },
    switches: { attribute: false },
    cameraTrack: { attribute: false },
    microphoneTrack: { attribute: false },
  };

  declare devices: DeviceList;
  declare chosen: ChosenDevices;
  declare shortcuts: boolean;
  declare sounds: boolean;
  /** What the person chose; empty: the browser's. */
  declare language: string;
  declare noiseFilter: boolean;
  declare switches: SwitchView;
  declare cameraTrack: MediaStreamTrack | null;
  declare microphoneTrack: MediaStreamTrack | null;

  static override styles = [
    base,
    buttons,
    fields,
    panels,
    css`
      .body {
        display: grid;
        align-content: start;
        gap: var(--parley-space-4);
        flex: 1;
        min-height: 0;
        overflow-y: auto;
        padding: 18px;
      }
      p {
        color: var(--parley-text-soft);
        font-size: 13px;
      }
      .level {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 24px;
        font-size: 13px;
        font-weight: 500;
        color: var(--parley-text-soft);
        --level-color: var(--parley-accent);
      }
      .switch {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 2px var(--parley-space-4);
        padding-top: var(--parley-space-4);
        border-top: 1px solid var(--parley-border);
        font-size: 14px;
        font-weight: 500;
        cursor: pointer;
      }
      /* Belongs to the one above. */
      .switch.sub {
        padding-top: 0;
        padding-inline-start: 14px;
        border-top: 0;
      }
      .part {
        display: grid;
        gap: var(--parley-space-4);
        padding-top: var(--parley-space-4);
        border-top: 1px solid var(--parley-border);
      }
      .switch input {
        width: 22px;
        height: 22px;
        margin: 0;
        accent-color: var(--parley-accent);
        cursor: pointer;
      }
      .switch p {
        grid-column: 1 / -1;
        font-weight: 400;
      }
    `,
  ];

  /** Puts the focus on the panel's close button. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${panelHead(text.settingsTitle, this)}
      <div class="body">
        <p>${text.settingsLead}</p>
        <parley-device-picker
          .devices=${this.devices}
          .chosen=${this.chosen}
          .cameraTrack=${this.cameraTrack}
          .microphoneTrack=${this.microphoneTrack}
        ></parley-device-picker>
        <div class="level" ?hidden=${!this.microphoneTrack}>
          <span>${text.microphoneLevel}</span>
          <parley-level .track=${this.microphoneTrack}></parley-level>
        </div>
        <label class="switch">
          ${text.noiseSuppression}
          <input
            type="checkbox"
            data-role="noise-filter"
            aria-describedby="noise"
            .checked=${live(this.noiseFilter)}
            @change=${this.#noiseChanged}
          />
          <p id="noise">${text.noiseSuppressionLead}</p>
        </label>
        <div class="part">${pictureFields(this.switches)}</div>
        ${captionFields(this.switches)}
        <label class="switch">
          ${text.shortcuts}
          <input
            type="checkbox"
            data-role="shortcuts"
            aria-describedby="keys"
            .checked=${this.shortcuts}
            @change=${this.#shortcutsChanged}
          />
          <p id="keys">${text.shortcutKeys}</p>
        </label>
        <button
          class="button"
          data-action="open-statistics"
          @click=${() => tell(this, { type: 'showStatistics', peerId: null })}
        >
          ${stageIcons.plot} ${text.statistics}
        </button>
        <button
          class="button small"
          data-action="show-shortcuts"
          @click=${() => tell(this, { type: 'toggleHelp' })}
        >
          ${text.allShortcuts}
        </button>
        <label class="switch">
          ${text.sounds}
          <input
            type="checkbox"
            data-role="sounds"
            aria-describedby="sounds"
            .checked=${this.sounds}
            @change=${this.#soundsChanged}
          />
          <p id="sounds">${text.soundsLead}</p>
        </label>
        <label class="field">
          <span class="label">${text.language}</span>
          <span class="select">
            <select class="input" data-role="language" @change=${this.#languageChanged}>
              <option value="" .selected=${this.language === ''}>${text.languageOfBrowser}</option>
              ${LANGUAGES.map(
                ({ tag, name, direction }) =>
                  html`<option value=${tag} lang=${tag} dir=${direction} .selected=${tag === this.language}>
                    ${name}
                  </option>`,
              )}
            </select>
            ${icons.chevron}
          </span>
        </label>
      </div>
    `;
  }

  #noiseChanged(event: Event): void {
    if (event.target instanceof HTMLInputElement) {
      tell(this, { type: 'filterNoise', on: event.target.checked });
    }
  }

  #soundsChanged(event: Event): void {
    if (event.target instanceof HTMLInputElement) {
      tell(this, { type: 'useSounds', on: event.target.checked });
    }
  }

  #languageChanged(event: Event): void {
    if (event.target instanceof HTMLSelectElement) {
      tell(this, { type: 'useLanguage', tag: event.target.value });
    }
  }

  #shortcutsChanged(event: Event): void {
    if (event.target instanceof HTMLInputElement) {
      tell(this, { type: 'useShortcuts', on: event.target.checked });
    }
  }
}
