import { LitElement, css, html, type TemplateResult } from 'lit';
import { tell } from '../requests.ts';
import { base, buttons, spinner } from '../styles.ts';
import { text } from '../text.ts';

/** The screen of somebody whom a host has to let in. */
export class WaitingScreen extends LitElement {
  static override properties = { room: {} };

  declare room: string;

  static override styles = [
    base,
    buttons,
    spinner,
    css`
      :host {
        display: grid;
        place-items: center;
        height: 100%;
        padding: var(--parley-space-5);
        text-align: center;
      }
      div {
        display: grid;
        justify-items: center;
        max-width: 420px;
      }
      .spinner {
        width: 34px;
        height: 34px;
        margin-bottom: 24px;
        border-width: 3px;
        color: var(--parley-accent);
      }
      h1 {
        font-size: 24px;
        font-weight: 680;
        letter-spacing: -0.02em;
        line-height: 1.25;
      }
      p {
        margin: 8px 0 24px;
        color: var(--parley-text-soft);
        line-height: 1.5;
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <div data-role="waiting">
        <span class="spinner" aria-hidden="true"></span>
        <h1 id="title" role="status">${text.waitingTitle}</h1>
        <p id="lead">${text.waitingLead(this.room)}</p>
        <button
          class="button"
          data-action="give-up"
          aria-describedby="title lead"
          @click=${() => tell(this, { type: 'giveUp' })}
        >
          ${text.giveUp}
        </button>
      </div>
    `;
  }
}
