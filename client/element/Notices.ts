import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icons } from './icons.ts';
import type { Announcement, Notice } from './NoticeBoard.ts';
import { tell } from './requests.ts';
import { base, buttons } from './styles.ts';
import type { AudioOnlyOffer } from './switches/switchChoice.ts';
import { text } from './text.ts';

/** Short-lived notices, those that stay as long as they are true, and what a screen reader says. */
export class Notices extends LitElement {
  static override properties = {
    notices: { attribute: false },
    soundBlocked: { type: Boolean },
    offer: { attribute: false },
    announcements: { attribute: false },
  };

  declare notices: readonly Notice[];
  declare soundBlocked: boolean;
  /** Why audio only is offered; null: it is not. */
  declare offer: AudioOnlyOffer;
  declare announcements: readonly Announcement[];

  static override styles = [
    base,
    buttons,
    css`
      :host {
        position: absolute;
        inset-inline: 0;
        bottom: 86px;
        z-index: 20;
        padding: 0 16px;
        pointer-events: none;
      }
      .list {
        display: grid;
        justify-items: center;
      }
      .notice {
        display: flex;
        margin-top: 8px;
        align-items: center;
        gap: 10px;
        max-width: min(480px, 100%);
        min-height: 42px;
        padding: 9px 16px;
        border-radius: 14px;
        background: light-dark(#1b2120, #eef2f1);
        box-shadow: var(--parley-shadow-raised);
        color: light-dark(#fff, #131817);
        font-size: 13.5px;
        font-weight: 500;
        line-height: 1.4;
        pointer-events: auto;
        animation: rise 0.2s var(--parley-ease);
      }
      .notice.error {
        padding-inline-end: 6px;
      }
      .notice.error > svg {
        color: light-dark(#ff9a9d, #cf2a3c);
      }
      .notice .text {
        overflow-wrap: anywhere;
      }
      .notice .icon-button {
        flex: none;
        width: 32px;
        height: 32px;
        color: inherit;
      }
      .notice .icon-button:hover {
        background: light-dark(rgb(255 255 255 / 14%), rgb(0 0 0 / 8%));
      }
      .notice.sound,
      .notice.offer {
        padding-inline-end: 8px;
      }
      .notice > .button {
        flex: none;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(8px);
        }
      }
    `,
  ];

  constructor() {
    super();
    this.notices = [];
    this.soundBlocked = false;
    this.offer = null;
    this.announcements = [];
  }

  protected override render(): TemplateResult {
    const errors = this.notices.filter((notice) => notice.kind === 'error');
    const infos = this.notices.filter((notice) => notice.kind === 'info');
    return html`
      <div class="hidden-text" aria-live="polite" data-role="announcements">
        ${repeat(
          this.announcements,
          (announcement) => announcement.id,
          (announcement) => html`<p>${announcement.text}</p>`,
        )}
      </div>
      <div class="list" role="status" aria-live="polite">
        ${repeat(
          infos,
          (notice) => notice.id,
          (notice) =>
            html`<div class="notice" data-role="notice"><span class="text">${notice.text}</span></div>`,
        )}
        ${this.#audioOnly()}
      </div>
      <div class="list" role="alert">
        ${repeat(
          errors,
          (notice) => notice.id,
          (notice) => html`
            <div class="notice error" data-role="notice">
              ${icons.warning}<span class="text">${notice.text}</span>
              <button
                class="icon-button"
                data-action="dismiss-notice"
                aria-label=${text.dismiss}
                @click=${() => tell(this, { type: 'dismissNotice', id: notice.id })}
              >
                ${icons.close}
              </button>
            </div>
          `,
        )}
        ${
          this.soundBlocked
            ? html`<div class="notice sound">
                ${icons.speaker}<span class="text">${text.hearBlocked}</span>
                <button
                  class="button primary small"
                  data-action="play-audio"
                  @click=${() => tell(this, { type: 'playAudio' })}
                >
                  ${text.hearAction}
                </button>
              </div>`
            : nothing
        }
      </div>
    `;
  }

  /** Never done by itself: the person may want to see as little as comes. */
  #audioOnly(): TemplateResult | typeof nothing {
    if (this.offer === null) return nothing;
    const none = this.offer === 'noPictures';
    const button = none ? text.audioOnlyStay : text.audioOnlyAction;
    return html`
      <div class="notice offer" data-role="audio-only">
        ${icons.warning}<span class="text">${none ? text.audioOnly : text.audioOnlyOffer}</span>
        <button
          class="button primary small"
          data-action="go-audio-only"
          @click=${() => tell(this, { type: 'switch', change: { audioOnly: true } })}
        >
          ${button}
        </button>
        ${
          none
            ? nothing
            : html`<button
                class="icon-button"
                data-action="decline-audio-only"
                aria-label=${text.dismiss}
                @click=${() => tell(this, { type: 'declineAudioOnly' })}
              >
                ${icons.close}
              </button>`
        }
      </div>
    `;
  }
}
