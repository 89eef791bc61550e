import { LitElement, css, html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { base } from '../styles.ts';
import { text } from '../text.ts';
import type { CaptionLine } from './CaptionBoard.ts';

/**
 * What is being said, under the participants.
 *
 * On the screen a line grows while somebody speaks. Whoever hears the page is told each utterance once, when it is over.
 */
export class CaptionLayer extends LitElement {
  static override properties = { lines: { attribute: false }, said: { attribute: false } };

  declare lines: readonly CaptionLine[];
  declare said: readonly CaptionLine[];

  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset-inline: 0;
        bottom: 0;
        z-index: 11;
        display: grid;
        justify-items: center;
        gap: 6px;
        padding: 0 24px 14px;
        pointer-events: none;
      }
      .line {
        max-width: min(820px, 100%);
        padding: 7px 14px 8px;
        border-radius: 10px;
        background: rgb(8 11 10 / 92%);
        color: #fff;
        font-size: clamp(15px, 1.1vw + 8px, 22px);
        line-height: 1.38;
        overflow-wrap: anywhere;
        animation: come 0.15s var(--parley-ease);
      }
      .name {
        margin-inline-end: 0.45em;
        color: #8fe3c8;
        font-weight: 650;
      }
      .name::after {
        content: ':';
      }
      @keyframes come {
        from {
          opacity: 0;
        }
      }
      @container (width < 760px) {
        :host {
          padding: 0 14px 10px;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.lines = [];
    this.said = [];
  }

  protected override render(): TemplateResult {
    return html`
      <div class="hidden-text" role="log" aria-live="polite" aria-label=${text.captions}>
        ${repeat(
          this.said,
          ({ key }) => key,
          ({ name, text: said, language }) => html`<p>${name}: <span lang=${language}>${said}</span></p>`,
        )}
      </div>
      ${repeat(
        this.lines,
        ({ key }) => key,
        ({ name, text: said, language }) => html`
          <div class="line" aria-hidden="true" data-role="caption">
            <bdi class="name">${name}</bdi><bdi lang=${language}>${said}</bdi>
          </div>
        `,
      )}
    `;
  }
}
