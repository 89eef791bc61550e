import { LitElement, css, html, type TemplateResult } from 'lit';
import { controlBarStyles } from '../controlBarStyles.ts';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { base } from '../styles.ts';
import { text } from '../text.ts';
import { REACTIONS } from './acts.ts';
import type { Menu, MenuItem } from './Menu.ts';

/** The raised hand and the reactions, in the control bar; where it is narrow, the hand is among the reactions. */
export class HandControls extends LitElement {
  static override properties = { raised: { type: Boolean }, allowed: { type: Boolean } };

  declare raised: boolean;
  /** Reactions may be sent. */
  declare allowed: boolean;

  static override styles = [
    base,
    controlBarStyles,
    css`
      :host {
        display: contents;
        /* Without a box it would answer no question about its width; the bar does. */
        container-type: normal;
      }
      @container (width < 560px) {
        .hand {
          display: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.raised = false;
    this.allowed = true;
  }

  protected override render(): TemplateResult {
    const hint = this.raised ? text.lowerOwnHand : text.raiseHand;
    return html`
      <button
        class="control hand ${this.raised ? 'active' : ''}"
        part="toolbar-button"
        data-action="toggle-hand"
        aria-label=${text.raiseHand}
        aria-pressed=${this.raised}
        @click=${() => tell(this, { type: 'conduct', act: { do: 'toggleHand' } })}
      >
        ${icons.hand}<span class="tip" aria-hidden="true">${text.withKey(hint, 'H')}</span>
      </button>
      <button
        class="control"
        part="toolbar-button"
        data-action="open-reactions"
        aria-label=${text.react}
        aria-haspopup="menu"
        popovertarget="reactions"
        @click=${this.#opening}
      >
        ${icons.smile}<span class="tip" aria-hidden="true">${text.react}</span>
      </button>
      <parley-menu id="reactions" .label=${text.reactions} .items=${this.#items}></parley-menu>
    `;
  }

  get #items(): MenuItem[] {
    const reactions = REACTIONS.map((reaction): MenuItem => ({
      action: 'react',
      label: text.reactWith(reaction),
      sign: reaction,
      request: { type: 'conduct', act: { do: 'react', reaction } },
    }));
    const hand: MenuItem = {
      action: 'menu-hand',
      label: this.raised ? text.lowerOwnHand : text.raiseHand,
      icon: icons.hand,
      request: { type: 'conduct', act: { do: 'toggleHand' } },
    };
    return [...(this.allowed ? reactions : []), hand];
  }

  readonly #opening = (event: Event): void => {
    this.renderRoot.querySelector<Menu>('parley-menu')?.openFrom(event.currentTarget as HTMLElement);
  };
}
