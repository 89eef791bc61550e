import { LitElement, css, html, type TemplateResult } from 'lit';
import type { DeviceList } from '../lib/LocalMedia.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import { panelHead } from './panelHead.ts';
import { base, buttons, panels } from './styles.ts';
import { text } from './text.ts';

/** The choice of devices during the call. */
export class SettingsPanel extends LitElement {
  static override properties = {
    devices: { attribute: false },
    chosen: { attribute: false },
    cameraTrack: { attribute: false },
    microphoneTrack: { attribute: false },
  };

  declare devices: DeviceList;
  declare chosen: ChosenDevices;
  declare cameraTrack: MediaStreamTrack | null;
  declare microphoneTrack: MediaStreamTrack | null;

  static override styles = [
    base,
    buttons,
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
      </div>
    `;
  }
}
