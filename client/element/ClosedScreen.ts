import { LitElement, css, html, type TemplateResult } from 'lit';
import type { RoomCloseReason } from '../lib/publicTypes.ts';
import { icons } from './icons.ts';
import { tell } from './requests.ts';
import { base, buttons } from './styles.ts';
import { text } from './text.ts';

const SAYINGS: Record<RoomCloseReason, () => [string, string]> = {
  left: () => [text.closedLeft, text.closedLeftLead],
  removed: () => [text.closedRemoved, text.closedRemovedLead],
  replaced: () => [text.closedReplaced, text.closedReplacedLead],
  roomClosed: () => [text.closedRoom, text.closedRoomLead],
  serverClosed: () => [text.closedServer, text.closedServerLead],
  timeout: () => [text.closedLost, text.closedLostLead],
  connectionLost: () => [text.closedLost, text.closedLostLead],
};

/** The screen after the call: why it is over, and the way back in. */
export class ClosedScreen extends LitElement {
  static override properties = { reason: {} };

  declare reason: RoomCloseReason;

  static override styles = [
    base,
    buttons,
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
        animation: appear 0.25s var(--parley-ease);
      }
      @keyframes appear {
        from {
          opacity: 0;
          transform: translateY(8px);
        }
      }
      .mark {
        display: grid;
        place-items: center;
        width: 64px;
        height: 64px;
        margin-bottom: 20px;
        border-radius: 22px;
        background: var(--parley-sunken);
        color: var(--parley-text-soft);
      }
      .mark svg {
        width: 28px;
        height: 28px;
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
      }
    `,
  ];

  /** Puts the focus on the way back in. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  protected override firstUpdated(): void {
    this.focus();
  }

  protected override render(): TemplateResult {
    const [title, lead] = SAYINGS[this.reason]();
    return html`
      <div part="closed">
        <span class="mark">${icons.leave}</span>
        <h1 id="title">${title}</h1>
        <p id="lead">${lead}</p>
        <button
          class="button primary"
          data-action="rejoin"
          aria-describedby="title lead"
          @click=${() => tell(this, { type: 'rejoin' })}
        >
          ${icons.refresh} ${text.rejoin}
        </button>
        <slot name="closed"></slot>
      </div>
    `;
  }
}
