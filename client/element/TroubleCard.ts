import { LitElement, css, html, type TemplateResult } from 'lit';
import { MEDIA_ROUTES, routeText } from '../../src/support/reachability.ts';
import type { ConnectionTrouble } from '../lib/publicTypes.ts';
import { icons } from './icons.ts';
import { base } from './styles.ts';
import { text } from './text.ts';

/** Why no sound and no picture get through: what helps, what was tried, and what to tell whoever runs the server. */
export class TroubleCard extends LitElement {
  static override properties = { trouble: { attribute: false } };

  declare trouble: ConnectionTrouble;

  static override styles = [
    base,
    css`
      :host {
        display: block;
        width: min(520px, 100%);
        max-height: 60cqh;
        overflow: auto;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-l);
        background: var(--parley-raised);
        box-shadow: var(--parley-shadow-raised);
        color: var(--parley-text);
        font-size: 13.5px;
        line-height: 1.45;
        pointer-events: auto;
      }
      section {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 12px;
        padding: 16px 20px;
      }
      section > svg {
        color: var(--parley-warning-text);
      }
      section > :not(svg) {
        grid-column: 2;
      }
      h2 {
        font-size: 14.5px;
        font-weight: 650;
      }
      h3 {
        margin-top: 8px;
        color: var(--parley-text-soft);
        font-size: 12.5px;
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { advice, operatorAdvice, routes } = this.trouble;
    return html`
      <section aria-labelledby="title" data-role="trouble">
        ${icons.warning}
        <h2 id="title">${text.troubleTitle}</h2>
        <p data-role="advice">${advice}</p>
        <h3>${text.troubleTried}</h3>
        <ul>
          ${MEDIA_ROUTES.map(
            (route) => html`<li data-route=${route}>${routeText(route, routes[route].outcome)}</li>`,
          )}
        </ul>
        <h3>${text.troubleOperator}</h3>
        <p data-role="operator">${operatorAdvice}</p>
      </section>
    `;
  }
}
