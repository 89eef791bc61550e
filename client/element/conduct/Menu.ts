import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { tell, type Request } from '../requests.ts';
import { base } from '../styles.ts';

/** One thing that a menu offers. */
export interface MenuItem {
  /** Its `data-action`. */
  action: string;
  label: string;
  request: Request;
  icon?: TemplateResult;
  /** Stands in a row of signs, and shows this in place of the label. */
  sign?: string;
  /** It takes something away. */
  danger?: boolean;
  /** A line is drawn before it. */
  apart?: boolean;
}

/** CSS pixels between the menu and its button, and to the window's edge. */
const GAP = 8;

/**
 * A menu over the page, opened by a button with `popovertarget` in the same tree (HTML `popover`).
 *
 * Set `opener` when that button is clicked. What is chosen goes up as a request.
 */
export class Menu extends LitElement {
  static override properties = { label: {}, items: { attribute: false } };

  declare label: string;
  declare items: readonly MenuItem[];

  /** The button that it stands beside, and that gets the focus back. */
  opener: HTMLElement | null = null;

  static override styles = [
    base,
    css`
      :host {
        position: fixed;
        inset: auto;
        box-sizing: border-box;
        width: max-content;
        min-width: 200px;
        max-width: min(340px, calc(100vw - 16px));
        max-height: calc(100vh - 16px);
        margin: 0;
        padding: 6px;
        overflow: auto;
        border: 1px solid var(--parley-border);
        border-radius: 14px;
        background: var(--parley-raised);
        box-shadow: var(--parley-shadow-raised);
        color: var(--parley-text);
        font-size: 14px;
      }
      .signs {
        display: flex;
        gap: 2px;
      }
      button {
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        min-height: 44px;
        padding: 0 12px;
        border-radius: 9px;
        text-align: start;
        font-weight: 500;
      }
      .signs button {
        justify-content: center;
        width: 46px;
        padding: 0;
        font-size: 22px;
      }
      button:hover,
      button:focus-visible {
        background: var(--parley-sunken);
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      .danger {
        color: var(--parley-danger-text);
      }
      hr {
        margin: 6px 0;
        border: 0;
        border-top: 1px solid var(--parley-border);
      }
    `,
  ];

  constructor() {
    super();
    this.label = '';
    this.items = [];
    this.addEventListener('toggle', (event) => {
      const open = event.newState === 'open';
      this.opener?.setAttribute('aria-expanded', String(open));
      if (open) void this.updateComplete.then(() => this.#opened());
    });
    this.addEventListener('keydown', this.#keydown);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = 'auto';
    this.setAttribute('role', 'menu');
  }

  /** For the click on a button that opens it: puts the menu there. */
  openFrom(opener: HTMLElement): void {
    // The click that follows would close what another button has opened.
    if (this.matches(':popover-open') && this.opener !== opener) this.hidePopover();
    this.opener?.setAttribute('aria-expanded', 'false');
    this.opener = opener;
  }

  /** About somebody who has left there is nothing to choose; what has the focus is there until now. */
  protected override willUpdate(): void {
    if (this.items.length === 0 && this.matches(':popover-open')) this.hidePopover();
  }

  protected override updated(): void {
    this.setAttribute('aria-label', this.label);
  }

  protected override render(): TemplateResult {
    const signs = this.items.filter(({ sign }) => sign !== undefined);
    const lines = this.items.filter(({ sign }) => sign === undefined);
    return html`
      ${signs.length > 0 ? html`<div class="signs" role="presentation">${signs.map((item) => this.#item(item))}</div>` : nothing}
      ${lines.map((item) => html`${item.apart ? html`<hr />` : nothing}${this.#item(item)}`)}
    `;
  }

  #item({ action, label, icon, sign, danger, request }: MenuItem): TemplateResult {
    return html`<button
      role="menuitem"
      tabindex="-1"
      class=${danger ? 'danger' : ''}
      data-action=${action}
      aria-label=${sign === undefined ? nothing : label}
      title=${sign === undefined ? nothing : label}
      @click=${() => this.#chosen(request)}
    >
      ${sign ?? html`${icon ?? nothing}<span>${label}</span>`}
    </button>`;
  }

  #chosen(request: Request): void {
    if (this.matches(':popover-open')) this.hidePopover();
    tell(this, request);
  }

  #opened(): void {
    const { opener } = this;
    if (!opener || !this.isConnected) return;
    const at = opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this;
    const below = at.bottom + GAP + offsetHeight <= innerHeight - GAP;
    const left = at.left + at.width / 2 - offsetWidth / 2;
    this.style.left = `${Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP))}px`;
    this.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - offsetHeight)}px`;
    this.#buttons[0]?.focus();
  }

  get #buttons(): HTMLButtonElement[] {
    return [...this.renderRoot.querySelectorAll('button')];
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    const all = this.#buttons;
    const at = all.findIndex((button) => button === this.shadowRoot?.activeElement);
    // Signs stand in a row, which begins on the right where one reads from there.
    const [ahead, behind] = this.matches(':dir(rtl)')
      ? ['ArrowLeft', 'ArrowRight']
      : ['ArrowRight', 'ArrowLeft'];
    const forward = event.key === 'ArrowDown' || event.key === ahead;
    const back = event.key === 'ArrowUp' || event.key === behind;
    if (forward || back) all.at((at + (forward ? 1 : -1)) % all.length)?.focus();
    else if (event.key === 'Home') all[0]?.focus();
    else if (event.key === 'End') all.at(-1)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.hidePopover();
    else {
      // A letter is no shortcut of the call while a menu is open.
      event.stopPropagation();
      return;
    }
    event.stopPropagation();
    event.preventDefault();
  };
}
