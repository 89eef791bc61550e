import { html, type TemplateResult } from 'lit';
import { icons } from './icons.ts';
import { tell } from './requests.ts';
import { text } from './text.ts';

/** The title line of a panel with its close button; goes with the `panels` styles. */
export function panelHead(title: string, panel: HTMLElement): TemplateResult {
  return html`
    <header class="panel-head">
      <h2 id="title">${title}</h2>
      <button
        class="icon-button"
        data-action="close-panel"
        aria-label=${text.close}
        title=${text.close}
        @click=${() => tell(panel, { type: 'closePanel' })}
      >
        ${icons.close}
      </button>
    </header>
  `;
}
