import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import type { DeviceList } from '../lib/LocalMedia.ts';
import { icons } from './icons.ts';
import type { ChosenDevices, DeviceKind } from './LocalDevices.ts';
import { canChooseSpeaker } from './playback.ts';
import { tell } from './requests.ts';
import { base, fields } from './styles.ts';
import { text } from './text.ts';

/** Camera, microphone and, where the browser can, speaker: one select each. */
export class DevicePicker extends LitElement {
  static override properties = {
    devices: { attribute: false },
    chosen: { attribute: false },
    cameraTrack: { attribute: false },
    microphoneTrack: { attribute: false },
  };

  declare devices: DeviceList;
  declare chosen: ChosenDevices;
  /** What is captured now; shows which device the system chose. */
  declare cameraTrack: MediaStreamTrack | null;
  declare microphoneTrack: MediaStreamTrack | null;

  static override styles = [
    base,
    fields,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-4);
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { cameras, microphones, speakers } = this.devices;
    return html`
      ${this.#select('camera', text.cameraLabel, text.noCamera, cameras, this.cameraTrack)}
      ${this.#select('microphone', text.microphoneLabel, text.noMicrophone, microphones, this.microphoneTrack)}
      ${
        // There from the start, though browsers list speakers only later: nothing jumps.
        canChooseSpeaker
          ? this.#select('speaker', text.speakerLabel, text.defaultSpeaker, speakers, null)
          : nothing
      }
      <parley-speaker-test .sinkId=${this.chosen.speaker ?? ''}></parley-speaker-test>
    `;
  }

  #select(
    kind: DeviceKind,
    label: string,
    empty: string,
    all: readonly MediaDeviceInfo[],
    track: MediaStreamTrack | null,
  ): TemplateResult {
    // Before permission, browsers list one nameless device without an id.
    const devices = all.filter((device) => device.deviceId !== '');
    const placeholder = all.length > 0 && kind !== 'speaker' ? text.allowForNames : empty;
    const current = track?.getSettings().deviceId ?? this.chosen[kind];
    return html`
      <label class="field">
        <span class="label">${label}</span>
        <span class="select">
          <select
            class="input"
            data-device=${kind}
            ?disabled=${devices.length === 0}
            @change=${(event: Event) => this.#choose(kind, event)}
          >
            ${devices.length === 0 ? html`<option>${placeholder}</option>` : nothing}
            ${devices.map(
              (device, index) => html`
                <option value=${device.deviceId} .selected=${device.deviceId === current}>
                  ${device.label || text.unnamedDevice(label, index + 1)}
                </option>
              `,
            )}
          </select>
          ${icons.chevron}
        </span>
      </label>
    `;
  }

  #choose(kind: DeviceKind, event: Event): void {
    tell(this, { type: 'chooseDevice', kind, deviceId: (event.currentTarget as HTMLSelectElement).value });
  }
}
