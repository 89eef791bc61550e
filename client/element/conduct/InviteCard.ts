import { LitElement, css, html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { base, buttons } from '../styles.ts';
import { text } from '../text.ts';

/** Which squares of a code are dark, by row. */
type Squares = readonly (readonly boolean[])[];

/** The room's link, to read, to copy, and as a QR code (ISO/IEC 18004) for a phone's camera. */
export class InviteCard extends LitElement {
  static override properties = { link: {}, squares: { state: true }, failed: { state: true } };

  declare link: string;
  declare protected squares: Squares | null;
  declare protected failed: boolean;

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        gap: 12px;
        justify-items: center;
        padding: 16px;
        text-align: center;
      }
      h3 {
        font-size: 14.5px;
        font-weight: 650;
      }
      p {
        color: var(--parley-text-soft);
        font-size: 13px;
      }
      /* Dark on light in both themes: not every camera reads the other way round. */
      .code {
        display: grid;
        place-items: center;
        width: 176px;
        aspect-ratio: 1;
        padding: 8px;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-m);
        background: #fff;
        color: #000;
        font-size: 12px;
      }
      .code svg {
        width: 100%;
        height: 100%;
      }
      .link {
        max-width: 100%;
        overflow-wrap: anywhere;
        color: var(--parley-text);
        user-select: all;
      }
      .button {
        width: 100%;
      }
    `,
  ];

  constructor() {
    super();
    this.link = '';
    this.squares = null;
    this.failed = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('link')) void this.#encode(this.link);
  }

  protected override render(): TemplateResult {
    return html`
      <div>
        <h3>${text.inviteTitle}</h3>
        <p>${text.inviteLead}</p>
      </div>
      <div class="code">
        ${this.squares ? this.#code(this.squares) : this.failed ? text.inviteNoCode : nothing}
      </div>
      <p class="link" dir="ltr" data-role="room-link">${this.link}</p>
      <button class="button primary" data-action="copy-link" @click=${() => tell(this, { type: 'copyLink' })}>
        ${icons.link} ${text.copyLink}
      </button>
    `;
  }

  #code(squares: Squares): TemplateResult {
    const dark = squares.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x} ${y}h1v1h-1z`] : [])));
    const { length } = squares;
    return html`<svg
      viewBox="0 0 ${length} ${length}"
      shape-rendering="crispEdges"
      role="img"
      aria-label=${text.inviteCode}
      data-role="room-code"
    >
      ${svg`<path fill="currentColor" d=${dark.join('')} />`}
    </svg>`;
  }

  async #encode(link: string): Promise<void> {
    this.squares = null;
    this.failed = false;
    try {
      // Loaded by those who want it only.
      const { encode } = await import('uqr');
      if (link === this.link) this.squares = encode(link, { ecc: 'M', border: 2 }).data;
    } catch {
      this.failed = link === this.link;
    }
  }
}
