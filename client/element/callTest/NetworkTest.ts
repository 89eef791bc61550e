import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { NOTHING_YET, type NetworkReport } from '../../lib/networkTest/networkReport.ts';
import { errorCode, errorText } from '../errorText.ts';
import { icons } from '../icons.ts';
import { ask } from '../requests.ts';
import { base, buttons, spinner } from '../styles.ts';
import { text } from '../text.ts';
import { judge, verdict, type Check, type Grade } from './judge.ts';
import { networkIcon } from './networkIcon.ts';
import { networkTestStyles } from './networkTestStyles.ts';

/** A button that tests the way to the server, and the sheet that says what came of it. */
export class NetworkTest extends LitElement {
  static override properties = {
    joining: { type: Boolean },
    opened: { state: true },
    report: { state: true },
    problem: { state: true },
    running: { state: true },
  };

  /** The person is on the way in: what is tested for that is over. */
  declare joining: boolean;
  declare protected opened: boolean;
  declare protected report: NetworkReport;
  /** Why there is no test. */
  declare protected problem: string | null;
  declare protected running: boolean;

  #test: AbortController | null = null;

  static override styles = [base, buttons, spinner, networkTestStyles];

  constructor() {
    super();
    this.joining = false;
    this.opened = false;
    this.report = NOTHING_YET;
    this.problem = null;
    this.running = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
    this.opened = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('joining') && this.joining) {
      this.#end();
      this.opened = false;
    }
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <button type="button" class="button small open" data-action="test-network" @click=${this.#open}>
        ${networkIcon} ${text.networkTest}
      </button>
      ${this.opened ? this.#sheet() : nothing}
    `;
  }

  #sheet(): TemplateResult {
    const checks = judge(this.report);
    const { grade, sentence, advice } = this.#verdict(checks);
    return html`
      <dialog
        data-role="network-test"
        data-grade=${grade}
        aria-labelledby="title"
        @close=${this.#closed}
        @click=${this.#clicked}
        @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
      >
        <header>
          <h2 id="title">${text.networkTestTitle}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label=${text.close}
            title=${text.close}
            @click=${this.#close}
          >
            ${icons.close}
          </button>
        </header>
        <div class="body">
          <div class="verdict" role="status">
            ${mark(grade)}
            <div>
              <p>${sentence}</p>
              <p class="advice">${advice.map((one) => html`<span>${one}</span> `)}</p>
            </div>
          </div>
          <ul aria-busy=${this.running}>
            ${this.problem === null ? checks.map((check) => row(check)) : nothing}
          </ul>
        </div>
        <footer>
          <button
            type="button"
            class="button small"
            data-action="test-network-again"
            ?disabled=${this.running}
            @click=${this.#begin}
          >
            ${icons.refresh} ${text.networkTestAgain}
          </button>
        </footer>
      </dialog>
    `;
  }

  #verdict(checks: readonly Check[]): ReturnType<typeof verdict> {
    if (this.problem !== null) return { grade: 'failed', sentence: this.problem, advice: [] };
    return verdict(checks);
  }

  readonly #open = (): void => {
    if (this.joining) return;
    this.opened = true;
    this.#begin();
  };

  readonly #begin = (): void => {
    this.#end();
    const test = new AbortController();
    this.#test = test;
    this.report = NOTHING_YET;
    this.problem = null;
    this.running = true;
    void this.#run(test);
  };

  async #run(test: AbortController): Promise<void> {
    try {
      await ask(this, {
        type: 'testNetwork',
        signal: test.signal,
        onReport: (report) => {
          if (this.#test === test) this.report = report;
        },
      });
    } catch (error) {
      if (this.#test === test) this.problem = problemText(error);
    }
    if (this.#test !== test) return;
    this.#test = null;
    this.running = false;
  }

  #end(): void {
    const test = this.#test;
    this.#test = null;
    this.running = false;
    test?.abort();
  }

  /** A dialog that is closed gives the focus back, one that is taken away does not. */
  readonly #close = (): void => this.renderRoot.querySelector('dialog')?.close();

  readonly #closed = (): void => {
    this.#end();
    this.opened = false;
  };

  /** On what is around it. */
  readonly #clicked = (event: Event): void => {
    if (event.target === event.currentTarget) this.#close();
  };
}

function row({ name, label, about, grade, result }: Check): TemplateResult {
  return html`<li data-check=${name} data-grade=${grade}>
    ${mark(grade)}
    <p class="label">${label}</p>
    <p class="result">${result}</p>
    <p class="about">${about}</p>
  </li>`;
}

function mark(grade: Grade): TemplateResult {
  const icon: Record<Grade, TemplateResult> = {
    testing: html`<span class="spinner"></span>`,
    good: icons.check,
    limited: icons.warning,
    failed: icons.close,
    absent: html`<span class="dash"></span>`,
  };
  return html`<span class="mark" aria-hidden="true">${icon[grade]}</span>`;
}

function problemText(error: unknown): string {
  if (errorCode(error) === 'limitExceeded') return text.networkBusy;
  return errorText(error, 'room') ?? text.errorUnknown;
}
