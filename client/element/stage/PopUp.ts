import { LitElement, css, html, nothing, type TemplateResult } from 'lit';

/** How far from what opened it, and from the window's edges; in CSS pixels. */
const GAP = 8;

/** The look of what a pop-up holds. */
export const popUpStyles = css`
  /* What is not open takes no place, and what is stands above all. */
  :host {
    display: contents;
  }
  .pop-up {
    position: fixed;
    inset: auto;
    width: max-content;
    min-width: 232px;
    max-width: min(320px, calc(100vw - 16px));
    max-height: calc(100vh - 16px);
    margin: 0;
    padding: 6px;
    overflow-y: auto;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-m);
    background: var(--parley-raised);
    box-shadow: var(--parley-shadow-raised);
    color: var(--parley-text);
    font-size: 14px;
  }
  .pop-up:popover-open {
    animation: pop 0.14s var(--parley-ease);
  }
  @keyframes pop {
    from {
      opacity: 0;
      translate: 0 4px;
    }
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 12px;
    width: 100%;
    min-height: 40px;
    padding: 4px 10px;
    border-radius: 8px;
    font-weight: 500;
    text-align: start;
  }
  .choice:hover {
    background: var(--parley-sunken);
  }
  .choice:focus-visible {
    outline-offset: -2px;
  }
  .choice > svg {
    color: var(--parley-text-soft);
  }
  .choice .words {
    flex: 1;
    min-width: 0;
  }
  .choice small {
    display: block;
    color: var(--parley-text-soft);
    font-size: 12px;
    font-weight: 400;
    line-height: 1.35;
  }
  .choice .tick {
    visibility: hidden;
    color: var(--parley-accent-text);
  }
  .choice[aria-checked='true'] .tick {
    visibility: visible;
  }
  .line {
    height: 1px;
    margin: 6px 4px;
    background: var(--parley-border);
  }
  @media (pointer: coarse) {
    .choice {
      min-height: 46px;
    }
  }
`;

/** Choices above everything, beside what opened them, until one is taken or something else is clicked. */
export abstract class PopUp extends LitElement {
  #opener: HTMLElement | null = null;
  #unlisten: AbortController | null = null;

  /** What it is for, read out when it opens. */
  protected abstract readonly label: string;

  protected abstract content(): TemplateResult;

  /** What is said above the choices. */
  protected details(): TemplateResult | typeof nothing {
    return nothing;
  }

  get open(): boolean {
    return this.#box?.matches(':popover-open') ?? false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten?.abort();
  }

  /** Opens next to an element, which gets the focus back; closes where it is open there already. */
  async openAt(opener: HTMLElement): Promise<void> {
    const again = this.open && this.#opener === opener;
    this.close();
    if (again) return;
    this.#opener = opener;
    this.requestUpdate();
    await this.updateComplete;
    const box = this.#box;
    if (!box || !opener.isConnected || this.open) return;
    box.showPopover();
    this.#placeBeside(box, opener.getBoundingClientRect());
    this.#choices()[0]?.focus();
    this.#closeElsewhere(box, opener);
  }

  /** Idempotent. */
  close(): void {
    this.#unlisten?.abort();
    const box = this.#box;
    if (!box || !this.open) return;
    const hadFocus = Boolean(this.shadowRoot?.activeElement);
    box.hidePopover();
    if (hadFocus) this.#opener?.focus();
  }

  /** What is said in it changes while it is open, and with that its size. */
  protected override updated(): void {
    const anchor = this.#opener?.getBoundingClientRect();
    if (this.#box && this.open && anchor && anchor.width > 0) this.#placeBeside(this.#box, anchor);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="pop-up" popover="manual" @keydown=${this.#keydown}>
        ${this.details()}
        <div role="menu" aria-label=${this.label}>${this.content()}</div>
      </div>
    `;
  }

  /** A click on what opened it is that one's affair: with `popover="auto"` it would close and open again. */
  #closeElsewhere(box: HTMLElement, opener: HTMLElement): void {
    this.#unlisten = new AbortController();
    const { signal } = this.#unlisten;
    const elsewhere = (event: Event): void => {
      const path = event.composedPath();
      if (!path.includes(box) && !path.includes(opener)) this.close();
    };
    document.addEventListener('pointerdown', elsewhere, { signal, capture: true });
    window.addEventListener('resize', () => this.close(), { signal });
  }

  #placeBeside(box: HTMLElement, anchor: DOMRect): void {
    const { width, height } = box.getBoundingClientRect();
    const { innerWidth, innerHeight } = window;
    const below = anchor.bottom + GAP;
    const above = anchor.top - GAP - height;
    const top = below + height + GAP <= innerHeight ? below : above;
    const left = anchor.left + width + GAP <= innerWidth ? anchor.left : anchor.right - width;
    box.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
    box.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    // Of what lies below, no page is turned and no panel closed, and a letter is no shortcut of the call.
    event.stopPropagation();
    const choices = this.#choices();
    const at = choices.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      this.close();
    } else if (next !== undefined) choices.at(next % choices.length)?.focus();
    else if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
  };

  #choices(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.choice')];
  }

  get #box(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.pop-up');
  }
}

interface ChoiceOptions {
  action: string;
  icon: TemplateResult;
  label: string;
  hint?: string;
  /** Absent: it is not something that is on or off. */
  checked?: boolean;
  /** One of several of which one is on. */
  radio?: boolean;
  take: () => void;
}

/** One line of a pop-up. */
export function choice({ action, icon, label, hint, checked, radio, take }: ChoiceOptions): TemplateResult {
  const role = checked === undefined ? 'menuitem' : radio ? 'menuitemradio' : 'menuitemcheckbox';
  return html`
    <button
      class="choice"
      tabindex="-1"
      role=${role}
      aria-checked=${checked === undefined ? nothing : String(checked)}
      data-action=${action}
      @click=${take}
    >
      ${icon}
      <span class="words">${label}${hint ? html`<small>${hint}</small>` : ''}</span>
      ${checked === undefined ? '' : html`<span class="tick">${tick}</span>`}
    </button>
  `;
}

const tick = html`<svg
  width="18"
  height="18"
  viewBox="0 0 24 24"
  fill="none"
  stroke="currentColor"
  stroke-width="2.2"
  stroke-linecap="round"
  stroke-linejoin="round"
  aria-hidden="true"
>
  <path d="m5 12.6 4.6 4.6L19.4 7.4" />
</svg>`;
