import { LitElement, css, html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { base } from '../styles.ts';
import { text } from '../text.ts';
import type { ShownReaction } from './CallConduct.ts';

/** Columns, of the stage's width, in which reactions rise beside each other. */
const COLUMNS = 6;

/** Reactions that rise over the stage, each with the name of whose it is. */
export class ReactionLayer extends LitElement {
  static override properties = { reactions: { attribute: false } };

  declare reactions: readonly ShownReaction[];

  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset: 0;
        z-index: 12;
        overflow: hidden;
        pointer-events: none;
      }
      .one {
        position: absolute;
        bottom: 12px;
        display: grid;
        justify-items: center;
        gap: 4px;
        animation: rise 4s linear both;
      }
      .sign {
        font-size: 40px;
        line-height: 1.1;
      }
      .name {
        max-width: 120px;
        padding: 1px 9px;
        overflow: hidden;
        border-radius: 999px;
        background: rgb(0 0 0 / 62%);
        color: #fff;
        font-size: 12px;
        font-weight: 550;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @keyframes rise {
        0% {
          opacity: 0;
          transform: translateY(30px) scale(0.6);
        }
        8% {
          opacity: 1;
          transform: translateY(0) scale(1);
        }
        75% {
          opacity: 1;
        }
        100% {
          opacity: 0;
          transform: translateY(-240px) scale(1);
        }
      }
      /* Stays where it is, and goes without a movement. */
      @media (prefers-reduced-motion: reduce) {
        .one {
          animation: none !important;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.reactions = [];
  }

  protected override render(): TemplateResult {
    return html`
      <div class="hidden-text" role="log" aria-live="polite">
        ${repeat(
          this.reactions,
          ({ id }) => id,
          ({ name, reaction }) => html`<p>${text.reacted(name, reaction)}</p>`,
        )}
      </div>
      ${repeat(
        this.reactions,
        ({ id }) => id,
        ({ id, name, reaction, peerId }) => html`
          <div
            class="one"
            aria-hidden="true"
            data-role="reaction"
            data-peer-id=${peerId}
            style="left: ${4 + ((id * 7) % COLUMNS) * (84 / COLUMNS)}%"
          >
            <span class="sign">${reaction}</span><span class="name">${name}</span>
          </div>
        `,
      )}
    `;
  }
}
