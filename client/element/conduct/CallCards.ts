import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import type { WaitingPeer } from '../../../src/protocol/conduct.ts';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { base, buttons } from '../styles.ts';
import { text } from '../text.ts';
import type { ConductAct } from './acts.ts';

/** What somebody wants an answer to, over the stage: to come in, or to hear this person. */
export class CallCards extends LitElement {
  static override properties = { waiting: { attribute: false }, unmuteAsked: { attribute: false } };

  /** Empty where it is on the screen elsewhere. */
  declare waiting: readonly WaitingPeer[];
  /** Who asks; null: nobody. */
  declare unmuteAsked: string | null;

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        justify-items: center;
        gap: 10px;
        width: 100%;
      }
      .card {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px 14px;
        max-width: min(520px, 100%);
        padding-block: 10px;
        padding-inline: 18px 10px;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-l);
        background: var(--parley-raised);
        box-shadow: var(--parley-shadow-raised);
        font-size: 14px;
        pointer-events: auto;
        animation: drop 0.22s var(--parley-ease);
      }
      @keyframes drop {
        from {
          opacity: 0;
          transform: translateY(-8px);
        }
      }
      p {
        display: flex;
        flex: 1 1 auto;
        align-items: center;
        gap: 10px;
        min-width: 0;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      p svg {
        color: var(--parley-accent-text);
      }
      .answers {
        display: flex;
        gap: 8px;
        margin-inline-start: auto;
      }
    `,
  ];

  constructor() {
    super();
    this.waiting = [];
    this.unmuteAsked = null;
  }

  protected override render(): TemplateResult {
    const [first] = this.waiting;
    return html`
      ${this.unmuteAsked === null ? nothing : this.#unmute(this.unmuteAsked)}
      ${first ? this.#knock(first, this.waiting.length) : nothing}
    `;
  }

  #unmute(name: string): TemplateResult {
    return html`<div class="card" role="group" data-role="unmute-asked" aria-label=${text.unmuteAsked(name)}>
      <p>${icons.microphone}<span>${text.unmuteAsked(name)}</span></p>
      <span class="answers">
        ${this.#button('stay-muted', text.stayMuted, { do: 'answerUnmute', unmute: false })}
        ${this.#button('unmute-asked', text.unmute, { do: 'answerUnmute', unmute: true }, true)}
      </span>
    </div>`;
  }

  #knock({ knockId, name }: WaitingPeer, count: number): TemplateResult {
    const sentence = count === 1 ? text.knocks(name) : text.knocking(count);
    return html`<div class="card" role="group" data-role="knock" aria-label=${sentence}>
      <p>${icons.person}<span>${sentence}</span></p>
      <span class="answers">
        ${
          count === 1
            ? html`${this.#button('deny', text.deny, { do: 'deny', knockId })}
              ${this.#button('admit', text.admit, { do: 'admit', knockId }, true)}`
            : html`<button
                  class="button small"
                  data-action="look-who-waits"
                  @click=${() => tell(this, { type: 'togglePanel', panel: 'people' })}
                >
                  ${text.look}
                </button>
                ${this.#button('admit-all', text.admitAll, { do: 'admitAll' }, true)}`
        }
      </span>
    </div>`;
  }

  #button(action: string, label: string, act: ConductAct, primary = false): TemplateResult {
    return html`<button
      class="button small ${primary ? 'primary' : ''}"
      data-action=${action}
      @click=${() => tell(this, { type: 'conduct', act })}
    >
      ${label}
    </button>`;
  }
}
