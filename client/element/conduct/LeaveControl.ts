import { LitElement, css, html, type TemplateResult } from 'lit';
import { controlBarStyles } from '../controlBarStyles.ts';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { base } from '../styles.ts';
import { text } from '../text.ts';
import type { Menu, MenuItem } from './Menu.ts';

/** The way out: at once, or, for hosts who are not alone, a choice between leaving and ending the call. */
export class LeaveControl extends LitElement {
  static override properties = { choice: { type: Boolean } };

  /** Leaving is not the only way. */
  declare choice: boolean;

  static override styles = [
    base,
    controlBarStyles,
    css`
      :host {
        display: contents;
        /* Without a box it would answer no question about its width; the bar does. */
        container-type: normal;
      }
    `,
  ];

  constructor() {
    super();
    this.choice = false;
  }

  protected override render(): TemplateResult {
    const look = html`${icons.leave}<span class="tip" aria-hidden="true">${text.leave}</span>`;
    if (!this.choice) {
      return html`<button
        class="control leave"
        part="leave-button"
        data-action="leave"
        aria-label=${text.leave}
        @click=${() => tell(this, { type: 'leave' })}
      >
        ${look}
      </button>`;
    }
    return html`
      <button
        class="control leave"
        part="leave-button"
        data-action="open-leave"
        aria-label=${text.leave}
        aria-haspopup="menu"
        popovertarget="ways"
        @click=${this.#opening}
      >
        ${look}
      </button>
      <parley-menu id="ways" .label=${text.leaveHow} .items=${this.#items}></parley-menu>
    `;
  }

  get #items(): MenuItem[] {
    return [
      { action: 'leave', label: text.leaveOnly, icon: icons.arrow, request: { type: 'leave' } },
      {
        action: 'end-for-all',
        label: text.endForAll,
        icon: icons.close,
        danger: true,
        request: { type: 'conduct', act: { do: 'endForAll' } },
      },
    ];
  }

  readonly #opening = (event: Event): void => {
    this.renderRoot.querySelector<Menu>('parley-menu')?.openFrom(event.currentTarget as HTMLElement);
  };
}
