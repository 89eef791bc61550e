import { html, nothing, type TemplateResult } from 'lit';
import type { RoomState } from '../lib/publicTypes.ts';
import { tell } from './requests.ts';
import { text } from './text.ts';

/** What lies over the participants as long as it lasts: a recording, a connection that is lost, pictures that are left out, what waits for an answer (`cards`), media that does not get through. */
export function roomBanners(
  { recording, status, trouble }: RoomState,
  audioOnly: boolean,
  cards: TemplateResult,
): TemplateResult {
  return html`
    <div class="recording-place" role="status">
      ${
        recording
          ? html`<div class="recording" data-role="recording" title=${text.recordingLabel}>
              <span class="dot" aria-hidden="true"></span>${text.recording}
            </div>`
          : nothing
      }
    </div>
    <div class="banner-place" role="status">
      ${
        status === 'reconnecting'
          ? html`<div class="banner" data-role="banner">
              <span class="spinner"></span>${text.reconnecting}
            </div>`
          : nothing
      }
      ${
        status === 'waiting'
          ? html`<div class="banner" data-role="banner">
              <span class="spinner"></span>${text.waitingAgain}
            </div>`
          : nothing
      }
      ${
        audioOnly
          ? html`<div class="banner calm" data-role="audio-only-chosen">
              <span class="said">${text.audioOnlyChosen}</span>
              <button class="button small" data-action="show-pictures" @click=${showPictures}>
                ${text.showPictures}
              </button>
            </div>`
          : nothing
      }
      ${cards} ${trouble ? html`<parley-trouble .trouble=${trouble}></parley-trouble>` : nothing}
    </div>
  `;
}

function showPictures({ currentTarget }: Event): void {
  tell(currentTarget as HTMLElement, { type: 'switch', change: { audioOnly: false } });
}
