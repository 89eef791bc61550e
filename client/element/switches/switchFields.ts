import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { text } from '../text.ts';
import type { SwitchChange, SwitchView } from './switchChoice.ts';
import { LINES, stepOf, type QualityStep } from './videoQuality.ts';

/** The quality of pictures, and audio only: what a slow link, or a fast one, asks for. */
export function pictureFields(view: SwitchView): TemplateResult {
  const chosen = stepOf(view.videoQuality);
  const step = (value: QualityStep, label: string): TemplateResult =>
    html`<option value=${value} .selected=${value === chosen}>${label}</option>`;
  return html`
    <label class="field">
      <span class="label">${text.quality}</span>
      <span class="select">
        <select class="input" data-role="quality" aria-describedby="quality" @change=${qualityChosen}>
          ${step('low', text.qualityLow)} ${step('standard', text.qualityStandard)}
          ${step('high', text.qualityHigh)}
        </select>
        ${icons.chevron}
      </span>
      <p id="quality">
        ${{ low: text.qualityLowLead, standard: text.qualityStandardLead, high: text.qualityHighLead }[chosen]}
      </p>
    </label>
    ${flag('audio-only', 'audioOnly', view.audioOnly, text.audioOnlySwitch, text.audioOnlyLead)}
    ${flag('stop-camera', 'stopCamera', view.stopCamera, text.stopCameraToo, text.stopCameraTooLead, 'sub')}
  `;
}

/** Captions: those of the others, and of the person where the browser can write them. */
export function captionFields(view: SwitchView): TemplateResult {
  return html`
    ${flag('captions', 'captions', view.captions, text.captionsShow, text.captionsShowLead)}
    ${
      view.canCaption
        ? flag('caption-me', 'captionMe', view.captionMe, text.captionMe, text.captionMeLead, 'sub')
        : nothing
    }
  `;
}

function flag(
  role: string,
  name: Exclude<keyof SwitchChange, 'videoQuality'>,
  on: boolean,
  label: string,
  lead: string,
  look = '',
): TemplateResult {
  return html`
    <label class="switch ${look}">
      ${label}
      <input
        type="checkbox"
        data-role=${role}
        aria-describedby="${role}-lead"
        .checked=${live(on)}
        @change=${(event: Event) => {
          const box = event.currentTarget as HTMLInputElement;
          tell(box, { type: 'switch', change: { [name]: box.checked } });
        }}
      />
      <p id="${role}-lead">${lead}</p>
    </label>
  `;
}

function qualityChosen(event: Event): void {
  const select = event.currentTarget as HTMLSelectElement;
  tell(select, { type: 'switch', change: { videoQuality: LINES[select.value as QualityStep] } });
}
