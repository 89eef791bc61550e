import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { SHORTCUTS } from '../shortcuts.ts';
import { base, buttons } from '../styles.ts';
import { text } from '../text.ts';

/** The keys and what they do, over everything until it is closed. */
export class ShortcutSheet extends LitElement {
  static override properties = { active: { type: Boolean } };

  /** Whether the keys are on. */
  declare active: boolean;

  static override styles = [
    base,
    buttons,
    css`
      dialog {
        width: min(440px, 100vw - 32px);
        max-height: min(620px, 100dvh - 32px);
        padding: 0;
        overflow: auto;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-l);
        background: var(--parley-surface);
        box-shadow: var(--parley-shadow-raised);
        color: var(--parley-text);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      header {
        position: sticky;
        top: 0;
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        padding-block: 12px;
        padding-inline: 20px 12px;
        border-bottom: 1px solid var(--parley-border);
        background: inherit;
      }
      h2 {
        flex: 1;
        font-size: 16px;
        font-weight: 650;
      }
      .off {
        padding: 12px 20px 0;
        color: var(--parley-warning-text);
        font-size: 13.5px;
      }
      dl {
        margin: 0;
        padding: 8px 20px 16px;
      }
      dl > div {
        display: flex;
        align-items: center;
        gap: var(--parley-space-4);
        min-height: 44px;
      }
      dl > div + div {
        border-top: 1px solid var(--parley-border);
      }
      dt {
        order: 1;
        flex: none;
      }
      dd {
        flex: 1;
        margin: 0;
        padding-block: 8px;
        line-height: 1.4;
      }
      kbd {
        display: inline-block;
        min-width: 32px;
        padding: 4px 9px;
        border: 1px solid var(--parley-border-strong);
        border-bottom-width: 2px;
        border-radius: var(--parley-radius-s);
        background: var(--parley-bg);
        font: inherit;
        font-size: 13px;
        font-weight: 600;
        line-height: 1.3;
        text-align: center;
      }
    `,
  ];

  constructor() {
    super();
    this.active = true;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  protected override render(): TemplateResult {
    const talk = this.#row(text.spaceKey, text.keyTalk);
    const rows = SHORTCUTS.map(({ key, shown, does }) => this.#row(shown?.() ?? key.toUpperCase(), does()));
    // What is held comes after the microphone that it is about.
    const [microphone, ...others] = rows;
    return html`
      <dialog
        data-role="shortcut-sheet"
        aria-labelledby="title"
        @close=${() => tell(this, { type: 'closeHelp' })}
        @click=${this.#clicked}
        @keydown=${this.#keydown}
      >
        <header>
          <h2 id="title">${text.shortcuts}</h2>
          <button
            class="icon-button"
            data-action="close-shortcuts"
            aria-label=${text.close}
            title=${text.close}
            @click=${this.#close}
          >
            ${icons.close}
          </button>
        </header>
        ${this.active ? nothing : html`<p class="off">${text.shortcutsAreOff}</p>`}
        <dl>${microphone}${talk}${others}</dl>
      </dialog>
    `;
  }

  #row(key: string, does: string): TemplateResult {
    return html`<div>
      <dt><kbd>${key}</kbd></dt>
      <dd>${does}</dd>
    </div>`;
  }

  /** A dialog that is closed gives the focus back, one that is taken away does not. */
  readonly #close = (): void => this.renderRoot.querySelector('dialog')?.close();

  /** On what is around it. */
  readonly #clicked = (event: Event): void => {
    if (event.target === event.currentTarget) this.#close();
  };

  /** Its keys are not those of the call behind it. */
  readonly #keydown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === '?') this.#close();
  };
}
